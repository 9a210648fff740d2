#include "http/routes.hpp"

#include "http/limits.hpp"
#include "http/metrics.hpp"
#include "http/openapi.hpp"
#include "http/resource_account.hpp"
#include "http/resource_events.hpp"
#include "http/resource_key_login.hpp"
#include "http/resource_log.hpp"
#include "http/resource_node.hpp"
#include "http/resource_operator.hpp"
#include "http/resource_pages.hpp"
#include "http/resource_plain.hpp"
#include "http/resource_recovery.hpp"
#include "http/resource_recovery_request.hpp"
#include "http/resource_sign_in.hpp"
#include "http/session_cookie.hpp"
#include "service/node_message.hpp"

namespace bulla::http {
namespace {

constexpr std::size_t json_size_max = 32 * 1024;

Route get(std::string_view pattern, std::string_view name, Access access, Handler handler) {
    return {.method = Method::get,
            .pattern = pattern,
            .name = name,
            .access = access,
            .handler = std::move(handler)};
}
Route post(std::string_view pattern, std::string_view name, Access access, Handler handler) {
    return {.method = Method::post,
            .pattern = pattern,
            .name = name,
            .access = access,
            .handler = std::move(handler),
            .body_max = json_size_max};
}
Route post_form(std::string_view pattern, std::string_view name, Handler handler) {
    return {.method = Method::post,
            .pattern = pattern,
            .name = name,
            .access = Access::anyone,
            .handler = std::move(handler),
            .body_max = form_size_max};
}

// What costs far more than its refusal waits for a turn.
Route in_turn(Urgency urgency, Route route) {
    route.urgency = urgency;
    return route;
}

std::vector<Route> recovery_routes() {
    using enum Access;
    using enum Urgency;
    return {
        in_turn(login, post("/v1/recoveries", "ask_recovery", anyone, ask_recovery)),
        in_turn(ongoing, post("/v1/recoveries/{id}/proof", "prove_recovery", anyone, prove_recovery)),
        in_turn(ongoing, post("/v1/recoveries/{id}/begin", "begin_recovery", anyone, begin_recovery)),
        in_turn(ongoing, post("/v1/recoveries/{begin}/finish", "finish_recovery", anyone, finish_recovery)),
        in_turn(login, post("/v1/recovery-requests", "ask_operators", anyone, ask_operators)),
        get("/v1/recovery-requests/{id}", "recovery_request", anyone, show_recovery_request),
        in_turn(ongoing,
                post("/v1/recovery-requests/{id}/offer", "offer_to_request", anyone, offer_to_request)),
        in_turn(ongoing, post("/v1/recovery-requests/{id}/credential", "make_requested_credential", anyone,
                              make_requested_credential)),
        in_turn(ongoing, post("/v1/recovery-requests/{id}/begin", "begin_requested_recovery", anyone,
                              begin_requested_recovery)),
    };
}

std::vector<Route> operator_routes() {
    using enum Access;
    using enum Urgency;
    return {
        in_turn(login, post("/v1/operator/logins", "begin_operator_login", anyone, begin_operator_login)),
        in_turn(ongoing,
                post("/v1/operator/logins/{id}", "finish_operator_login", anyone, finish_operator_login)),
        in_turn(bulk, get("/v1/operator/overview", "operator_overview", operators, show_overview)),
        get("/v1/operator/accounts/{label}", "operator_account", operators, show_account_to_operator),
        post("/v1/operator/accounts", "operator_account_by_name", operators, find_account_by_name),
        post("/v1/operator/recovery-requests", "decide_recovery_request", operators, decide_recovery_request),
        post("/v1/operator/secrets", "make_shared_secret", operators, make_shared_secret),
        in_turn(ongoing, post("/v1/operator/entries", "submit_decision", operators, submit_decision)),
    };
}

std::vector<Route> routes_of_pages() {
    using enum Access;
    return {
        get("/", "sign_in_page", anyone, show_page),
        get("/join", "join_page", anyone, show_page),
        get("/account", "account_page", anyone, show_page),
        get("/explorer", "explorer_page", anyone, show_page),
        get("/recover", "recover_page", anyone, show_page),
        get("/admin", "admin_page", anyone, show_page),
        get("/assets/{path…}", "asset", anyone, show_asset),
    };
}

} // namespace

std::vector<Route> make_routes(Metrics& metrics) {
    using enum Access;
    using enum Urgency;
    std::vector<Route> routes{
        in_turn(registration, post_form("/register", "plain_register", plain_register)),
        in_turn(login, post_form("/login", "plain_login", plain_login)),
        get("/protected-resource", "protected_resource", account, protected_resource),
        get("/verify", "verify", account, verify),

        get("/v1/network", "network", anyone, show_network),
        get("/v1/events", "events", anyone, show_events),
        get("/v1/sign-ins", "sign_ins", anyone, show_sign_ins),
        in_turn(registration, post("/v1/registrations", "begin_registration", anyone, begin_registration)),
        in_turn(ongoing, post("/v1/registrations/{id}", "finish_registration", anyone, finish_registration)),
        in_turn(login, post("/v1/logins", "begin_login", anyone, begin_login)),
        in_turn(ongoing, post("/v1/logins/{id}", "finish_login", anyone, finish_login)),
        in_turn(login, post("/v1/key-logins", "begin_key_login", anyone, begin_key_login)),
        in_turn(ongoing, post("/v1/key-logins/{id}", "finish_key_login", anyone, finish_key_login)),
        get("/v1/account", "account", account, show_account),
        in_turn(bulk, get("/v1/account/proof", "account_proof", account, prove_account)),
        in_turn(bulk, get("/v1/account/proof/brief", "account_proof_brief", account, prove_account_briefly)),
        in_turn(ongoing,
                post("/v1/account/password", "begin_password_change", account, begin_password_change)),
        in_turn(ongoing,
                post("/v1/account/password/{id}", "finish_password_change", account, finish_password_change)),
        in_turn(ongoing, post("/v1/account/entries", "submit_entry", account, submit_entry)),
        {.method = Method::put,
         .pattern = "/v1/account/credentials/{id}",
         .name = "name_credential",
         .access = account,
         .handler = name_credential,
         .body_max = json_size_max},
        get("/v1/account/export", "account_export", account, export_account),
        get("/v1/sessions", "sessions", account, list_sessions),
        {.method = Method::delete_,
         .pattern = "/v1/sessions/{id}",
         .name = "end_session",
         .access = account,
         .handler = end_session},

        get("/.well-known/jwks.json", "key_set", anyone, show_key_set),
        get("/log/checkpoint", "checkpoint", anyone, show_checkpoint),
        in_turn(bulk, get("/log/tile/{path…}", "tile", anyone, show_tile)),
        get("/metrics", "metrics", anyone,
            [&metrics](Request request, Context context) {
                return show_metrics(std::move(request), std::move(context), &metrics);
            }),
        get("/healthz", "health", anyone, show_health),
        get("/readyz", "ready", anyone, show_readiness),
        get("/openapi.json", "openapi", anyone, show_openapi),
    };
    for (auto& more : {recovery_routes(), operator_routes(), routes_of_pages()})
        routes.insert(routes.end(), more.begin(), more.end());
    keep_session_cookies(routes);
    return routes;
}

std::vector<Route> make_node_routes() {
    return {{.method = Method::post,
             .pattern = "/node/messages",
             .name = "node_message",
             .access = Access::nodes,
             .handler = answer_node,
             .body_max = service::node_message_size_max},
            {.method = Method::get,
             .pattern = "/log/tile/{path…}",
             .name = "node_tile",
             .access = Access::nodes,
             .handler = show_tile},
            {.method = Method::get,
             .pattern = "/node/snapshots",
             .name = "snapshots",
             .access = Access::nodes,
             .handler = list_snapshots},
            {.method = Method::get,
             .pattern = "/node/snapshots/{height}/{chunk}",
             .name = "snapshot_chunk",
             .access = Access::nodes,
             .handler = show_snapshot_chunk},
            {.method = Method::get,
             .pattern = "/node/blocks/{height}",
             .name = "block_description",
             .access = Access::nodes,
             .handler = describe_block}};
}

} // namespace bulla::http
