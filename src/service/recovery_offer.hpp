// What recoveries by a code and by operators share: what a client needs to make the new credential and the
// begin statement, and what comes of a recovery that has begun.
#pragma once

#include "opaque/server.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/pending.hpp"

namespace bulla::service {

// The recovery key that signs the begin statement.
struct RecoveryKeyPlace {
    ledger::AccountVersion version; // of the entry that added it
    ledger::CredentialId credential;
};

struct RecoveryOffer {
    PendingId id; // of a recovery by a code
    std::optional<opaque::RegistrationResponse> response; // of a new password
    ledger::NetworkId network;
    ledger::Label label;
    ledger::AccountId account;
    crypto::VrfProof vrf_proof;
    ledger::AccountVersion version; // the next one: a new password's generation
    std::optional<RecoveryKeyPlace> key; // none: by operators
    std::uint32_t keyset = 1;
    ledger::Stretching stretching;
    std::chrono::milliseconds delay{}; // between begin and finish
    base::Timestamp time;
    base::Timestamp not_after; // of the begin statement
};

struct NewRecovery {
    base::ByteBuffer statement; // BeginRecovery
    std::vector<ledger::Evidence> evidence; // the recovery key's, if by one, then the new credential's
    std::optional<base::ByteBuffer> opaque_record; // 192 bytes, of a new password
};

struct RecoveryBegun {
    ledger::StatementDigest begin; // finish and cancel name it
    base::Timestamp finish_from;
    sequencer::Receipt receipt;
};

struct RecoveryEnd {
    ledger::StatementDigest begin;
    base::ByteBuffer statement; // FinishRecovery
    std::vector<ledger::Evidence> evidence;
};

// A name that could not exist gets the same work under a label that nobody can have, as at login.
ledger::Label label_of_asked(Ground const& ground, std::string_view username);

// Counted like a registration's: whoever asks has shown a recovery key, or an operator has let them.
Served<std::optional<opaque::RegistrationResponse>> evaluate_for_recovery(
    Ground const& ground, ledger::Label const& label,
    std::optional<base::ByteBuffer> const& registration_request, AddressPrefix const& prefix);

// What of the offer the account and the policy say.
RecoveryOffer describe_recovering(Ground const& ground, ledger::Label const& label,
                                  ledger::AccountRow const& account, store::SideRow const& side_row);

// The write that brings a new password's record, beside the present one until the recovery ends. Nothing: it
// is not the record that the statement names, or the account has gone.
Served<std::optional<store::SideWrite>> make_recovering_write(
    Ground const& ground, ledger::BeginRecovery const& statement,
    std::optional<base::ByteBuffer> const& opaque_record);

// When the pending recovery that began with this statement can finish; nothing: there is none any more.
std::optional<base::Timestamp> find_finish_from(Ground const& ground, ledger::Label const& label,
                                                ledger::StatementDigest const& begin);

} // namespace bulla::service
