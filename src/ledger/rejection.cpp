#include "ledger/rejection.hpp"

#include "base/check.hpp"

namespace bulla::ledger {

std::string_view name(Rejection rejection) {
    switch (rejection) {
    case Rejection::malformed: return "malformed";
    case Rejection::too_large: return "too_large";
    case Rejection::unknown_kind: return "unknown_kind";
    case Rejection::unsupported_kind: return "unsupported_kind";
    case Rejection::purpose_mismatch: return "purpose_mismatch";
    case Rejection::wrong_network: return "wrong_network";
    case Rejection::statement_expired: return "statement_expired";
    case Rejection::sentinel_label: return "sentinel_label";
    case Rejection::stale_version: return "stale_version";
    case Rejection::wrong_previous: return "wrong_previous";
    case Rejection::version_exhausted: return "version_exhausted";
    case Rejection::label_taken: return "label_taken";
    case Rejection::unknown_account: return "unknown_account";
    case Rejection::account_erased: return "account_erased";
    case Rejection::name_closed: return "name_closed";
    case Rejection::credential_kind_not_allowed: return "credential_kind_not_allowed";
    case Rejection::key_not_registrable: return "key_not_registrable";
    case Rejection::duplicate_public_key: return "duplicate_public_key";
    case Rejection::too_many_credentials: return "too_many_credentials";
    case Rejection::second_password: return "second_password";
    case Rejection::unknown_credential: return "unknown_credential";
    case Rejection::last_credential: return "last_credential";
    case Rejection::too_many_entries: return "too_many_entries";
    case Rejection::wrong_generation: return "wrong_generation";
    case Rejection::unknown_keyset: return "unknown_keyset";
    case Rejection::stretching_not_allowed: return "stretching_not_allowed";
    case Rejection::wrong_evidence_count: return "wrong_evidence_count";
    case Rejection::wrong_signer: return "wrong_signer";
    case Rejection::wrong_evidence: return "wrong_evidence";
    case Rejection::wrong_admissions: return "wrong_admissions";
    case Rejection::admission_expired: return "admission_expired";
    case Rejection::admission_of_stranger: return "admission_of_stranger";
    case Rejection::wrong_admission: return "wrong_admission";
    case Rejection::unknown_node: return "unknown_node";
    case Rejection::wrong_sequence: return "wrong_sequence";
    case Rejection::unsupported_algorithm: return "unsupported_algorithm";
    case Rejection::signing_key_known: return "signing_key_known";
    case Rejection::too_many_signing_keys: return "too_many_signing_keys";
    case Rejection::unknown_signing_key: return "unknown_signing_key";
    case Rejection::foreign_signing_key: return "foreign_signing_key";
    case Rejection::retirement_not_shorter: return "retirement_not_shorter";
    case Rejection::misplaced: return "misplaced";
    case Rejection::already_revoked: return "already_revoked";
    case Rejection::needs_quorum: return "needs_quorum";
    case Rejection::unknown_recovery_key: return "unknown_recovery_key";
    case Rejection::recovery_pending: return "recovery_pending";
    case Rejection::unknown_recovery: return "unknown_recovery";
    case Rejection::recovery_too_early: return "recovery_too_early";
    case Rejection::younger_credential: return "younger_credential";
    case Rejection::operator_recovery_forbidden: return "operator_recovery_forbidden";
    case Rejection::account_suspended: return "account_suspended";
    case Rejection::not_suspended: return "not_suspended";
    case Rejection::unknown_operator: return "unknown_operator";
    case Rejection::client_known: return "client_known";
    case Rejection::unknown_client: return "unknown_client";
    case Rejection::foreign_client: return "foreign_client";
    case Rejection::role_known: return "role_known";
    case Rejection::unknown_role: return "unknown_role";
    case Rejection::unknown_change: return "unknown_change";
    case Rejection::wrong_act: return "wrong_act";
    case Rejection::change_expired: return "change_expired";
    case Rejection::change_too_early: return "change_too_early";
    case Rejection::no_quorum: return "no_quorum";
    case Rejection::node_known: return "node_known";
    case Rejection::unsound_node_list: return "unsound_node_list";
    case Rejection::last_node: return "last_node";
    case Rejection::wrong_kids: return "wrong_kids";
    case Rejection::operator_known: return "operator_known";
    case Rejection::too_many_operators: return "too_many_operators";
    case Rejection::last_operator: return "last_operator";
    case Rejection::rp_id_changed: return "rp_id_changed";
    case Rejection::unsound_policy: return "unsound_policy";
    case Rejection::unsound_keyset: return "unsound_keyset";
    case Rejection::empty_issuance: return "empty_issuance";
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::ledger
