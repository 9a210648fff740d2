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
#include "service/recovery_attempts.hpp"
#include "service/recovery_offer.hpp"

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

class Recovery {
public:
    Recovery(Ground& ground, RecoveryAttempts& attempts); // both outlive it

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

    std::optional<Known> find_known(Asked const& asked, RecoveryProof const& proof) const;

    Ground& ground_;
    RecoveryAttempts& attempts_;
    PendingTable<Asked> asked_;
    PendingTable<Proved> proved_;
};

} // namespace bulla::service
