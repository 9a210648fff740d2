// The table of routes, gone through role by role. Catalogue: H1, H2, J7, J18.
#include "http/routes.hpp"

#include "http/metrics.hpp"
#include "http/request_head.hpp"
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bulla::http {
namespace {

// What anybody may call. A route that is not here must ask for a token.
constexpr std::array<std::string_view, 36> open_to_all = {
    "plain_register",
    "plain_login",
    "network",
    "begin_registration",
    "finish_registration",
    "begin_login",
    "finish_login",
    "begin_key_login",
    "finish_key_login",
    "key_set",
    "checkpoint",
    "tile",
    "metrics",
    "health",
    "ready",
    "openapi",
    "sign_in_page",
    "join_page",
    "account_page",
    "explorer_page",
    "recover_page",
    "admin_page",
    "asset",
    "events",
    "sign_ins",
    "ask_recovery",
    "prove_recovery",
    "begin_recovery",
    "finish_recovery",
    "ask_operators",
    "recovery_request",
    "offer_to_request",
    "make_requested_credential",
    "begin_requested_recovery",
    "begin_operator_login",
    "finish_operator_login",
};

class Routes : public testing::Test {
protected:
    Response call(Route const& route, std::string_view fields, std::string_view body = {}) {
        auto const line = fmt::format("{} {} HTTP/1.1\r\nHost: a\r\n{}\r\n", method_text(route.method),
                                      path_of(route), fields);
        auto head = parse_head(line);
        EXPECT_TRUE(head.has_value()) << line;
        auto match = router.find(route.method, head->parts.path);
        EXPECT_TRUE(match.has_value() && match->route->name == route.name) << line;
        head->parts.parameters = std::move(match->parameters);
        head->parts.body = SecretBytes::from(base::as_bytes(body));
        Context context{.application = node.application(),
                        .client = make_client_address(boost::asio::ip::address_v4::loopback()),
                        .now = {},
                        .route = route};
        return node.wait(route.handler(Request(std::move(head->parts)), std::move(context)));
    }

    // {name} stands for any id.
    static std::string path_of(Route const& route) {
        std::string path(route.pattern);
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}') + 1 - open, "AAAAAAAAAAAAAAAAAAAAAA");
        return path;
    }

    static service::Settings settings_for(std::filesystem::path const& data) {
        service::Settings settings;
        settings.data = data;
        return settings;
    }

    bulla::test::TemporaryDirectory directory;
    service::SetClock clock;
    service::TestNode node{settings_for(directory.path() / "data"), clock};
    Metrics metrics;
    Router router{make_routes(metrics)};
};

TEST_F(Routes, H1_of_an_account_refuse_who_brings_no_token_or_a_wrong_one) {
    std::size_t count = 0;
    for (auto const& route : router.routes()) {
        if (route.access == Access::anyone)
            continue;
        ++count;
        for (std::string const fields :
             {"", "Authorization:\r\n", "Authorization: Bearer\r\n", "Authorization: Bearer x\r\n",
              "Authorization: Basic YWxpY2U6eA==\r\n", "Authorization: Bearer a.b.c\r\n"}) {
            auto const answer = call(route, fields);
            EXPECT_EQ(answer.status, 401) << route.name << " " << fields;
        }
    }
    EXPECT_GE(count, 9);
}

TEST_F(Routes, H1_are_open_to_all_only_when_this_list_says_so) {
    for (auto const& route : router.routes()) {
        bool const listed = std::ranges::find(open_to_all, route.name) != open_to_all.end();
        EXPECT_EQ(route.access == Access::anyone, listed) << route.name;
        EXPECT_NE(route.access, Access::local) << route.name;
    }
}

// H2: a member that somebody adds is refused, not ignored.
TEST_F(Routes, H2_take_no_member_they_do_not_know) {
    struct Body {
        std::string_view route;
        std::string_view members;
    };
    for (auto const& [name, members] :
         {Body{"begin_registration", R"("username":"a","registration_request":"AA")"},
          Body{"finish_registration", R"("registration_record":"AA","statement":"AA","evidence":[])"},
          Body{"begin_login", R"("username":"a","start_login_request":"AA","client":"c","origin":"o")"},
          Body{"finish_login", R"("finish_login_request":"AA","statement":"AA","evidence":"AA")"},
          Body{"begin_key_login", R"("client":"c","origin":"o","username":"a")"},
          Body{"finish_key_login", R"("statement":"AA","evidence":[],"username":"a")"},
          Body{"ask_recovery", R"("username":"a")"},
          Body{"prove_recovery", R"("public_key":"AA","signature":"AA")"},
          Body{"begin_recovery", R"("statement":"AA","evidence":[])"},
          Body{"begin_operator_login", R"("origin":"cli")"},
          Body{"finish_operator_login", R"("statement":"AA","evidence":[])"}}) {
        auto const route = std::ranges::find(router.routes(), name, &Route::name);
        ASSERT_NE(route, router.routes().end());
        for (std::string_view const added :
             {"status", "role", "admin", "label", "version", "epoch", "sub", "account_id", "opening", "id",
              "network", "previous", "keyset", "time", "session_id", "expires_in", "__proto__"}) {
            if (name == "finish_key_login" && added == "account_id") // a member of it
                continue;
            auto const answer = call(*route, "Content-Type: application/json\r\n",
                                     fmt::format(R"({{{},"{}":"x"}})", members, added));
            EXPECT_EQ(answer.status, 400) << name << " " << added;
            EXPECT_TRUE(body_text(answer.body).contains("field_unknown")) << name << " " << added;
        }
    }
}

TEST_F(Routes, J18_tell_nothing_for_developers) {
    for (std::string_view const path : {"/.git/config",
                                        "/.env",
                                        "/debug",
                                        "/debug/pprof/",
                                        "/actuator",
                                        "/server-status",
                                        "/phpinfo.php",
                                        "/console",
                                        "/swagger",
                                        "/v1",
                                        "/v1/",
                                        "/v2/network",
                                        "/version",
                                        "/config",
                                        "/bulla.toml",
                                        "/control/signing-keys",
                                        "/control/ledger-copy",
                                        "/keys/log",
                                        "/bulla-data/keys/log",
                                        "/metrics/",
                                        "/login/",
                                        "/index.html.bak",
                                        "/.well-known/",
                                        "/log",
                                        "/log/",
                                        "/log/tile"})
        EXPECT_FALSE(router.find(Method::get, path).has_value()) << path;
}

// J7: strangers choose no label: whatever is asked for, a route has at most one row a status.
TEST_F(Routes, J7_make_no_more_rows_of_metrics_than_there_are_routes_and_statuses) {
    auto const rows = [&] {
        auto const text = metrics.print(node.application());
        return std::ranges::count(text, '\n');
    };
    auto const count = [&](std::string_view route, int status) {
        metrics.count({.method = Method::get, .route = route, .status = status, .exception = {}});
    };
    for (auto const& route : router.routes())
        count(route.name, 200);
    count("", 404);
    auto const before = rows();
    for (int number = 0; number < 10'000; ++number) {
        auto const path = fmt::format("/nothing/{}", number);
        EXPECT_FALSE(router.find(Method::get, path).has_value());
        count("", 404);
    }
    EXPECT_EQ(rows(), before);
}

} // namespace
} // namespace bulla::http
