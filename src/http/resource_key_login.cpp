#include "http/resource_key_login.hpp"

#include "http/json_body.hpp"
#include "http/resource_sign_in.hpp"
#include "http/service_problem.hpp"
#include "http/session_cookie.hpp"
#include "service/application.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;

constexpr std::size_t username_size_max = 4096; // bytes, before it is looked at

Result<service::KeyLoginRequest, Problem> parse_request(Request const& request, Context const& context) {
    auto const body = TRY(JsonBody::parse(request, {"client", "origin"}, {"username"}));
    service::KeyLoginRequest parsed{.client = TRY(body.text("client")),
                                    .origin = TRY(body.text("origin")),
                                    .username = TRY(body.optional_text("username")),
                                    .prefix = context.client.prefix};
    auto const head = context.application.ground().head();
    bool const is_allowed = service::is_known_client(*head->policy, parsed.client, parsed.origin) &&
                            (!parsed.username || parsed.username->size() <= username_size_max);
    if (!is_allowed)
        return std::unexpected{Problem::value_not_allowed};
    return parsed;
}

struct Finish {
    service::KeyLoginFinish made;
    TokenDelivery delivery;
};
Result<Finish, Problem> parse_finish(Request const& request, Context const& context) {
    auto const id = TRY(parse_pending_id(request));
    auto const body =
        TRY(JsonBody::parse(request, {"statement", "evidence"},
                            {"account_id", "username", "passkey", "credential", "public_key", "session"}));
    service::KeyLoginFinish made{.id = id,
                                 .statement = TRY(body.bytes("statement")),
                                 .evidence = TRY(body.parts("evidence")),
                                 .account = TRY(body.optional_fixed<ledger::AccountId>("account_id")),
                                 .username = TRY(body.optional_text("username")),
                                 .passkey = TRY(body.optional_bytes("passkey")),
                                 .credential = TRY(body.optional_fixed<ledger::CredentialId>("credential")),
                                 .public_key = TRY(body.optional_bytes("public_key"))};
    if (made.username && made.username->size() > username_size_max)
        return std::unexpected{Problem::value_not_allowed};
    return Finish{.made = std::move(made), .delivery = TRY(parse_delivery(body, request, context))};
}

json::object offer_json(service::KeyLoginOffer const& offer) {
    json::array passkeys;
    for (auto const& id : offer.passkeys)
        passkeys.emplace_back(base64url(id));
    return {{"id", base64url(offer.id)},
            {"challenge", base64url(offer.challenge)},
            {"network", base64url(offer.network)},
            {"checkpoint", offer.checkpoint},
            {"time", base::unix_milliseconds(offer.time)},
            {"passkeys", std::move(passkeys)}};
}

} // namespace

boost::asio::awaitable<Response> begin_key_login(Request request, Context context) {
    auto const parsed = parse_request(request, context);
    if (!parsed)
        co_return make_problem(parsed.error());
    auto const offer = context.application.key_login().begin(*parsed);
    co_return offer ? json_response(201, offer_json(*offer)) : make_problem(offer.error());
}

boost::asio::awaitable<Response> finish_key_login(Request request, Context context) {
    auto const parsed = parse_finish(request, context);
    if (!parsed)
        co_return make_problem(parsed.error());
    auto const issued = context.application.key_login().finish(parsed->made);
    co_return issued ? issued_response(*issued, parsed->delivery, context) : make_problem(issued.error());
}

} // namespace bulla::http
