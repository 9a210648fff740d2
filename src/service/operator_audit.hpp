// What operators did, as the ledger has it: the entries themselves, and the changes that wait for a decision.
//
// Entries are found by walking the log, from the newest audit_entries_max on; after the first time only what
// has come since is walked. The acts that are pending are found with them: the network map holds their hashes
// alone. For a pool: the first walk takes about a second a million entries. Any thread.
#pragma once

#include "ledger/act.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"

#include <deque>
#include <map>
#include <set>

namespace bulla::service {

inline constexpr std::uint64_t audit_entries_max = 1'000'000;
inline constexpr std::size_t audit_rows_max = 200; // the newest entries of operators that are shown

// One entry of an operator, or one that applies what they decided.
struct OperatorDeed {
    ledger::LeafIndex index;
    base::Timestamp time; // of its block
    ledger::EntryKind kind = ledger::EntryKind::propose_change;
    std::optional<ledger::CredentialId> person; // none: nobody signs it
    std::optional<ledger::LeafHash> change; // that it proposes, decides on or applies
    std::optional<ledger::Act> act;
};

// A change that waits: for approvals, or for its time.
struct WaitingChange {
    ledger::LeafHash change;
    ledger::PendingChangeRow row;
    base::ByteBuffer act_bytes;
    ledger::Act act;
};

// A recovery that has begun and not ended.
struct WaitingRecovery {
    ledger::Label label;
    ledger::PendingRecovery recovery;
};

class OperatorAudit {
public:
    explicit OperatorAudit(Ground const& ground) : ground_(ground) {}

    struct View {
        std::vector<OperatorDeed> deeds; // the newest first
        std::vector<WaitingChange> waiting; // in the order of proposal
        std::vector<WaitingRecovery> recoveries;
        std::map<ledger::KeyId, base::Timestamp> published; // signing keys, as far as the walk went
    };
    store::Stored<View> read();

private:
    struct Proposal {
        ledger::LeafHash change;
        base::ByteBuffer act;
    };
    store::Stored<void> walk(ledger::LeafIndex end) REQUIRES(mutex_);
    void take(ledger::LeafIndex index, base::ByteView entry) REQUIRES(mutex_);
    void take_block(ledger::BlockEntry const& block) REQUIRES(mutex_);
    void take_entry(ledger::LeafIndex index, ledger::DecodedEntry const& entry) REQUIRES(mutex_);
    store::Stored<std::vector<WaitingChange>> find_waiting() REQUIRES(mutex_);
    store::Stored<std::vector<WaitingRecovery>> find_recoveries() REQUIRES(mutex_);

    Ground const& ground_;
    base::Mutex mutex_;
    std::optional<ledger::LeafIndex> next_ GUARDED_BY(mutex_);
    std::deque<OperatorDeed> deeds_ GUARDED_BY(mutex_);
    std::size_t untimed_ GUARDED_BY(mutex_) = 0; // deeds at the end whose block has not been walked to
    std::vector<Proposal> proposals_ GUARDED_BY(mutex_); // that may be pending
    std::set<ledger::Label> recovering_ GUARDED_BY(mutex_); // likewise
    std::map<ledger::KeyId, base::Timestamp> published_ GUARDED_BY(mutex_);
    std::vector<ledger::KeyId> untimed_keys_ GUARDED_BY(mutex_); // of the block that is walked
};

} // namespace bulla::service
