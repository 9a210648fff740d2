// An answer's status line and header fields as bytes (RFC 9112 §4, §5).
#pragma once

#include "base/time.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"

namespace bulla::http {

// How the other side knows where the answer ends.
enum class BodyEnd {
    none,    // no body by the status: 204, 304
    size,    // Content-Length
    chunked, // Transfer-Encoding: chunked
    close,   // the end of the connection, for HTTP/1.0
};
BodyEnd find_body_end(Response const& response, Version version);

enum class Transport { plain, tls };

struct Sending {
    BodyEnd body_end = BodyEnd::size;
    Version version = Version::http_1_1; // of the request
    Persistence persistence = Persistence::keep_alive;
    std::string_view date; // as DateText prints it
    Transport transport =
        Transport::plain; // tls: browsers are told to come by TLS alone (RFC 6797), for a year
    std::string_view request_id{}; // empty: none
};

// False when a value has a control character in it: such an answer is not sent.
bool is_sendable(Response const& response);

// Appends the status line, the fields and the empty line.
void append_head(std::string& out, Response const& response, Sending const& sending);

// Appends one chunk of a chunked body; an empty piece is the last chunk.
void append_chunk(std::string& out, std::string_view piece);

// The Date of answers, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7), printed once a second.
class DateText {
public:
    std::string_view at(base::Timestamp now);

private:
    std::int64_t second_ = -1;
    std::string text_;
};

} // namespace bulla::http
