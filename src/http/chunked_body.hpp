// The chunked transfer coding (RFC 9112 §7.1), read strictly.
//
//   body  = *( size [ ";" extension ] CRLF data CRLF ) "0" [ ";" extension ] CRLF *( trailer CRLF ) CRLF
//
// The size is 1 to 16 hexadecimal digits, nothing before or after it. Extensions are visible text, spaces and
// tabs, and mean nothing here. Trailers are field lines, and are dropped: they never become header fields.
#pragma once

#include "base/result.hpp"
#include "http/body_buffer.hpp"
#include "http/problem.hpp"

namespace bulla::http {

class ChunkedBody {
public:
    explicit ChunkedBody(std::size_t body_max) : body_max_(body_max), body_(body_max) {}

    // Uses bytes from the front of the input and returns how many; all of them unless the body is complete.
    // Faults: request_malformed, and body_too_large as soon as a chunk's size says so.
    Result<std::size_t, Problem> take(base::ByteView input);

    bool is_complete() const { return part_ == Part::complete; }
    SecretBytes take_body() &&; // once it is complete

private:
    enum class Part { size_line, data, data_end, trailer, complete };

    Result<std::size_t, Problem> take_line(std::string_view input);
    std::size_t take_data(base::ByteView input);
    Result<void, Problem> see_line();
    Result<void, Problem> see_size_line();

    std::size_t const body_max_;
    Part part_ = Part::size_line;
    std::string line_; // the part of a line that has come
    std::size_t overhead_ = 0;
    std::size_t chunk_left_ = 0;
    BodyBuffer body_;
};

} // namespace bulla::http
