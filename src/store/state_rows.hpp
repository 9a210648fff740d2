// The rows that a ledger's entries have made, as they are stored: whoever has all of them has the state, and
// the last block's two roots commit to it. For copying a state to another node
// (sequencer/comet/snapshot.hpp).
#pragma once

#include "store/fault.hpp"

#include <functional>

namespace bulla::store {

enum class StateFamily : std::uint8_t { accounts = 1, signing_keys = 2, network = 3 };
inline constexpr std::size_t state_families = 3;

struct StateRow {
    StateFamily family = StateFamily::accounts;
    base::ByteView key;   // of a label or key id 32 bytes; of the network: docs/formats/store.md
    base::ByteView value; // 4 kB at most in practice; bounded by what an entry can make
};

// The state as it was when this was made. While it lives, the disk keeps what was replaced or erased since,
// and LedgerDatabase::erase_now() waits. It ends before its database.
class StateView {
public:
    virtual ~StateView() = default;
    // Ascending by family and key, until the visitor answers false.
    using Visitor = std::function<bool(StateRow const&)>;
    virtual Stored<void> each(Visitor const& visit) = 0;
};

} // namespace bulla::store
