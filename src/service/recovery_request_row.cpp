#include "service/recovery_request_row.hpp"

namespace bulla::service {

bool is_known(RequestState state) {
    return state >= RequestState::asked && state <= RequestState::begun;
}

std::optional<ledger::BeginRecovery> RecoveryRequest::begin() const {
    if (!statement)
        return std::nullopt;
    auto wanted = ledger::decode<ledger::BeginRecovery>(*statement);
    return wanted ? std::optional(*std::move(wanted)) : std::nullopt;
}

std::optional<ledger::StatementDigest> RecoveryRequest::begin_digest() const {
    if (!statement)
        return std::nullopt;
    return ledger::digest_statement(ledger::EntryKind::begin_recovery, *statement);
}

std::optional<ledger::CredentialId> RecoveryRequest::credential() const {
    auto const wanted = begin();
    if (!wanted)
        return std::nullopt;
    return credential::credential_id(credential::CredentialOwner::from(label), wanted->credential.kind,
                                     wanted->credential.public_key);
}

std::optional<ledger::RecoverAccount> RecoveryRequest::act() const {
    auto wanted = begin();
    if (!wanted)
        return std::nullopt;
    ledger::RecoverAccount recover;
    recover.begin = *std::move(wanted);
    return recover;
}

RequestNumber number_of(RequestId const& id) {
    auto const digest = crypto::sha256({base::as_bytes("bulla/recovery-request/v1"), id});
    return RequestNumber::from(digest.view().first(RequestNumber::size));
}

RequestIdHash hash_of(RequestId const& id) {
    return RequestIdHash::from(crypto::sha256(id.view()).view());
}

base::ByteBuffer request_key(RequestNumber const& number) {
    return base::concat(base::as_bytes("q"), number);
}

} // namespace bulla::service
