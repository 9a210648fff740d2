#include "http/resource_sign_in.hpp"

#include "base/encoding.hpp"
#include "http/evidence_json.hpp"
#include "http/json_body.hpp"
#include "http/service_problem.hpp"
#include "http/session_cookie.hpp"
#include "ledger/rules.hpp"
#include "merkle/note.hpp"
#include "service/application.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;

constexpr std::size_t username_size_max = 4096; // bytes, before it is looked at

struct Finish {
    service::LoginFinish made;
    TokenDelivery delivery;
};
Result<Finish, Problem> parse_login_finish(Request const& request, Context const& context) {
    auto const id = TRY(parse_pending_id(request));
    auto const body =
        TRY(JsonBody::parse(request, {"finish_login_request", "statement", "evidence"}, {"session"}));
    return Finish{.made = {.id = id,
                           .ke3 = TRY(body.bytes("finish_login_request")),
                           .statement = TRY(body.bytes("statement")),
                           .evidence = TRY(body.bytes("evidence"))},
                  .delivery = TRY(parse_delivery(body, request, context))};
}

Result<service::LoginRequest, Problem> parse_login_request(Request const& request, Context const& context) {
    auto const body = TRY(JsonBody::parse(request, {"username", "start_login_request", "client", "origin"}));
    service::LoginRequest parsed{.username = TRY(body.text("username")),
                                 .ke1 = TRY(body.bytes("start_login_request")),
                                 .client = TRY(body.text("client")),
                                 .origin = TRY(body.text("origin")),
                                 .prefix = context.client.prefix};
    // Clients that are known by name come with OpenID Connect; until then there are the server's own.
    auto const head = context.application.ground().head();
    if (!service::is_known_client(*head->policy, parsed.client, parsed.origin) ||
        parsed.username.size() > username_size_max)
        return std::unexpected{Problem::value_not_allowed};
    return parsed;
}

} // namespace

json::object stretching_json(ledger::Stretching const& stretching) {
    return {
        {"memory_kib", stretching.memory_kib}, {"passes", stretching.passes}, {"lanes", stretching.lanes}};
}

json::object relying_party_json(ledger::PolicyRow const& policy) {
    json::array origins;
    for (auto const& origin : policy.origins)
        origins.emplace_back(origin);
    return {{"id", policy.rp_id}, {"name", policy.rp_id}, {"origins", std::move(origins)}};
}

json::object offer_json(service::PasswordOffer const& offer, Context const& context) {
    json::object object{{"id", base64url(offer.id)},
                        {"network", base64url(offer.network)},
                        {"label", base64url(offer.label)},
                        {"vrf_proof", base64url(offer.vrf_proof)},
                        {"version", offer.version.number()},
                        {"previous", base64url(offer.previous)},
                        {"relying_party", relying_party_json(*context.application.ground().head()->policy)},
                        {"time", base::unix_milliseconds(offer.time)}};
    if (offer.response) {
        object["registration_response"] = base64url(offer.response->view());
        object["keyset"] = offer.keyset;
        object["stretching"] = stretching_json(offer.stretching);
    }
    if (offer.opening)
        object["opening"] = base64url(*offer.opening);
    if (offer.account)
        object["account_id"] = base64url(*offer.account);
    return object;
}

json::object issued_json(service::IssuedToken const& issued) {
    return {{"access_token", issued.access_token},   {"token_type", "Bearer"},
            {"expires_in", issued.lifetime.count()}, {"session_id", base64url(issued.session)},
            {"username", issued.username},           {"account_id", base64url(issued.account)}};
}

json::object receipt_json(sequencer::Receipt const& receipt) {
    return {{"leaf_hash", base64url(receipt.leaf_hash)},
            {"index", receipt.index.number()},
            {"height", receipt.height.number()},
            {"time", base::unix_milliseconds(receipt.time)},
            {"checkpoint", receipt.head->checkpoint}};
}

Result<service::PendingId, Problem> parse_pending_id(Request const& request) {
    auto const bytes = base::parse_base64url(request.parameter("id"));
    auto const id = bytes ? service::PendingId::parse(*bytes) : std::nullopt;
    if (!id)
        return std::unexpected{Problem::not_found};
    return *id;
}

Result<service::NewPassword, Problem> parse_new_password(Request const& request) {
    auto const body = TRY(JsonBody::parse(request, {"statement", "evidence"}, {"registration_record"}));
    return service::NewPassword{.opaque_record = TRY(body.optional_bytes("registration_record")),
                                .statement = TRY(body.bytes("statement")),
                                .evidence = TRY(body.evidence("evidence"))};
}

