#include "http/resource_recovery.hpp"

#include "base/encoding.hpp"
#include "http/json_body.hpp"
#include "http/limits.hpp"
#include "http/resource_sign_in.hpp"
#include "http/service_problem.hpp"
#include "ledger/names.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;

template <class Fixed>
Result<Fixed, Problem> fixed(JsonBody const& body, std::string_view name) {
    auto const bytes = TRY(body.bytes(name));
    auto const parsed = Fixed::parse(bytes);
    if (!parsed)
        return std::unexpected{Problem::value_not_allowed};
    return *parsed;
}

Result<service::RecoveryProof, Problem> parse_proof(Request const& request) {
    auto const id = TRY(parse_pending_id(request));
    auto const body = TRY(JsonBody::parse(request, {"public_key", "signature"}, {"registration_request"}));
    return service::RecoveryProof{.id = id,
                                  .public_key = TRY(fixed<ledger::Ed25519PublicKey>(body, "public_key")),
                                  .signature = TRY(fixed<crypto::Ed25519Signature>(body, "signature")),
                                  .registration_request = TRY(body.optional_bytes("registration_request"))};
}

Result<service::RecoveryEnd, Problem> parse_finish(Request const& request) {
    auto const bytes = base::parse_base64url(request.parameter("begin"));
    auto const begin = bytes ? ledger::StatementDigest::parse(*bytes) : std::nullopt;
    if (!begin)
        return std::unexpected{Problem::not_found};
    auto const body = TRY(JsonBody::parse(request, {"statement", "evidence"}));
    return service::RecoveryEnd{.begin = *begin,
                                .statement = TRY(body.bytes("statement")),
                                .evidence = TRY(body.evidence("evidence"))};
}

} // namespace

json::object offer_json(service::RecoveryOffer const& offer) {
    json::object object{{"network", base64url(offer.network)},
                        {"label", base64url(offer.label)},
                        {"account_id", base64url(offer.account)},
                        {"vrf_proof", base64url(offer.vrf_proof)},
                        {"version", offer.version.number()},
                        {"keyset", offer.keyset},
                        {"stretching", stretching_json(offer.stretching)},
                        {"delay", offer.delay.count()},
                        {"time", base::unix_milliseconds(offer.time)}};
    if (offer.key) {
        object["id"] = base64url(offer.id);
        object["key_version"] = offer.key->version.number();
        object["credential"] = base64url(offer.key->credential);
    } else {
        object["not_after"] = base::unix_milliseconds(offer.not_after);
    }
    if (offer.response)
        object["registration_response"] = base64url(offer.response->view());
    return object;
}

json::object begun_json(service::RecoveryBegun const& begun) {
    return {{"begin", base64url(begun.begin)},
            {"finish_from", base::unix_milliseconds(begun.finish_from)},
            {"receipt", receipt_json(begun.receipt)}};
}

Result<service::NewRecovery, Problem> parse_new_recovery(Request const& request) {
    auto const body = TRY(JsonBody::parse(request, {"statement", "evidence"}, {"registration_record"}));
    return service::NewRecovery{.statement = TRY(body.bytes("statement")),
                                .evidence = TRY(body.evidence("evidence")),
                                .opaque_record = TRY(body.optional_bytes("registration_record"))};
}

json::object recovery_json(ledger::PendingRecovery const& recovery, ledger::AccountState const& state) {
    json::array cancel_with;
    for (auto const& credential : state.credentials)
        if (ledger::can_cancel(credential, recovery))
            cancel_with.emplace_back(base64url(credential.id));
    return {{"begin", base64url(recovery.begin)},
            {"finish_from", base::unix_milliseconds(recovery.finish_from)},
            {"by", recovery.key_version ? "recovery_key" : "operators"},
            {"credential", json::object{{"kind", ledger::name_of(recovery.credential.kind)},
                                        {"public_key", base64url(recovery.credential.public_key.view())}}},
            {"cancel_with", std::move(cancel_with)}};
}

boost::asio::awaitable<Response> ask_recovery(Request request, Context context) {
    auto const body = JsonBody::parse(request, {"username"});
    if (!body)
        co_return make_problem(body.error());
    auto const username = body->text("username");
    if (!username || username->size() > form_value_size_max)
        co_return make_problem(Problem::value_not_allowed);
    auto const offer = context.application.recovery().ask(*username, context.client.prefix);
    if (!offer)
        co_return make_problem(offer.error());
    co_return json_response(201, {{"id", base64url(offer->id)},
                                  {"network", base64url(offer->network)},
                                  {"challenge", base64url(offer->challenge)},
                                  {"time", base::unix_milliseconds(offer->time)}});
}

boost::asio::awaitable<Response> prove_recovery(Request request, Context context) {
    auto const proof = parse_proof(request);
    if (!proof)
        co_return make_problem(proof.error());
    auto const offer = context.application.recovery().prove(*proof, context.client.prefix);
    co_return offer ? json_response(200, offer_json(*offer)) : make_problem(offer.error());
}

boost::asio::awaitable<Response> begin_recovery(Request request, Context context) {
    auto const id = parse_pending_id(request);
    if (!id)
        co_return make_problem(id.error());
    auto made = parse_new_recovery(request);
    if (!made)
        co_return make_problem(made.error());
    auto const begun = co_await context.application.recovery().begin(*id, *std::move(made));
    if (!begun)
        co_return make_problem(begun.error());
    co_return json_response(201, begun_json(*begun));
}

boost::asio::awaitable<Response> finish_recovery(Request request, Context context) {
    auto end = parse_finish(request);
    if (!end)
        co_return make_problem(end.error());
    auto const receipt =
        co_await context.application.recovery().finish(*std::move(end), context.client.prefix);
    co_return receipt ? json_response(201, receipt_json(*receipt)) : make_problem(receipt.error());
}

} // namespace bulla::http
