// A node comes to a network that runs: its directory is completed with what all nodes share.
//
// The others give the shared keys to a node of the list alone, sealed to its channel key, over TLS with keys
// that the list names. What they give is compared with what genesis and list say of it.
#pragma once

#include "service/founding.hpp"
#include "service/invitation.hpp"
#include "service/node_bodies.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace bulla::service {

enum class JoinFault : std::uint8_t {
    not_listed,   // the invitation's list does not name this node: it is older, or the node is not added
    other_keys,   // the list names other keys for it
    no_answer,    // no node gave the keys: none was reached, or its ledger does not name this node yet
    wrong_keys,   // what was given is not what the ledger names
    no_ledger,    // too few nodes agree on the entries from before the engines began, or none gave them
    no_snapshot,  // no node gave all of what enough of them offer
    wrong_ledger, // what more nodes have given than may lie is not what the rules allow
    store,        // this node's own database cannot be read or written
    tls,          // OpenSSL failed
};

// What a node has given that is not what it must be. It is passed over, and the next one asked.
enum class WrongAnswer : std::uint8_t {
    keys,    // shared keys: not those that the ledger names
    offer,   // of a snapshot: not what enough others offer of that height, or no offer at all
    chunk,   // not the one that was offered
    tile,    // hashes of the log that do not make its root
    entries, // a bundle that is not in the log
    blocks,  // of the engine: its light client does not accept them
};

struct Joiner {
    Invited const& invited;
    OwnKeys const& keys;
    base::Clock const& clock;
    base::Randomness& randomness;
    std::function<void(ledger::NodeId const&, WrongAnswer)> on_wrong; // for whoever runs the join
};

Result<void, JoinFault> check_joiner(Joiner const& joiner);
// Asks one node after the other.
boost::asio::awaitable<Result<SharedKeys, JoinFault>> ask_shared_keys(Joiner const* joiner);

struct NewDirectory {
    DataPaths const& paths;
    KeyDirectory const& keys;
    base::Randomness& randomness;
};
// Makes guard and ledger, which holds block 0. What an interrupted call has left is made anew; a directory
// that has its list noted is complete, and must not come here.
Result<void, FoundingFault> found_joining_ledger(NewDirectory const& directory, Invited const& invited,
                                                 SharedKeys const& shared);

// Of a network that began as a single node's ledger, the part of before: each entry is executed. More nodes
// than may lie have the same end of it, which commits to all before.
struct LedgerToFill {
    store::LedgerDatabase& ledger;
    sequencer::Tip const& tip;
    std::uint64_t size = 0; // up to which
};
boost::asio::awaitable<Result<void, JoinFault>> fetch_ledger(Joiner const* joiner, LedgerToFill to_fill);

// The last step.
Result<void, FoundingFault> note_joined_list(DataPaths const& paths, ledger::NodeList const& list);

} // namespace bulla::service