boost::asio::awaitable<Response> begin_registration(Request request, Context context) {
    auto const body = JsonBody::parse(request, {"username"}, {"registration_request"});
    if (!body)
        co_return make_problem(body.error());
    auto const username = body->text("username");
    auto const blinded = body->optional_bytes("registration_request");
    if (!username || !blinded)
        co_return make_problem(Problem::value_not_allowed);
    auto const offer = context.application.registration().begin(*username, *blinded, context.client.prefix);
    if (!offer)
        co_return make_problem(offer.error());
    co_return json_response(201, offer_json(*offer, context));
}

boost::asio::awaitable<Response> finish_registration(Request request, Context context) {
    auto const id = parse_pending_id(request);
    if (!id)
        co_return make_problem(id.error());
    auto made = parse_new_password(request);
    if (!made)
        co_return make_problem(made.error());
    auto const registered = co_await context.application.registration().finish(*id, *std::move(made));
    if (!registered)
        co_return make_problem(registered.error());
    co_return json_response(201, {{"account_id", base64url(registered->account)},
                                  {"username", registered->username},
                                  {"receipt", receipt_json(registered->receipt)}});
}

boost::asio::awaitable<Response> begin_login(Request request, Context context) {
    auto const parsed = parse_login_request(request, context);
    if (!parsed)
        co_return make_problem(parsed.error());
    auto const offer = context.application.login().begin(*parsed);
    if (!offer)
        co_return make_problem(offer.error());
    co_return json_response(201, {{"id", base64url(offer->id)},
                                  {"login_response", base64url(offer->ke2)},
                                  {"network", base64url(offer->network)},
                                  {"stretching", stretching_json(offer->stretching)},
                                  {"sealed_parameters", base64url(offer->sealed_parameters)}});
}

boost::asio::awaitable<Response> finish_login(Request request, Context context) {
    auto const parsed = parse_login_finish(request, context);
    if (!parsed)
        co_return make_problem(parsed.error());
    auto const issued = context.application.login().finish(parsed->made);
    co_return issued ? issued_response(*issued, parsed->delivery, context) : make_problem(issued.error());
}

namespace {

// On a single node the log key's signature is all there is.
json::array cosigners_json(service::Ground const& ground, ledger::NodesRow const& nodes) {
    json::array keys;
    if (ground.peers != nullptr)
        for (auto const& node : nodes.nodes)
            keys.emplace_back(sequencer::cosigner_key_of(node).print());
    return keys;
}

json::array later_opaque_keys_json(ledger::PolicyRow const& policy) {
    json::array keys;
    for (auto const& keyset : std::span(policy.keysets).subspan(1))
        keys.emplace_back(base64url(keyset.opaque_public_key));
    return keys;
}

std::string_view name_of(service::Application::Want want) {
    using enum service::Application::Want;
    switch (want) {
    case start: return "start";
    case room: return "room";
    case engine: return "engine";
    case signing_key: return "signing_key";
    case records: return "records";
    case keysets: return "keysets";
    case clock: return "clock";
    case nodes: return "nodes";
    }
    CHECK_UNREACHABLE();
}

json::array wants_json(service::Application& application) {
    json::array wants;
    for (auto const want : application.wants())
        wants.emplace_back(name_of(want));
    return wants;
}

// What a single node's engine height is, which has no engine: 0.
json::object rules_json(service::Ground const& ground, ledger::PolicyRow const& policy) {
    auto const height = ground.ledger.load_engine_height().value_or(store::EngineHeight{});
    json::object object{{"known", ledger::newest_rules()},
                        {"in_force", ledger::rules_at(policy, height.number())},
                        {"engine_height", height.number()}};
    if (policy.upgrade)
        object["agreed"] =
            json::object{{"version", policy.upgrade->rules_version}, {"height", policy.upgrade->height}};
    return object;
}

} // namespace

boost::asio::awaitable<Response> show_network(Request, Context context) {
    auto const& ground = context.application.ground();
    auto const head = ground.head();
    auto const log_key =
        merkle::VerifierKey::make(head->nodes->origin, merkle::NoteKeyType::ed25519, head->nodes->log_key);
    co_return json_response(
        200, {{"network", base64url(ground.network)},
              {"issuer", head->policy->issuer},
              {"origin", head->nodes->origin},
              {"log_key", log_key.print()},
              {"vrf_public_key", base64url(ground.keys.vrf_key.public_key())},
              {"opaque_public_key", base64url(head->policy->keysets.front().opaque_public_key)},
              {"later_opaque_keys", later_opaque_keys_json(*head->policy)},
              {"stretching", stretching_json(head->policy->stretching)},
              {"relying_party", relying_party_json(*head->policy)},
              {"passwords", head->policy->passwords == ledger::PasswordPolicy::nist ? "nist" : "standard"},
              {"cosigners", cosigners_json(ground, *head->nodes)},
              {"quorum", ground.peers != nullptr ? head->nodes->quorum() : 0},
              {"rules", rules_json(ground, *head->policy)},
              {"waits_for", wants_json(context.application)},
              {"evidence", evidence_json(ground)}});
}

} // namespace bulla::http
