// Which checkpoints are final: those that more than two thirds of the nodes have cosigned.
//
// Each node cosigns the heads that it publishes, with a key that signs nothing else, and is told of the
// others' cosignatures (docs/formats/node-messages.md). Invariants:
//
//  1. This node cosigns only what its guard has let the log key sign, and never a size below one that it has
//     cosigned before (c2sp.org/tlog-cosignature: the largest tree it has seen).
//  2. A cosignature of another node counts when it verifies by the key of the list in force, over a root that
//     this node's own log has at that size.
//  3. A head whose checkpoint is final is published once more with the cosignatures, as long as it is the
//     newest one; and once more for each that comes later.
//
// Safe on any thread.
#pragma once

#include "merkle/checkpoint.hpp"
#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace bulla::sequencer {

// The name of a node among the cosigners of a checkpoint: "node-" and 16 digits of its id.
std::string cosigner_name(ledger::NodeId const& node);
merkle::VerifierKey cosigner_key_of(ledger::Node const& node);

// One node's word about one checkpoint of the log.
struct Cosignature {
    merkle::Checkpoint checkpoint;
    merkle::NoteLine line;
};

enum class CosignatureVerdict : std::uint8_t {
    counted, // or known already
    ahead, // of a size this node has not reached: to be brought again
    old, // of a size below those that are still kept
    wrong, // not of a node of the list, another log, or it does not verify
    fork, // it verifies, over a root that this node's log does not have at that size
};

class Finality {
public:
    struct Parts {
        store::LedgerDatabase& ledger;
        HeadFeed& heads;
        crypto::Ed25519KeyPair const& cosigner_key;
        ledger::NodeId node;
        base::Clock const& clock;
    };
    static constexpr std::size_t sizes_max = 64; // of checkpoints kept, the newest ones

    explicit Finality(Parts parts) : parts_(parts) {}

    // The newest head's, made now if this node has not cosigned it; none for a head without checkpoint.
    std::optional<Cosignature> cosign_newest();
    // What this node has said of a size, as long as it is kept.
    std::optional<Cosignature> find_own(ledger::TreeSize size) const;

    CosignatureVerdict take(ledger::NodeId const& from, Cosignature const& cosignature);
    // Of this node's log and this cosigner, if it has cosigned that size before.
    std::optional<std::string> find_note(ledger::NodeId const& from, ledger::TreeSize size) const;

    ledger::TreeSize final_size() const; // 0: nothing is final yet
    // The newest size that a node has cosigned and that counted.
    std::map<ledger::NodeId, ledger::TreeSize> newest_sizes() const;

    // The first final head of this size or a larger one, with its cosignatures; none when it takes longer.
    boost::asio::awaitable<HeadPointer> await_final(ledger::TreeSize size, std::chrono::milliseconds max);
    void end(); // nobody waits any longer

private:
    struct Candidate {
        HeadPointer head; // as it was published first
        std::map<ledger::NodeId, merkle::NoteLine> lines;
    };
    struct Wait {
        explicit Wait(boost::asio::any_io_executor const& executor)
            : event(executor, boost::asio::steady_timer::time_point::max()) {}
        boost::asio::steady_timer event;
        HeadPointer head;
    };

    merkle::Checkpoint checkpoint_of(Head const& head) const;
    bool is_of_this_log(Cosignature const& cosignature) const REQUIRES(mutex_);
    void drop_old() REQUIRES(mutex_);
    void settle(ledger::TreeSize size) REQUIRES(mutex_);
    void wake() REQUIRES(mutex_);

    Parts const parts_;
    mutable base::Mutex mutex_;
    std::map<ledger::TreeSize, Candidate> candidates_ GUARDED_BY(mutex_);
    std::map<ledger::NodeId, ledger::TreeSize> newest_ GUARDED_BY(mutex_);
    HeadPointer final_ GUARDED_BY(mutex_); // with cosignatures
    std::multimap<ledger::TreeSize, std::shared_ptr<Wait>> waiting_ GUARDED_BY(mutex_);
    bool has_ended_ GUARDED_BY(mutex_) = false;
};

} // namespace bulla::sequencer
