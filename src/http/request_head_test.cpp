#include "http/request_head.hpp"

#include "http/limits.hpp"
#include "http/target.hpp"

#include <gtest/gtest.h>

namespace bulla::http {
namespace {

constexpr std::string_view plain =
    "GET /a/b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nX-One:  two three \r\n\r\n";

Result<RequestHead, Problem> read(std::string_view text) {
    auto const size = TRY(HeadScanner().scan(text));
    if (!size)
        return std::unexpected{Problem::request_timeout}; // what a server would come to
    return parse_head(text.substr(0, *size));
}

Problem fault_of(std::string_view text) {
    auto const head = read(text);
    EXPECT_FALSE(head.has_value()) << text;
    return head ? Problem::internal_error : head.error();
}

std::string with_fields(std::string_view fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

TEST(RequestHead, is_taken_apart) {
    auto const head = read(plain).value();
    EXPECT_EQ(head.parts.method, Method::get);
    EXPECT_EQ(head.parts.path, "/a/b");
    EXPECT_EQ(head.parts.query, "c=d");
    EXPECT_EQ(head.parts.host, "example.org:8080");
    ASSERT_EQ(head.parts.fields.size(), 2);
    EXPECT_EQ(head.parts.fields[1].name, "X-One");
    EXPECT_EQ(head.parts.fields[1].value, "two three");
    EXPECT_EQ(head.body.framing, Framing::none);
    EXPECT_EQ(head.persistence, Persistence::keep_alive);
}

TEST(RequestHead, keeps_its_views_when_it_moves) {
    auto head = read(plain).value();
    Request const request(std::move(head.parts));
    EXPECT_EQ(request.path(), "/a/b");
    EXPECT_EQ(request.field("x-one"), "two three");
    EXPECT_EQ(request.field("x-two"), std::nullopt);
}

TEST(RequestHead, is_complete_at_its_empty_line_and_not_a_byte_before) {
    for (std::size_t size = 0; size < plain.size(); ++size)
        EXPECT_EQ(HeadScanner().scan(plain.substr(0, size)).value(), std::nullopt) << size;
    EXPECT_EQ(HeadScanner().scan(std::string(plain) + "GET").value(), plain.size());
}

TEST(RequestHead, is_found_alike_however_the_bytes_are_split) {
    for (std::size_t split = 0; split < plain.size(); ++split) {
        HeadScanner scanner;
        EXPECT_EQ(scanner.scan(plain.substr(0, split)).value(), std::nullopt);
        EXPECT_EQ(scanner.scan(plain).value(), plain.size()) << split;
    }
}

TEST(RequestHead, with_a_nul_in_its_first_line_is_refused_however_the_bytes_are_split) {
    std::string text(plain);
    text[5] = '\0';
    for (std::size_t split = 0; split <= text.size(); ++split) {
        HeadScanner scanner;
        auto const first = scanner.scan(std::string_view(text).substr(0, split));
        EXPECT_FALSE(first.has_value() && scanner.scan(text).has_value()) << split;
    }
}

TEST(RequestHead, never_passes_on_a_control_character_wherever_a_byte_is_changed) {
    for (std::size_t position = 0; position < plain.size(); ++position)
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed(plain);
            changed[position] = static_cast<char>(byte);
            auto const head = read(changed);
            if (!head)
                continue;
            EXPECT_TRUE(parse_target(head->parts.path).has_value());
            for (auto const& field : head->parts.fields)
                EXPECT_EQ(field.value.find_first_of(std::string_view("\0\r\n\x7f", 4)),
                          std::string_view::npos);
        }
}

TEST(RequestHead, may_have_one_empty_line_in_front) {
    EXPECT_EQ(read("\r\n" + std::string(plain)).value().parts.path, "/a/b");
    EXPECT_EQ(fault_of("\r\n\r\n" + std::string(plain)), Problem::request_malformed);
}

// B1 B2 B3
TEST(RequestHead, tells_the_length_of_the_body_in_one_way_only) {
    EXPECT_EQ(read(with_fields("Content-Length: 5\r\n")).value().body.size, 5);
    EXPECT_EQ(read(with_fields("Content-Length: 0\r\n")).value().body.framing, Framing::none);
    EXPECT_EQ(read(with_fields("Transfer-Encoding: chunked\r\n")).value().body.framing, Framing::chunked);
    EXPECT_EQ(read(with_fields("Transfer-Encoding: CHUNKED\r\n")).value().body.framing, Framing::chunked);
    for (std::string_view const fields : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                                          "Content-Length: 5\r\nContent-Length: 5\r\n",
                                          "Content-Length: 5\r\nContent-Length: 6\r\n",
                                          "Content-Length: 5, 5\r\n",
                                          "Content-Length: 5,5\r\n",
                                          "Content-Length: +5\r\n",
                                          "Content-Length: -1\r\n",
                                          "Content-Length: 0x5\r\n",
                                          "Content-Length: 1_0\r\n",
                                          "Content-Length: 010\r\n",
                                          "Content-Length:\r\n",
                                          "Content-Length: 5 5\r\n",
                                          "Content-Length: 5 \r\n",
                                          "Content-Length:  5\r\n",
                                          "Content-Length:\t5\r\n",
                                          "Transfer-Encoding: chunked\t\r\n",
                                          "Transfer-Encoding:\tchunked\r\n",
                                          "Content-Length: 18446744073709551616\r\n",
                                          "Content-Length : 5\r\n",
                                          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                          "Transfer-Encoding: chunked\r\n identity\r\n",
                                          "Transfer-Encoding: \x0b"
                                          "chunked\r\n",
                                          "Transfer-Encoding:\x0c"
                                          "chunked\r\n",
                                          "Transfer-Encoding: chunked\x0b\r\n",
                                          "Transfer-Encoding: chunked \r\n"})
        EXPECT_EQ(fault_of(with_fields(fields)), Problem::request_malformed) << fields;
    for (std::string_view const fields :
         {"Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
          "Transfer-Encoding: identity\r\n", "Transfer-Encoding: ,chunked\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: \xa0"
          "chunked\r\n",
          "Transfer-Encoding: \"chunked\"\r\n", "Transfer-Encoding:\r\n",
          "Transfer-Encoding: chunked\xa0\r\n", "Transfer-Encoding: chunked;q=1\r\n",
          "Transfer-Encoding: chunked, chunked\r\n"})
        EXPECT_EQ(fault_of(with_fields(fields)), Problem::transfer_encoding_unknown) << fields;
    EXPECT_EQ(fault_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), Problem::request_malformed);
}

