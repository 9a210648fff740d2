#include "cli/recovery_request_client.hpp"

#include "base/encoding.hpp"
#include "crypto/random.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

std::string path_of(std::string const& id, std::string_view step) {
    return fmt::format("/v1/recovery-requests/{}{}", id, step);
}

} // namespace

Answered<json::object> RecoveryRequestClient::ask(std::string const& name) const {
    return client_.api().post("/v1/recovery-requests", {{"username", name}});
}

Answered<json::object> RecoveryRequestClient::look(std::string const& id) const {
    return client_.api().get(path_of(id, ""));
}

Answered<RecoveryRequestClient::Made> RecoveryRequestClient::make(std::string const& id,
                                                                  std::string const& name,
                                                                  SecretBytes password) const {
    crypto::SystemRandomness randomness;
    auto walk = service::NewPasswordWalk::start(std::move(password), randomness);
    auto const offer = read_recovery_offer(TRY(client_.api().post(
        path_of(id, "/offer"), {{"registration_request", base::to_base64url(walk.request())}})));
    if (!offer || offer->key)
        return std::unexpected{
            ApiFault{.kind = ApiFault::Kind::malformed, .reason = "the server's answer is not of the form"}};
    auto made = TRY(map_fault(
        std::move(walk).finish_recovery(
            *offer, client_.keys(), {.username = normalise_name(name), .recovery_key = nullptr}, randomness),
        to_fault));
    TRY(client_.api().post(path_of(id, "/credential"),
                           {{"statement", base::to_base64url(made.begin.statement)},
                            {"evidence", evidence_json(made.begin.evidence)},
                            {"registration_record", base::to_base64url(*made.begin.opaque_record)}}));
    return Made{.credential = made.credential, .end = std::move(made.end)};
}

Answered<json::object> RecoveryRequestClient::begin(std::string const& id) const {
    return client_.api().post(path_of(id, "/begin"), {});
}

} // namespace bulla::cli
