// The maxima of the HTTP server: sizes in bytes, counts, times. What a request goes beyond is refused with
// the status named here; docs/http.md repeats the table for users.
#pragma once

#include <chrono>
#include <cstddef>

namespace bulla::http {

inline constexpr std::size_t method_size_max = 32; // 501
inline constexpr std::size_t uri_size_max = 8 * 1024; // 414
inline constexpr std::size_t header_size_max = 16 * 1024; // 431; all fields with their line ends
inline constexpr std::size_t header_fields_max = 100; // 431
inline constexpr std::size_t request_line_size_max =
    method_size_max + 1 + uri_size_max + sizeof(" HTTP/1.1\r\n");
inline constexpr std::size_t head_size_max = 2 + request_line_size_max + header_size_max + 2;

inline constexpr std::size_t body_size_max = 1024 * 1024; // no route may allow more; 413
inline constexpr std::size_t form_size_max = 16 * 1024; // 413
inline constexpr std::size_t form_fields_max = 64; // 400
inline constexpr std::size_t form_name_size_max = 64; // 400; after decoding
inline constexpr std::size_t form_value_size_max = 4096; // 400; after decoding
inline constexpr std::size_t chunk_line_size_max = 256; // 400; size, extensions and line end of one chunk
inline constexpr std::size_t chunk_overhead_max = 8 * 1024; // 400; all such lines and the trailer of one body
inline constexpr std::size_t path_parameters_max = 4;
inline constexpr std::size_t forwarded_hops_max = 16; // entries of X-Forwarded-For that are looked at

// What the server keeps of a connection while it reads, and drains after a refusal.
inline constexpr std::size_t read_buffer_size_min = 4 * 1024;
inline constexpr std::size_t drain_size_max = 64 * 1024;
inline constexpr std::size_t write_piece_size_max = 256 * 1024; // goes out within write_time_max

struct ServerLimits {
    std::chrono::milliseconds header_time_max = std::chrono::seconds(10); // from a request's first byte; 408
    std::chrono::milliseconds body_time_max = std::chrono::seconds(20); // from the end of the header; 408
    std::chrono::milliseconds write_time_max = std::chrono::seconds(20); // for each piece of an answer
    std::chrono::milliseconds idle_time_max = std::chrono::seconds(60); // between two requests
    std::chrono::milliseconds drain_time_max = std::chrono::seconds(2); // after a refusal, before the close
    std::size_t requests_per_connection_max = 10'000;
    std::size_t connections_max = 10'000; // of the server; 503. Less when the process may open fewer files
    std::size_t connections_per_prefix_max = 1'024; // of one address prefix, except trusted proxies; 503
};

// Turns on an I/O thread (http/turns.hpp); 503 with Retry-After.
inline constexpr std::chrono::milliseconds turn_burst_max{
    200}; // a wait for a turn, and how long a line may be busy
inline constexpr std::chrono::seconds turn_ongoing_max{2}; // the same, of what somebody has begun
inline constexpr std::chrono::milliseconds turn_wait_aim{50}; // in a line that is overloaded
inline constexpr std::chrono::milliseconds turn_unnoticed{5}; // after more, is the client still there?
inline constexpr std::size_t turn_line_max = 1'024; // requests of one urgency

// A text that is costly to make (http/kept_text.hpp): how often a second it is made anew.
inline constexpr int kept_text_rate = 20;

// Open files that connections leave to databases, pipes and other sockets.
inline constexpr std::size_t files_reserved = 256;
inline constexpr std::chrono::milliseconds accept_pause{100}; // after one failed for want of files or memory

} // namespace bulla::http
