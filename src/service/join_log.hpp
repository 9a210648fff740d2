// The log before a block entry, from nodes of which none is believed: the block entry is trusted already, and
// its root tells each good bundle from a bad one.
#pragma once

#include "service/join_link.hpp"

namespace bulla::service {

struct LogWanted {
    ledger::BlockEntry const& block;
    std::uint64_t first = 0; // entries before this one are there already
    JoinFault none = JoinFault::no_ledger; // when no node gives what the root asks for
};
using TakeEntry = std::function<Result<void, JoinFault>(base::ByteView)>;

// Hands on each entry in order, without the block entry; a fault of `take` ends it. The node that gave the
// last good bundle comes to the front of `nodes`.
boost::asio::awaitable<Result<void, JoinFault>> take_log(JoinLink* link, std::vector<ledger::Node>* nodes,
                                                         LogWanted wanted, TakeEntry take);

} // namespace bulla::service
