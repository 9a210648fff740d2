// Chain: the durable end of the ledger, and the only hand that signs it. One thread at a time owns it.
//
// Each block is committed as one synced write; then the guard is moved, then the checkpoint is signed.
// Invariants, each checked before a signature:
//
//  1. the root of the head is the root of the tiles as they are stored;
//  2. a head's roots are those of its last block entry, which stands in the log at size − 1;
//  3. the checkpoint extends the one signed last (sequencer/guard.hpp).
#pragma once

#include "sequencer/block_maker.hpp"
#include "sequencer/directory_open.hpp"
#include "sequencer/guard.hpp"

namespace bulla::sequencer {

struct ChainFault {
    enum class Kind : std::uint8_t {
        store,          // see store
        guard,          // see guard
        behind_guard,   // the ledger ends before the size signed last: see sizes
        wrong_tip,      // the last block entry is not what its place says
        wrong_log_root, // tiles and frontier or block entry disagree
        wrong_directory_root,
        wrong_network_root,
    };
    Kind kind = Kind::store;
    std::optional<store::StoreFault> store = std::nullopt;
    std::optional<GuardFault> guard = std::nullopt;
    std::uint64_t ledger_size = 0;
    std::uint64_t guard_size = 0;
};
std::string_view name(ChainFault::Kind kind);
bool is_full_disk(ChainFault const& fault);
// Store or guard failed in a way that makes every later answer worthless.
[[noreturn]] void end_process(ChainFault const& fault);

// Writes block 0 into an empty database. Nothing is signed here: open() does that.
store::Stored<void> found_chain(store::LedgerDatabase& ledger, ledger::Genesis const& genesis);

// The keys that a log may be signed with; they outlive their users. Each checkpoint is signed with the one
// that the list after its last block names. None of them: heads without checkpoint.
class LogKeys {
public:
    LogKeys() = default;
    LogKeys(crypto::Ed25519KeyPair const& key) : keys_{&key} {} // NOLINT(google-explicit-constructor)
    LogKeys(crypto::Ed25519KeyPair&&) = delete;

    void add(crypto::Ed25519KeyPair const& key) { keys_.push_back(&key); }
    crypto::Ed25519KeyPair const* find(ledger::Ed25519PublicKey const& public_key) const;

private:
    std::vector<crypto::Ed25519KeyPair const*> keys_;
};

class Chain {
public:
    // The database must hold block 0 at least; it and the log keys outlive the chain. Compares what is stored
    // with itself and with the guard, and signs the present checkpoint again. A ledger ahead of the guard is
    // signed on, one behind it is not, unless what is missing will come again. The directory comes from the
    // map file if one is named and good: its hashes are then believed until somebody has checked them all and
    // vouches (merkle/committed_map.hpp).
    // awaited: heads have no checkpoint until the ledger has reached the size signed last, and its root is
    // compared there.
    enum class Behind : std::uint8_t { refused, awaited };
    struct Opening {
        std::filesystem::path map_file = {};
        Behind behind = Behind::refused;
    };
    static Result<Chain, ChainFault> open(store::LedgerDatabase& ledger, Guard guard, LogKeys log_keys,
                                          Opening const& opening);
    static Result<Chain, ChainFault> open(store::LedgerDatabase& ledger, Guard guard, LogKeys log_keys) {
        return open(ledger, std::move(guard), std::move(log_keys), {});
    }

    Tip const& tip() const { return tip_; }
    HeadPointer const& head() const { return tip_.head; } // with checkpoint, unless behind or without the key
    DirectoryOrigin const& directory_origin() const { return directory_origin_; }
    // Whether the ledger ends before the size signed last.
    bool is_behind() const { return tip_.head->size < guard_.last().size; }

    // Makes the next block durable and signs it. With a fault of the store that is `no_space` nothing has
    // changed; after any other fault the chain is of no more use, and the block may or may not be durable.
    Result<HeadPointer, ChainFault> commit(MadeBlock const& block);

    // Read from any thread, also after the chain was moved.
    std::shared_ptr<CommitTimes const> times() const { return times_; }

private:
    Chain(store::LedgerDatabase& ledger, Guard guard, LogKeys log_keys);

    Result<void, ChainFault> load(Opening const& opening);
    Result<void, ChainFault> check_log(Head const& head) const;
    Result<void, ChainFault> load_tiles(ledger::TreeSize size);
    Result<void, ChainFault> load_directory(Head& head, std::filesystem::path const& map_file);
    Result<void, ChainFault> load_network_map(Head& head) const;
    // Under the origin and with the key of the head's own list. Empty while the ledger is behind the guard,
    // or without that key.
    Result<std::string, ChainFault> sign(Head const& head);

    store::LedgerDatabase* ledger_;
    Guard guard_;
    LogKeys log_keys_;
    Tip tip_;
    std::shared_ptr<CommitTimes> times_ = std::make_shared<CommitTimes>();
    DirectoryOrigin directory_origin_;
};

} // namespace bulla::sequencer