// B6
TEST(RequestHead, of_another_shape_than_the_grammar_is_refused) {
    for (std::string_view const text :
         {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\r\nHost: a\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
          "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
          "GET / HTTP/1.1\r\nH(st: a\r\n\r\n", "GET / HTTP/1.1\r\nH\xc3\xa9: a\r\n\r\n"})
        EXPECT_EQ(fault_of(text), Problem::request_malformed) << text;
    EXPECT_EQ(fault_of(std::string_view("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 26)),
              Problem::request_malformed);
}

// B7
TEST(RequestHead, has_one_host) {
    for (std::string_view const text :
         {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a:0\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: [x]\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
          "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"})
        EXPECT_EQ(fault_of(text), Problem::host_malformed) << text;
    for (std::string_view const text :
         {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
          "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET HTTPS://a?x HTTP/1.1\r\nHost: a\r\n\r\n"})
        EXPECT_TRUE(read(text).has_value()) << text;
}

// B8
TEST(RequestHead, begins_with_a_request_line_of_this_protocol) {
    auto const line = [](std::string_view text) { return std::string(text) + "\r\nHost: a\r\n\r\n"; };
    for (std::string_view const text : {"GET /",
                                        "GET / ",
                                        "GET",
                                        "GET / HTTP/1.32",
                                        "GET / HTTP/4294967295.255",
                                        "GET / http/1.1",
                                        "GET / HTTP/1",
                                        "GET / HTTP/1.1 ",
                                        "GET\t/\tHTTP/1.1",
                                        "GET  / HTTP/1.1",
                                        "GET /  HTTP/1.1",
                                        "GET /#x HTTP/1.1",
                                        "GET /\\ HTTP/1.1",
                                        "GET /%00 HTTP/1.1",
                                        "GET /%0d%0a HTTP/1.1",
                                        "GET /?a=%0A HTTP/1.1",
                                        "GET /%c0%ae HTTP/1.1",
                                        "GET /\xc3\xa9 HTTP/1.1",
                                        "GET /% HTTP/1.1",
                                        "GET /%4 HTTP/1.1",
                                        "GET a HTTP/1.1",
                                        "GET ftp://a/ HTTP/1.1",
                                        "GET //a HTTP/1.1",
                                        "GET /a//b HTTP/1.1",
                                        "GET /./a HTTP/1.1",
                                        "GET /a/.. HTTP/1.1",
                                        "GET /%2e%2E/a HTTP/1.1",
                                        "GET /a%2fb HTTP/1.1",
                                        "GET /a%5cb HTTP/1.1",
                                        "GET http:// HTTP/1.1x",
                                        "G(T / HTTP/1.1",
                                        " GET / HTTP/1.1",
                                        "GET /\x7f HTTP/1.1"})
        EXPECT_EQ(fault_of(line(text)), Problem::request_malformed) << text;
    EXPECT_EQ(fault_of(std::string_view("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28)),
              Problem::request_malformed);
    for (std::string_view const text :
         {"GET / HTTP/2.0", "PRI * HTTP/2.0", "GET / HTTP/1.2", "GET / HTTP/0.9"})
        EXPECT_EQ(fault_of(line(text)), Problem::version_not_supported) << text;
    for (std::string_view const text : {"get / HTTP/1.1", "BREW / HTTP/1.1", "CONNECT a:443 HTTP/1.1"})
        EXPECT_EQ(fault_of(line(text)), Problem::method_unknown) << text;
    EXPECT_TRUE(read(line("OPTIONS * HTTP/1.1")).has_value());
    EXPECT_TRUE(read(line("GET /a/ HTTP/1.1")).has_value());
    EXPECT_TRUE(read(line("GET /%C3%A9?x=%20 HTTP/1.1")).has_value());
}

// B10 B11
TEST(RequestHead, keeps_within_its_limits) {
    auto const uri = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    EXPECT_TRUE(read(uri(uri_size_max)).has_value());
    EXPECT_EQ(fault_of(uri(uri_size_max + 1)), Problem::uri_too_long);
    EXPECT_EQ(fault_of("GET /" + std::string(64 * 1024, 'a')), Problem::uri_too_long);
    EXPECT_EQ(fault_of(std::string(64 * 1024, 'A')), Problem::method_unknown);

    std::string const start = "GET / HTTP/1.1\r\nHost: a\r\n";
    auto const host_size = std::string_view("Host: a\r\n").size();
    auto const field = [&](std::size_t size) {
        return start + "X: " + std::string(size - 5, 'x') + "\r\n\r\n";
    };
    EXPECT_TRUE(read(field(header_size_max - host_size)).has_value());
    EXPECT_EQ(fault_of(field(header_size_max - host_size + 1)), Problem::header_too_large);
    EXPECT_EQ(fault_of(start + std::string(64 * 1024, 'N')), Problem::header_too_large);

    std::string many = start;
    for (std::size_t count = 1; count < header_fields_max; ++count)
        many += "X: 1\r\n";
    EXPECT_TRUE(read(many + "\r\n").has_value());
    EXPECT_EQ(fault_of(many + "X: 1\r\n\r\n"), Problem::header_too_large);
}

TEST(RequestHead, tells_whether_the_connection_stays_open) {
    auto const persistence = [](std::string_view text) { return read(text).value().persistence; };
    EXPECT_EQ(persistence("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), Persistence::close);
    EXPECT_EQ(persistence("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"), Persistence::close);
    EXPECT_EQ(persistence("GET / HTTP/1.0\r\n\r\n"), Persistence::close);
    EXPECT_EQ(persistence("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Persistence::keep_alive);
}

// B12 B24 B25
TEST(RequestHead, understands_few_things_and_refuses_what_it_would_misread) {
    EXPECT_EQ(read(with_fields("Expect: 100-Continue\r\n")).value().body.expectation, Expectation::continue_);
    EXPECT_EQ(fault_of(with_fields("Expect: 200-ok\r\n")), Problem::expectation_failed);
    for (std::string_view const coding : {"gzip", "deflate", "br", "identity, gzip", ""})
        EXPECT_EQ(fault_of(with_fields("Content-Encoding: " + std::string(coding) + "\r\n")),
                  Problem::encoding_not_supported);
    EXPECT_TRUE(read(with_fields("Content-Encoding: identity\r\n")).has_value());
    for (std::string const name : {"Authorization", "Content-Type", "Cookie", "Origin", "DPoP"}) {
        EXPECT_TRUE(read(with_fields(name + ": a\r\n")).has_value());
        EXPECT_EQ(fault_of(with_fields(name + ": a\r\n" + name + ": a\r\n")), Problem::request_malformed)
            << name;
    }
}

// B22
TEST(RequestHead, of_another_protocol_is_refused_at_its_first_bytes) {
    EXPECT_EQ(fault_of("\x16\x03\x01\x02"), Problem::request_malformed);
    EXPECT_EQ(fault_of("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), Problem::request_malformed);
}

} // namespace
} // namespace bulla::http
