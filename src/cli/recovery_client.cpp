#include "cli/recovery_client.hpp"

#include "base/encoding.hpp"
#include "crypto/random.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

std::unexpected<ApiFault> malformed() {
    return std::unexpected{
        ApiFault{.kind = ApiFault::Kind::malformed, .reason = "the server's answer is not of the form"}};
}

} // namespace

Answered<RecoveryClient::Begun> RecoveryClient::begin(std::string const& name,
                                                      credential::RecoveryCode const& code,
                                                      SecretBytes password) const {
    crypto::SystemRandomness randomness;
    auto const& api = client_.api();
    auto const& network = client_.keys();
    auto const asked = TRY(api.post("/v1/recoveries", {{"username", name}}));
    auto const id = text_member(asked, "id");
    auto const challenge = fixed_member<service::RecoveryChallenge>(asked, "challenge");
    if (!id || !challenge)
        return malformed();
    auto const key = code.derive_key(network.network);
    auto walk = service::NewPasswordWalk::start(std::move(password), randomness);
    auto const signature = key.sign(service::recovery_proof_message(network.network, *challenge));
    auto const proved = TRY(api.post(fmt::format("/v1/recoveries/{}/proof", *id),
                                     {{"public_key", base::to_base64url(key.public_key())},
                                      {"signature", base::to_base64url(signature)},
                                      {"registration_request", base::to_base64url(walk.request())}}));
    auto const offer = read_recovery_offer(proved);
    if (!offer)
        return malformed();
    auto made = TRY(
        map_fault(std::move(walk).finish_recovery(
                      *offer, network, {.username = normalise_name(name), .recovery_key = &key}, randomness),
                  to_fault));
    auto answer = TRY(api.post(fmt::format("/v1/recoveries/{}/begin", base::to_base64url(offer->id)),
                               {{"statement", base::to_base64url(made.begin.statement)},
                                {"evidence", evidence_json(made.begin.evidence)},
                                {"registration_record", base::to_base64url(*made.begin.opaque_record)}}));
    return Begun{.answer = std::move(answer), .end = std::move(made.end)};
}

Answered<json::object> RecoveryClient::finish(service::RecoveryEnd const& end) const {
    return client_.api().post(
        fmt::format("/v1/recoveries/{}/finish", base::to_base64url(end.begin)),
        {{"statement", base::to_base64url(end.statement)}, {"evidence", evidence_json(end.evidence)}});
}

} // namespace bulla::cli
