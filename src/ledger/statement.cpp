#include "ledger/statement.hpp"

namespace bulla::ledger {

std::string_view statement_domain(EntryKind kind) {
    switch (kind) {
    case EntryKind::block:
    case EntryKind::genesis:
        break;
    case EntryKind::register_account: return "bulla/register/v1";
    case EntryKind::add_credential: return "bulla/add-credential/v1";
    case EntryKind::revoke_credential: return "bulla/revoke-credential/v1";
    case EntryKind::replace_credential: return "bulla/replace-credential/v1";
    case EntryKind::end_sessions: return "bulla/end-sessions/v1";
    case EntryKind::erase: return "bulla/erase/v1";
    case EntryKind::allow_operator_recovery: return "bulla/allow-operator-recovery/v1";
    case EntryKind::forbid_operator_recovery: return "bulla/forbid-operator-recovery/v1";
    case EntryKind::begin_recovery: return "bulla/begin-recovery/v1";
    case EntryKind::finish_recovery: return "bulla/finish-recovery/v1";
    case EntryKind::cancel_recovery: return "bulla/cancel-recovery/v1";
    case EntryKind::register_client: return "bulla/register-client/v1";
    case EntryKind::update_client: return "bulla/update-client/v1";
    case EntryKind::remove_client: return "bulla/remove-client/v1";
    case EntryKind::grant_role: return "bulla/grant-role/v1";
    case EntryKind::revoke_role: return "bulla/revoke-role/v1";
    case EntryKind::propose_change: return "bulla/propose-change/v1";
    case EntryKind::approve_change: return "bulla/approve-change/v1";
    case EntryKind::object_change: return "bulla/object-change/v1";
    case EntryKind::apply_change: return "bulla/apply-change/v1";
    case EntryKind::publish_signing_key: return "bulla/publish-signing-key/v1";
    case EntryKind::retire_signing_key: return "bulla/retire-signing-key/v1";
    case EntryKind::issuance: return "bulla/issuance/v1";
    }
    CHECK_UNREACHABLE();
}

StatementDigest digest_statement(EntryKind kind, base::ByteView statement) {
    return credential::statement_digest(statement_domain(kind), statement);
}

} // namespace bulla::ledger
