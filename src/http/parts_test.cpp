// The small parts: router, client address, the printed head, problems, attendance, buffers.
#include "http/attendance.hpp"
#include "http/body_buffer.hpp"
#include "http/limits.hpp"
#include "http/response_head.hpp"
#include "http/router.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace bulla::http {
namespace {

boost::asio::awaitable<Response> nothing(Request, Context) {
    co_return Response{};
}

Route route(Method method, std::string_view pattern, std::string_view name) {
    return {.method = method, .pattern = pattern, .name = name, .access = Access::anyone, .handler = nothing};
}

std::string found(Router const& router, std::string_view path, Method method = Method::get) {
    auto const match = router.find(method, path);
    if (!match)
        return std::string(problem_text(match.error().problem).name) + " " + match.error().allowed;
    std::string text(match->route->name);
    for (auto const& parameter : match->parameters)
        text.append(" ").append(parameter.name).append("=").append(parameter.value);
    return text;
}

Router make_router() {
    return Router({route(Method::get, "/", "root"), route(Method::get, "/a", "a"),
                   route(Method::post, "/a", "post_a"), route(Method::get, "/x/{id}", "one"),
                   route(Method::get, "/x/fixed", "fixed"), route(Method::post, "/x/{id}/y/{other}", "two"),
                   route(Method::get, "/files/{path…}", "rest"),
                   route(Method::get, "/files/{name}/meta", "meta")});
}

TEST(Problems, of_our_own_name_the_request_in_json_and_in_text) {
    auto json = make_problem(Problem::internal_error);
    name_request(json, "0123456789abcdef");
    EXPECT_TRUE(body_text(json.body).ends_with(R"(in the log.","request_id":"0123456789abcdef"})"));
    auto text = make_text(500, "The server failed.");
    name_request(text, "0123456789abcdef");
    EXPECT_EQ(body_text(text.body), "The server failed. (request 0123456789abcdef)");
    auto bytes = Response{.status = 500, .content_type = octets, .body = std::string("\x01")};
    name_request(bytes, "0123456789abcdef");
    EXPECT_EQ(body_text(bytes.body), "\x01");
}

TEST(Router, finds_literals_names_and_rests_in_this_order) {
    auto const router = make_router();
    EXPECT_EQ(found(router, "/"), "root");
    EXPECT_EQ(found(router, "/a"), "a");
    EXPECT_EQ(found(router, "/x/fixed"), "fixed");
    EXPECT_EQ(found(router, "/x/other"), "one id=other");
    EXPECT_EQ(found(router, "/x/a%20b"), "one id=a b");
    EXPECT_EQ(found(router, "/x/1/y/2", Method::post), "two id=1 other=2");
    EXPECT_EQ(found(router, "/files/a/b%20c"), "rest path=a/b%20c");
    EXPECT_EQ(found(router, "/files/"), "rest path=");
    EXPECT_EQ(found(router, "/files/a/meta"), "meta name=a");
}

TEST(Router, finds_nothing_for_what_only_looks_like_a_pattern) {
    auto const router = make_router();
    for (std::string_view const path :
         {"/b", "/a/", "/A", "/%61", "/x", "/x/", "/x/1/y", "/files", "*", "/x/1/y/2/3"})
        EXPECT_EQ(found(router, path), "not_found ") << path;
}

TEST(Router, tells_which_methods_a_path_has) {
    auto const router = make_router();
    EXPECT_EQ(found(router, "/a", Method::delete_), "method_not_allowed GET, HEAD, POST");
    EXPECT_EQ(found(router, "/a", Method::trace), "method_not_allowed GET, HEAD, POST");
    EXPECT_EQ(found(router, "/x/1/y/2"), "method_not_allowed POST");
    EXPECT_EQ(found(router, "/a", Method::head), "a");
}

TEST(RouterDeathTest, a_table_that_contradicts_itself_ends_the_process) {
    EXPECT_DEATH(Router({route(Method::get, "/a", "a"), route(Method::get, "/a", "b")}), "check failed");
    EXPECT_DEATH(Router({route(Method::get, "/a", "a"), route(Method::get, "/b", "a")}), "check failed");
    EXPECT_DEATH(Router({route(Method::get, "a", "a")}), "check failed");
    EXPECT_DEATH(Router({route(Method::get, "/{rest…}/b", "a")}), "check failed");
}

Request request_with(std::string_view fields) {
    auto head = parse_head(fmt::format("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", fields));
    return Request(std::move(head->parts));
}

std::string client(std::string_view peer, std::string_view fields) {
    auto const proxies = TrustedProxies::parse({"10.0.0.1", "10.0.0.2", "fd00::1"}).value();
    auto const address = make_client_address(boost::asio::ip::make_address(std::string(peer)));
    return find_client(address, request_with(fields), proxies).address.to_string();
}

// B21
TEST(ClientAddress, of_a_connection_from_anybody_is_the_other_end) {
    EXPECT_EQ(client("192.0.2.7", ""), "192.0.2.7");
    EXPECT_EQ(client("192.0.2.7", "X-Forwarded-For: 198.51.100.1\r\nForwarded: for=198.51.100.1\r\n"),
              "192.0.2.7");
}

// B21
TEST(ClientAddress, is_not_what_any_other_field_says) {
    for (std::string_view const name :
         {"Forwarded", "X-Real-IP", "X_Forwarded_For", "X-Forwarded-Host", "X-Forwarded-Proto",
          "X-Forwarded-Uri", "X-Forwarded-Port", "X-Original-URL", "X-Rewrite-URL", "X-Client-IP",
          "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "Client-IP", "Via", "From"})
        EXPECT_EQ(client("10.0.0.1", fmt::format("{}: 198.51.100.1\r\n", name)), "10.0.0.1") << name;
    EXPECT_EQ(client("10.0.0.1", "X-Forwarded-For: 198.51.100.1\r\nConnection: X-Forwarded-For\r\n"),
              "198.51.100.1");
}

// B21
TEST(ClientAddress, behind_trusted_proxies_is_the_last_they_did_not_name_themselves) {
    EXPECT_EQ(client("10.0.0.1", "X-Forwarded-For: 198.51.100.1\r\n"), "198.51.100.1");
    EXPECT_EQ(client("10.0.0.1", "X-Forwarded-For: 1.1.1.1, 198.51.100.1\r\n"), "198.51.100.1");
    EXPECT_EQ(client("10.0.0.1", "X-Forwarded-For: 1.1.1.1, 198.51.100.1 , 10.0.0.2\r\n"), "198.51.100.1");
    EXPECT_EQ(client("10.0.0.1", "x-forwarded-for: 198.51.100.1\r\nX-Forwarded-For: 10.0.0.2\r\n"),
              "198.51.100.1");
    EXPECT_EQ(client("fd00::1", "X-Forwarded-For: 2001:db8::1\r\n"), "2001:db8::1");
    EXPECT_EQ(client("::ffff:10.0.0.1", "X-Forwarded-For: 198.51.100.1\r\n"), "198.51.100.1");
    EXPECT_EQ(client("10.0.0.1", "Forwarded: for=198.51.100.1\r\nX-Real-IP: 198.51.100.1\r\n"), "10.0.0.1");
}

TEST(ClientAddress, that_is_none_ends_the_walk_at_the_proxy_that_sent_it) {
    for (std::string_view const value :
         {"unknown", "", "1.2.3", "01.2.3.4", "1.2.3.4:80", "[::1]", "fe80::1%eth0", ","})
        EXPECT_EQ(client("10.0.0.1", fmt::format("X-Forwarded-For: 198.51.100.1, {}\r\n", value)), "10.0.0.1")
            << value;
}

TEST(ClientAddress, is_looked_for_in_so_many_entries_only) {
    std::string entries = "198.51.100.1";
    for (int count = 0; count < 1000; ++count)
        entries += ", 10.0.0.2";
    EXPECT_EQ(client("10.0.0.1", "X-Forwarded-For: " + entries + "\r\n"), "10.0.0.2");
}

TEST(ClientAddress, shares_its_prefix_with_its_neighbours) {
    auto const prefix = [](char const* text) {
        return make_client_address(boost::asio::ip::make_address(text)).prefix;
    };
    EXPECT_EQ(prefix("192.0.2.1"), prefix("192.0.2.254"));
    EXPECT_NE(prefix("192.0.2.1"), prefix("192.0.3.1"));
    EXPECT_EQ(prefix("::ffff:192.0.2.1"), prefix("192.0.2.254"));
    EXPECT_EQ(prefix("2001:db8:0:1100::1"), prefix("2001:db8:0:11ff::1"));
    EXPECT_NE(prefix("2001:db8:0:1100::1"), prefix("2001:db8:0:1200::1"));
    EXPECT_FALSE(TrustedProxies::parse({"10.0.0.0/8"}).has_value());
}

TEST(ResponseHead, is_printed_whole) {
    Response response{.status = 429,
                      .content_type = plain_text,
                      .body = std::string("wait"),
                      .retry_after = std::chrono::seconds(7)};
    response.with("X-One", "1");
    std::string out;
    append_head(out, response, {.persistence = Persistence::close, .date = "now"});
    EXPECT_EQ(out,
              "HTTP/1.1 429 Too Many Requests\r\nDate: now\r\nContent-Type: text/plain; charset=utf-8\r\n"
              "Content-Length: 4\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
              "Retry-After: 7\r\nX-One: 1\r\nConnection: close\r\n\r\n");
}

TEST(ResponseHead, says_how_the_body_ends) {
    Response stream;
    stream.source = []() -> boost::asio::awaitable<std::string> { co_return ""; };
    EXPECT_EQ(find_body_end(stream, Version::http_1_1), BodyEnd::chunked);
    EXPECT_EQ(find_body_end(stream, Version::http_1_0), BodyEnd::close);
    EXPECT_EQ(find_body_end(make_empty(204), Version::http_1_1), BodyEnd::none);
    EXPECT_EQ(find_body_end(make_empty(200), Version::http_1_1), BodyEnd::size);
}

TEST(ResponseHead, with_a_control_character_in_a_value_is_not_sent) {
    EXPECT_TRUE(is_sendable(make_empty(200).with("Location", "/a?b=\xc3\xa9")));
    for (char const character : {'\r', '\n', '\0', '\x7f', '\x1b'})
        EXPECT_FALSE(is_sendable(make_empty(200).with("Location", std::string("/a") + character)));
}

TEST(DateText, is_printed_as_mail_does_and_changes_with_the_second) {
    DateText date;
    EXPECT_EQ(date.at(base::from_unix_milliseconds(784'111'777'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(base::from_unix_milliseconds(784'111'778'000)), "Sun, 06 Nov 1994 08:49:38 GMT");
    EXPECT_EQ(date.at(base::from_unix_milliseconds(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(date.at(base::from_unix_milliseconds(1'709'164'800'000)), "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST(Problem, is_printed_as_a_json_object_of_its_own_for_each_kind) {
    std::set<std::string> types;
    auto const last = std::to_underlying(Problem::outcome_unknown);
    for (int number = 0; number <= last; ++number) {
        auto const response = make_problem(static_cast<Problem>(number));
        auto const body = boost::json::parse(body_text(response.body)).as_object();
        EXPECT_EQ(body.at("status").as_int64(), response.status);
        EXPECT_EQ(body.size(), 4);
        EXPECT_GE(response.status, 400);
        EXPECT_EQ(response.content_type, "application/problem+json");
        types.emplace(body.at("type").as_string());
    }
    EXPECT_EQ(types.size(), static_cast<std::size_t>(last) + 1);
}

TEST(Attendance, has_places_for_all_and_for_each_prefix) {
    Attendance attendance({.all = 3, .per_prefix = 2});
    EXPECT_TRUE(attendance.admit({1}));
    EXPECT_TRUE(attendance.admit({1}));
    EXPECT_FALSE(attendance.admit({1}));
    EXPECT_TRUE(attendance.admit({2}));
    EXPECT_FALSE(attendance.admit({3}));
    EXPECT_FALSE(attendance.admit({}));
    attendance.leave({1});
    EXPECT_TRUE(attendance.admit({1}));
    EXPECT_EQ(attendance.connections(), 3);
    EXPECT_FALSE(attendance.wait_until_empty(std::chrono::steady_clock::now()));
    attendance.leave({1});
    attendance.leave({1});
    attendance.leave({2});
    EXPECT_TRUE(attendance.wait_until_empty(std::chrono::steady_clock::now()));
}

TEST(BodyBuffer, grows_with_what_comes_and_not_with_what_was_announced) {
    BodyBuffer body(body_size_max);
    EXPECT_LE(body.room().size(), read_buffer_size_min);
    std::string whole;
    for (int count = 0; count < 1000; ++count) {
        auto const piece = std::string(static_cast<std::size_t>(count), static_cast<char>('a' + count % 26));
        body.append(base::as_bytes(piece));
        whole += piece;
    }
    EXPECT_EQ(base::as_text(std::move(body).take().expose()), whole);
}

TEST(InputBuffer, hands_on_what_was_put_in_and_forgets_what_was_used) {
    InputBuffer input;
    std::string expected;
    for (int count = 0; count < 2000; ++count) {
        auto const room = input.room();
        ASSERT_FALSE(room.empty());
        auto const size = std::min<std::size_t>(room.size(), 37);
        for (std::size_t index = 0; index < size; ++index)
            room[index] = static_cast<std::uint8_t>('a' + (count + static_cast<int>(index)) % 26);
        expected += base::as_text(room.first(size));
        input.add(size);
        auto const used =
            std::min<std::size_t>(input.unread().size(), 30 + static_cast<std::size_t>(count) % 13);
        auto const used_before = input.unread().data();
        input.consume(used);
        if (!input.empty())
            EXPECT_TRUE(std::all_of(used_before, used_before + used, [](auto byte) { return byte == 0; }));
        expected.erase(0, used);
        ASSERT_EQ(base::as_text(input.unread()), expected);
    }
}

} // namespace
} // namespace bulla::http
