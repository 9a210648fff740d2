// From bytes to a request: finding the end of the head, and reading it.
//
// The bytes are looked at line by line as they come, so that what can never become a request is refused at
// once and not after a timeout. Boost.Beast's parser then takes the head apart. It is laxer than RFC 9112
// allows a careful server to be; the rules that keep a proxy and this server of one mind about where a
// request ends are ours: lines end with CRLF; no line folding; no white space around a field's name;
// Content-Length once, plain decimal; Transfer-Encoding once, "chunked" alone; never both; no
// Transfer-Encoding before HTTP/1.1; Host exactly once.
#pragma once

#include "base/result.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"

namespace bulla::http {

class HeadScanner {
public:
    // received: all bytes of this request so far; a later call has the same bytes and more. The size of the
    // head, with the empty line, once it is complete; nothing before. One empty line in front counts as part
    // of it. Faults: request_malformed, method_unknown, uri_too_long, header_too_large,
    // version_not_supported.
    Result<std::optional<std::size_t>, Problem> scan(std::string_view received);

private:
    Result<void, Problem> see_line(std::string_view line);
    Result<void, Problem> check_unfinished(std::string_view rest) const;

    std::size_t scanned_ = 0; // the beginning of the first unfinished line
    std::size_t fields_begin_ = 0;
    std::size_t fields_ = 0;
    enum class Part { leading_line, request_line, fields, complete } part_ = Part::leading_line;
};

enum class Framing { none, sized, chunked };
enum class Version { http_1_0, http_1_1 };
enum class Persistence { close, keep_alive };
enum class Expectation { none, continue_ };

// How the request is read on.
struct BodyAhead {
    Framing framing = Framing::none;
    std::uint64_t size = 0; // when sized
    Expectation expectation = Expectation::none;
};

struct RequestHead {
    RequestParts parts; // but body and parameters
    BodyAhead body;
    Version version = Version::http_1_1;
    Persistence persistence = Persistence::close;
};

// head: exactly the bytes that a HeadScanner found complete. Any Problem of the first group, method_unknown,
// transfer_encoding_unknown, encoding_not_supported.
Result<RequestHead, Problem> parse_head(std::string_view head);

// One line of fields, without its line end; also used for trailers.
bool is_field_line(std::string_view line);

} // namespace bulla::http
