// The way back to an account by a recovery code (LEDGER §7, docs/decisions/0033), the server's side.
//
//   ask     a challenge, the same for every name
//   prove   the recovery key's signature over it: only then does the server say anything about the account
//   begin   the begin_recovery entry, signed by the recovery key and the new credential
//   finish  the finish_recovery entry, signed by the new credential alone, once the delay is over
//
// Between begin and finish an active credential cancels it, where the rules let it (Accounts::change).
#pragma once

#include "service/password_entry.hpp"
#include "service/prefix_table.hpp"

namespace bulla::service {

using RecoveryChallenge = base::Bytes<struct RecoveryChallengeMeaning, 32>;

// What the recovery key signs: SHA-256("bulla/recovery-proof/v1" ‖ network[32] ‖ challenge[32]).
crypto::Sha256Digest recovery_proof_message(ledger::NetworkId const& network,
                                            RecoveryChallenge const& challenge);

struct RecoveryChallengeOffer {
    PendingId id;
    ledger::NetworkId network;
    RecoveryChallenge challenge;
    base::Timestamp time;
};

struct RecoveryProof {
    PendingId id;
    ledger::Ed25519PublicKey public_key;
    crypto::Ed25519Signature signature;
    std::optional<base::ByteBuffer> registration_request; // of a new password
};

// What a client needs to make the new credential and the begin statement.
struct RecoveryOffer {
    PendingId id;
    std::optional<opaque::RegistrationResponse> response; // of a new password
    ledger::NetworkId network;
    ledger::Label label;
    ledger::AccountId account;
    crypto::VrfProof vrf_proof;
    ledger::AccountVersion version;     // the next one: a new password's generation
    ledger::AccountVersion key_version; // of the entry that added the recovery key
    ledger::CredentialId credential;    // the recovery key's id
    std::uint32_t keyset = 1;
    ledger::Stretching stretching;
    std::chrono::milliseconds delay{}; // between begin and finish
    base::Timestamp time;
};

struct NewRecovery {
    base::ByteBuffer statement; // BeginRecovery
    std::vector<ledger::Evidence> evidence; // the recovery key's, then the new credential's
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

// Attempts in any hour, whoever the names are. A name alone has no limit: a stranger would use it up.
struct RecoveryLimits {
    std::size_t hourly_of_prefix = 20;
    std::size_t hourly_of_prefix_and_name = 5;
    std::size_t rows_max = 100'000;
};

class Recovery {
public:
    explicit Recovery(Ground& ground, RecoveryLimits limits = {});

    Served<RecoveryChallengeOffer> ask(std::string_view username, AddressPrefix const& prefix);
    // login_refused: the name, the key or the challenge is not one of this server's, or it is over.
    Served<RecoveryOffer> prove(RecoveryProof const& proof, AddressPrefix const& prefix);
    boost::asio::awaitable<Served<RecoveryBegun>> begin(PendingId id, NewRecovery made);
    boost::asio::awaitable<Served<sequencer::Receipt>> finish(RecoveryEnd end, AddressPrefix prefix);

private:
    struct Asked {
        ledger::Label label;
        RecoveryChallenge challenge;
    };
    struct Proved {
        ledger::Label label;
        ledger::AccountVersion key_version;
    };
    struct Known;

    Served<void> count(AddressPrefix const& prefix, std::optional<ledger::Label> const& label,
                       base::Timestamp now);
    std::optional<Known> find_known(Asked const& asked, RecoveryProof const& proof) const;
    Served<std::optional<opaque::RegistrationResponse>> evaluate(ledger::Label const& label,
                                                                 base::ByteView registration_request,
                                                                 AddressPrefix const& prefix);
    RecoveryBegun begun(ledger::BeginRecovery const& wanted, ledger::StatementDigest const& digest,
                        sequencer::Receipt receipt) const;

    Ground& ground_;
    RecoveryLimits const limits_;
    PendingTable<Asked> asked_;
    PendingTable<Proved> proved_;
    base::Mutex mutex_;
    PrefixTable<HourOfEvaluations> attempts_ GUARDED_BY(mutex_); // of prefixes, and of prefix and name
};

} // namespace bulla::service
