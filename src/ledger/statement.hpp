// Statements: what a credential or a node asks for, before it is signed (docs/formats/entries.cddl).
//
// A statement is deterministic CBOR. Fields 0 to 5 say who asks and for how long, 6 and up what is wanted.
// Its digest is SHA-256(domain ‖ statement bytes), one domain string a purpose, so that a signature for one
// purpose is none for another. The bytes signed are kept as they came; nothing is signed that was encoded
// again.
#pragma once

#include "ledger/account_statements.hpp"
#include "ledger/network_statements.hpp"

#include <variant>

namespace bulla::ledger {

using Statement =
    std::variant<Register, AddCredential, RevokeCredential, ReplaceCredential, EndSessions, Erase,
                 AllowOperatorRecovery, ForbidOperatorRecovery, BeginRecovery, FinishRecovery, CancelRecovery,
                 RegisterClient, UpdateClient, RemoveClient, GrantRole, RevokeRole, ProposeChange,
                 ApproveChange, ObjectChange, ApplyChange, PublishSigningKey, RetireSigningKey, Issuance>;

// "bulla/register/v1", "bulla/add-credential/v1", …
std::string_view statement_domain(EntryKind kind);
StatementDigest digest_statement(EntryKind kind, base::ByteView statement);

} // namespace bulla::ledger
