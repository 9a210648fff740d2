// LINK: http

// Bytes as they come from a connection: found alike however they are split, and what is accepted is accepted
// again, with the same meaning, when it is printed in the plainest way.
#include "http/characters.hpp"
#include "http/chunked_body.hpp"
#include "http/limits.hpp"
#include "http/request_head.hpp"
#include "http/target.hpp"

#include <fmt/format.h>

namespace {

namespace http = bulla::http;
using bulla::Result;
using bulla::base::as_bytes;

std::string print(http::RequestHead const& head) {
    auto const& parts = head.parts;
    auto const version = head.version == http::Version::http_1_1 ? "1.1" : "1.0";
    auto text = fmt::format("{} {}{}{} HTTP/{}\r\n", http::method_text(parts.method), parts.path,
                            parts.query.empty() ? "" : "?", parts.query, version);
    for (auto const& field : parts.fields)
        text += fmt::format("{}: {}\r\n", field.name, field.value);
    return text + "\r\n";
}

void check_head(http::RequestHead const& head) {
    auto const text = print(head);
    if (text.size() > http::header_size_max)
        return; // printing may add a space to each field
    auto const size = http::HeadScanner().scan(text);
    CHECK(size && *size == text.size());
    auto const again = http::parse_head(text);
    CHECK(again);
    CHECK(print(*again) == text);
    CHECK(again->body.framing == head.body.framing && again->body.size == head.body.size);
    CHECK(again->persistence == head.persistence && again->body.expectation == head.body.expectation);
    CHECK(head.version == http::Version::http_1_0 || http::is_host(head.parts.host));
    CHECK(head.body.framing == http::Framing::sized || head.body.size == 0);
}

// How much was used, and the body when it is complete.
struct Body {
    std::size_t used = 0;
    std::optional<std::string> bytes;
    bool operator==(Body const&) const = default;
};

Result<Body, http::Problem> read_chunked(std::string_view text, std::size_t split) {
    http::ChunkedBody body(1000);
    Body read;
    read.used = TRY(body.take(as_bytes(text.substr(0, split))));
    if (read.used == split)
        read.used += TRY(body.take(as_bytes(text.substr(split))));
    if (body.is_complete())
        read.bytes = bulla::base::as_text(std::move(body).take_body().expose());
    return read;
}

void check_chunked(std::string_view text, std::size_t split) {
    auto const whole = read_chunked(text, 0);
    auto const parts = read_chunked(text, split);
    CHECK(whole.has_value() == parts.has_value() && (!whole || *whole == *parts));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    auto const text = bulla::base::as_text({bytes, size});
    auto const split = size == 0 ? 0 : bytes[size - 1] % size;
    auto const whole = http::HeadScanner().scan(text);
    http::HeadScanner scanner;
    auto const first = scanner.scan(text.substr(0, split));
    CHECK(first || !whole);
    if (first && !*first) {
        auto const second = scanner.scan(text);
        CHECK(second.has_value() == whole.has_value() && (!whole || *second == *whole));
    }
    if (!whole || !*whole)
        return 0;
    CHECK(**whole <= http::head_size_max);
    auto const head = http::parse_head(text.substr(0, **whole));
    if (!head)
        return 0;
    check_head(*head);
    if (head->body.framing == http::Framing::chunked)
        check_chunked(text.substr(**whole), split);
    return 0;
}
