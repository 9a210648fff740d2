#include "cli/offers.hpp"

#include "base/encoding.hpp"
#include "cli/api_client.hpp"

#include <boost/json/array.hpp>

namespace bulla::cli {
namespace {

namespace json = boost::json;

constexpr std::uint64_t time_max = std::uint64_t{1} << 53; // milliseconds

std::optional<ledger::Stretching> read_stretching(json::object const& answer) {
    auto const* const object = object_member(answer, "stretching");
    if (object == nullptr)
        return std::nullopt;
    ledger::Stretching stretching;
    for (auto const& [name, place] :
         {std::pair{"memory_kib", &stretching.memory_kib}, std::pair{"passes", &stretching.passes},
          std::pair{"lanes", &stretching.lanes}}) {
        auto const number = number_member(*object, name);
        if (!number || *number > 0xffff'ffff)
            return std::nullopt;
        *place = static_cast<std::uint32_t>(*number);
    }
    return stretching;
}

} // namespace

json::array evidence_json(std::vector<ledger::Evidence> const& list) {
    json::array array;
    for (auto const& evidence : list) {
        json::array parts{base::to_base64url(evidence.signer)};
        for (auto const& part : evidence.parts)
            parts.emplace_back(base::to_base64url(part));
        array.push_back(std::move(parts));
    }
    return array;
}

std::optional<service::PasswordOffer> read_password_offer(json::object const& answer) {
    auto const id = fixed_member<service::PendingId>(answer, "id");
    auto const bytes = bytes_member(answer, "registration_response");
    auto const response = bytes ? opaque::RegistrationResponse::parse(*bytes) : std::nullopt;
    auto const network = fixed_member<ledger::NetworkId>(answer, "network");
    auto const label = fixed_member<ledger::Label>(answer, "label");
    auto const vrf_proof = fixed_member<crypto::VrfProof>(answer, "vrf_proof");
    auto const version = number_member(answer, "version");
    auto const previous = fixed_member<ledger::LeafHash>(answer, "previous");
    auto const keyset = number_member(answer, "keyset");
    auto const stretching = read_stretching(answer);
    auto const time = number_member(answer, "time");
    bool const is_whole = id && response && network && label && vrf_proof && version && previous && keyset &&
                          *keyset <= 0xffff'ffff && stretching && time && *time <= time_max;
    if (!is_whole)
        return std::nullopt;
    return service::PasswordOffer{.id = *id,
                                  .response = *response,
                                  .network = *network,
                                  .label = *label,
                                  .vrf_proof = *vrf_proof,
                                  .version = ledger::AccountVersion{*version},
                                  .previous = *previous,
                                  .opening = fixed_member<ledger::Opening>(answer, "opening"),
                                  .account = fixed_member<ledger::AccountId>(answer, "account_id"),
                                  .keyset = static_cast<std::uint32_t>(*keyset),
                                  .stretching = *stretching,
                                  .time = base::from_unix_milliseconds(*time)};
}

std::optional<service::LoginOffer> read_login_offer(json::object const& answer) {
    auto const id = fixed_member<service::PendingId>(answer, "id");
    auto ke2 = bytes_member(answer, "login_response");
    auto const network = fixed_member<ledger::NetworkId>(answer, "network");
    auto const stretching = read_stretching(answer);
    auto sealed = bytes_member(answer, "sealed_parameters");
    if (!id || !ke2 || !network || !stretching || !sealed)
        return std::nullopt;
    return service::LoginOffer{.id = *id,
                               .ke2 = *std::move(ke2),
                               .network = *network,
                               .stretching = *stretching,
                               .sealed_parameters = *std::move(sealed)};
}

std::optional<service::NetworkKeys> read_network_keys(json::object const& answer) {
    auto const network = fixed_member<ledger::NetworkId>(answer, "network");
    auto const opaque_bytes = bytes_member(answer, "opaque_public_key");
    auto const opaque_key = opaque_bytes ? crypto::Element::parse(*opaque_bytes) : std::nullopt;
    auto const vrf_key = fixed_member<crypto::VrfPublicKey>(answer, "vrf_public_key");
    if (!network || !opaque_key || !vrf_key)
        return std::nullopt;
    service::NetworkKeys keys{
        .network = *network, .opaque_public_key = *opaque_key, .vrf_public_key = *vrf_key};
    auto const* const later = answer.if_contains("later_opaque_keys");
    for (auto const& text : later != nullptr && later->is_array() ? later->get_array() : json::array{}) {
        auto const bytes = text.is_string() ? base::parse_base64url(text.get_string()) : std::nullopt;
        auto const key = bytes ? crypto::Element::parse(*bytes) : std::nullopt;
        if (!key)
            return std::nullopt;
        keys.later_opaque_keys.push_back(*key);
    }
    return keys;
}

namespace {

std::optional<service::RecoveryKeyPlace> read_key_place(json::object const& answer) {
    auto const version = number_member(answer, "key_version");
    auto const credential = fixed_member<ledger::CredentialId>(answer, "credential");
    if (!version || !credential)
        return std::nullopt;
    return service::RecoveryKeyPlace{.version = ledger::AccountVersion{*version}, .credential = *credential};
}

} // namespace

// Without a recovery key's place, and with an end of its own: by operators.
std::optional<service::RecoveryOffer> read_recovery_offer(json::object const& answer) {
    auto const id = fixed_member<service::PendingId>(answer, "id");
    auto const key = read_key_place(answer);
    auto const bytes = bytes_member(answer, "registration_response");
    auto const response = bytes ? opaque::RegistrationResponse::parse(*bytes) : std::nullopt;
    auto const network = fixed_member<ledger::NetworkId>(answer, "network");
    auto const label = fixed_member<ledger::Label>(answer, "label");
    auto const account = fixed_member<ledger::AccountId>(answer, "account_id");
    auto const vrf_proof = fixed_member<crypto::VrfProof>(answer, "vrf_proof");
    auto const version = number_member(answer, "version");
    auto const keyset = number_member(answer, "keyset");
    auto const stretching = read_stretching(answer);
    auto const delay = number_member(answer, "delay");
    auto const time = number_member(answer, "time");
    auto const not_after = number_member(answer, "not_after");
    bool const is_whole = response && network && label && account && vrf_proof && version && keyset &&
                          *keyset <= 0xffff'ffff && stretching && delay && *delay <= time_max && time &&
                          *time <= time_max && (key ? id.has_value() : not_after && *not_after <= time_max);
    if (!is_whole)
        return std::nullopt;
    auto const now = base::from_unix_milliseconds(*time);
    return service::RecoveryOffer{.id = id.value_or(service::PendingId()),
                                  .response = *response,
                                  .network = *network,
                                  .label = *label,
                                  .account = *account,
                                  .vrf_proof = *vrf_proof,
                                  .version = ledger::AccountVersion{*version},
                                  .key = key,
                                  .keyset = static_cast<std::uint32_t>(*keyset),
                                  .stretching = *stretching,
                                  .delay = std::chrono::milliseconds{*delay},
                                  .time = now,
                                  .not_after = key ? now + service::entry_validity
                                                   : base::from_unix_milliseconds(*not_after)};
}

json::object new_password_json(service::NewPassword const& made) {
    return {{"registration_record", base::to_base64url(*made.opaque_record)},
            {"statement", base::to_base64url(made.statement)},
            {"evidence", evidence_json(made.evidence)}};
}

json::object login_finish_json(service::LoginFinish const& made) {
    return {{"finish_login_request", base::to_base64url(made.ke3)},
            {"statement", base::to_base64url(made.statement)},
            {"evidence", base::to_base64url(made.evidence)}};
}

json::object change_json(std::string_view kind, base::ByteView statement,
                         std::vector<ledger::Evidence> const& evidence) {
    return {
        {"kind", kind}, {"statement", base::to_base64url(statement)}, {"evidence", evidence_json(evidence)}};
}

} // namespace bulla::cli
