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
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::ledger
