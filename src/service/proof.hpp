// The proof of an account's state: a file that shows what a name's keys are, or that no such account exists,
// to someone who trusts the log's key alone (docs/formats/proof.md).
//
// The file is a C2SP .tlog-proof of the last block entry; its `extra` line carries the rest:
//   CBOR { 0: format 1, 1: block entry, ? 2: genesis entry, ? 3: [genesis inclusion path…], 4: VRF proof[80],
//          5: map proof, ? 6: account head[82], ? 7: account state, ? 8: [apply_change entry…] }
// 8: where the log's key or origin is another than genesis', the changes of the list from there on, by which
// a verifier walks to the list that names the key. The genesis entry vouches for the VRF key; the brief form
// leaves it out, two fifths of the file, for whoever brings that key along with the log's.
#pragma once

#include "base/mutex.hpp"
#include "ledger/entry.hpp"
#include "merkle/note.hpp"
#include "merkle/proof.hpp"
#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

namespace bulla::service {

// What all proofs under one head have in common.
struct ProofFrame {
    sequencer::HeadPointer head;
    base::ByteBuffer genesis;
    merkle::HashPath path; // of the last block entry
    merkle::HashPath genesis_path;
    std::vector<base::ByteBuffer> changes; // of the list, where the log has another name than in genesis
};

// The entries that changed the list, in the log's order; it is read on from where it was last. Thread-safe.
class ListChanges {
public:
    store::Stored<std::vector<base::ByteBuffer>> up_to(store::LedgerDatabase& ledger, ledger::TreeSize size);

private:
    base::Mutex mutex_;
    std::vector<std::pair<ledger::LeafIndex, base::ByteBuffer>> changes_ GUARDED_BY(mutex_);
    ledger::LeafIndex next_ GUARDED_BY(mutex_){0};
};

store::Stored<ProofFrame> load_proof_frame(store::LedgerDatabase& ledger, sequencer::HeadPointer head,
                                           ListChanges& changes);

enum class ProofForm : std::uint8_t { whole, brief };
struct ProofSubject {
    ledger::Label label;
    crypto::VrfProof vrf_proof;
    ProofForm form = ProofForm::whole;
};

// `absent`: the account's row is of a newer block than the head; the caller tries again with the newest.
store::Stored<std::string> make_account_proof(store::LedgerDatabase& ledger, ProofFrame const& frame,
                                              ProofSubject const& subject);

// One proof alone, its frame included.
store::Stored<std::string> make_account_proof(store::LedgerDatabase& ledger, sequencer::HeadPointer head,
                                              ProofSubject const& subject);

// The frame of the newest head asked for, made once for all proofs under it. Thread-safe.
class ProofFrames {
public:
    explicit ProofFrames(store::LedgerDatabase& ledger) : ledger_(ledger) {}
    store::Stored<std::shared_ptr<ProofFrame const>> of(sequencer::HeadPointer const& head);

private:
    store::LedgerDatabase& ledger_;
    base::Mutex mutex_;
    std::shared_ptr<ProofFrame const> last_ GUARDED_BY(mutex_);
    ListChanges changes_;
};

enum class AccountProofFault : std::uint8_t {
    malformed, // not a proof file of this form
    wrong_checkpoint, // not signed by the log key
    wrong_genesis, // the genesis entry is not in the log at index 0, or names another VRF key, or no signed
                   // list leads from it to the log key
    vrf_key_needed, // the brief form, and no VRF key to check it with
    wrong_block, // the block entry is not the log's last entry
    wrong_name, // the VRF proof is not of this name
    wrong_directory, // the map proof does not lead to the block's directory root
    wrong_state, // head or state are not what the proof shows
};
std::string_view name(AccountProofFault fault);

// What a verifier trusts.
struct ProofKeys {
    merkle::VerifierKey log_key;
    std::optional<crypto::VrfPublicKey> vrf_key = std::nullopt; // the brief form needs it
};

struct ProvedAccount {
    std::uint64_t size = 0; // of the log
    std::optional<ledger::NetworkId> network; // none: the brief form does not say
    crypto::VrfPublicKey vrf_key; // names were checked with it
    ledger::Label label;
    ledger::BlockEntry block; // the last one; its time is the answer's age
    std::optional<ledger::AccountRow> row; // none: no such account
};

// `username` is normalised. Everything is recomputed from the file, the name and the key.
Result<ProvedAccount, AccountProofFault> check_account_proof(std::string_view file, std::string_view username,
                                                             ProofKeys const& keys);

} // namespace bulla::service
