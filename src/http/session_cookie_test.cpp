// The cookie of a page's session. Catalogue: B25, B27, I4.
#include "http/json_body.hpp"
#include "http/metrics.hpp"
#include "http/request_head.hpp"
#include "http/routes.hpp"
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bulla::http {
namespace {

class SessionCookie : public testing::Test {
protected:
    explicit SessionCookie(std::string_view issuer = "http://localhost:8080")
        : node(settings_for(directory.path() / "data", issuer), clock) {
        node.sign_up();
        token = node.token();
        session = base64url(node.tokens().check_bearer(token)->session);
    }
    static service::Settings settings_for(std::filesystem::path const& data, std::string_view issuer) {
        service::Settings settings;
        settings.data = data;
        settings.issuer = issuer;
        return settings;
    }
    Response call(std::string_view line, std::string_view fields, std::string_view body = {}) {
        auto const text = fmt::format("{} HTTP/1.1\r\nHost: localhost:8080\r\n{}\r\n", line, fields);
        auto head = parse_head(text);
        EXPECT_TRUE(head.has_value()) << text;
        auto match = router.find(head->parts.method, head->parts.path);
        EXPECT_TRUE(match.has_value()) << text;
        head->parts.parameters = std::move(match->parameters);
        head->parts.body = SecretBytes::from(base::as_bytes(body));
        Context context{.application = node.application(),
                        .client = make_client_address(boost::asio::ip::address_v4::loopback()),
                        .now = {},
                        .route = *match->route};
        return node.wait(match->route->handler(Request(std::move(head->parts)), std::move(context)));
    }
    std::string cookie() const { return fmt::format("Cookie: {}={}\r\n", name, token); }
    std::string named() const { return fmt::format("Bulla-Session: {}\r\n", session); }
    int status(std::string_view fields, std::string_view line = "GET /v1/account") {
        return call(line, fields).status;
    }
    static std::string set_cookie(Response const& response) {
        for (auto const& field : response.fields)
            if (field.name == "Set-Cookie")
                return field.value;
        return {};
    }

    bulla::test::TemporaryDirectory directory;
    service::SetClock clock;
    service::TestNode node;
    Metrics metrics;
    Router router{make_routes(metrics)};
    std::string name = "bulla", token, session;
    std::string own_page = "Sec-Fetch-Site: same-origin\r\n";
};

TEST_F(SessionCookie, I4_counts_on_a_page_of_this_server_that_names_the_session) {
    auto const answer = call("GET /v1/account", cookie() + named() + own_page);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(set_cookie(answer), "");
    EXPECT_EQ(status(cookie() + own_page), 401);
    EXPECT_EQ(status(cookie() + own_page + "Bulla-Session: AAAAAAAAAAAAAAAAAAAAAA\r\n"), 401);
    EXPECT_EQ(status(named() + own_page), 401);
    EXPECT_EQ(status("Cookie: bulla=x\r\n" + named() + own_page), 401);
}

TEST_F(SessionCookie, B27_counts_for_nothing_on_pages_of_others) {
    for (std::string_view const site : {"cross-site", "same-site", "none", "", "same-origin, same-origin"})
        EXPECT_EQ(status(cookie() + named() + fmt::format("Sec-Fetch-Site: {}\r\n", site)), 401) << site;
    // Of browsers that do not say more.
    for (std::string_view const origin :
         {"null", "http://localhost:3000", "http://evil.example", "http://localhost:8080.evil.example",
          "http://localhost", "localhost:8080", "http://thief.localhost:8080", "http://127.0.0.1:8080"})
        EXPECT_EQ(status(cookie() + named() + fmt::format("Origin: {}\r\n", origin)), 401) << origin;
    EXPECT_EQ(status(cookie() + named() + "Origin: http://localhost:8080\r\n"), 200);
    auto const end = "DELETE /v1/sessions/" + session;
    EXPECT_EQ(status(cookie() + named(), end),
              401); // neither field: a page that changes something sends Origin
    EXPECT_EQ(
        status(cookie() + named() + "Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:8080\r\n", end),
        401);
    EXPECT_EQ(status(cookie() + named() + own_page), 200); // and nothing has ended
}

TEST_F(SessionCookie, B25_is_none_when_there_are_two_or_its_name_is_another) {
    auto const rest = named() + own_page;
    EXPECT_EQ(status(fmt::format("Cookie: a=b; bulla={}; c\r\n", token) + rest), 200);
    EXPECT_EQ(status(fmt::format("Cookie: bulla={0}; bulla={0}\r\n", token) + rest), 401);
    EXPECT_EQ(status(fmt::format("Cookie: bulla=x; bulla={}\r\n", token) + rest), 401);
    for (std::string_view const other :
         {"__Host-bulla", "Bulla", "bulla ", "xbulla", "__Secure-bulla", "$bulla"})
        EXPECT_EQ(status(fmt::format("Cookie: {}={}\r\n", other, token) + rest), 401) << other;
    EXPECT_EQ(status(fmt::format("Cookie: bulla=\"{}\"\r\n", token) + rest), 401);
}

TEST_F(SessionCookie, is_for_the_routes_of_v1_alone) {
    EXPECT_EQ(status(cookie() + named() + own_page, "GET /verify"), 401);
    EXPECT_EQ(status(cookie() + named() + own_page, "GET /protected-resource"), 401);
    EXPECT_EQ(status(cookie() + named() + own_page, "GET /v1/operator/overview"), 401);
}

TEST_F(SessionCookie, leaves_tokens_of_other_clients_as_they_were) {
    auto const bearer = fmt::format("Authorization: Bearer {}\r\n", token);
    EXPECT_EQ(status(bearer), 200);
    EXPECT_EQ(status(bearer + "Sec-Fetch-Site: cross-site\r\n"), 200);
    EXPECT_EQ(status("Authorization: Bearer x\r\n" + cookie() + named() + own_page), 401);
    clock.advance(std::chrono::minutes{10});
    EXPECT_EQ(set_cookie(call("GET /v1/account", bearer)), "");
}

TEST_F(SessionCookie, I4_is_taken_away_when_its_session_ends) {
    auto const answer = call("DELETE /v1/sessions/" + session, cookie() + named() + own_page);
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(set_cookie(answer), "bulla=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    auto const again = call("GET /v1/account", cookie() + named() + own_page);
    EXPECT_EQ(again.status, 401);
    EXPECT_TRUE(set_cookie(again).contains("Max-Age=0"));
}

TEST_F(SessionCookie, is_renewed_when_half_its_time_is_over_and_not_after_its_end) {
    auto const fields = cookie() + named() + own_page;
    clock.advance(std::chrono::minutes{7});
    EXPECT_EQ(set_cookie(call("GET /v1/account", fields)), "");
    clock.advance(std::chrono::minutes{1});
    auto const renewed = set_cookie(call("GET /v1/account", fields));
    EXPECT_TRUE(renewed.ends_with("; Path=/; Max-Age=900; HttpOnly; SameSite=Strict")) << renewed;
    clock.advance(std::chrono::minutes{8});
    EXPECT_EQ(status(fields), 401);
    token = renewed.substr(6, renewed.find(';') - 6);
    EXPECT_EQ(status(cookie() + named() + own_page), 200);
}

TEST_F(SessionCookie, is_given_to_no_page_of_others) {
    std::string const body = R"("statement":"AA","evidence":[],"session":)";
    auto const line = "POST /v1/key-logins/AAAAAAAAAAAAAAAAAAAAAA";
    std::string const json = "Content-Type: application/json\r\n";
    EXPECT_EQ(call(line, json + own_page, "{" + body + "\"cookie\"}").status, 401); // nobody's login
    EXPECT_EQ(call(line, json + own_page, "{" + body + "\"other\"}").status, 400);
    EXPECT_EQ(call(line, json + "Sec-Fetch-Site: cross-site\r\n", "{" + body + "\"cookie\"}").status, 403);
    EXPECT_EQ(call(line, json + "Origin: null\r\n", "{" + body + "\"cookie\"}").status, 403);
    EXPECT_EQ(call(line, json, "{" + body + "\"cookie\"}").status, 403);
}

class SecureSessionCookie : public SessionCookie {
protected:
    SecureSessionCookie() : SessionCookie("https://auth.example.org") { name = "__Host-bulla"; }
};

TEST_F(SecureSessionCookie, I4_is_bound_to_host_and_tls_where_the_issuer_is) {
    EXPECT_EQ(status(cookie() + named() + own_page), 200);
    auto const ended = call("DELETE /v1/sessions/" + session, cookie() + named() + own_page);
    EXPECT_EQ(set_cookie(ended), "__Host-bulla=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
    EXPECT_LT(token.size() + 100, 4096U);
    name = "bulla";
    EXPECT_EQ(status(cookie() + named() + own_page), 401);
}

} // namespace
} // namespace bulla::http
