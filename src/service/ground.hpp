// What every part of the service stands on. Made by Application, outlives all of them; safe from any I/O
// thread.
#pragma once

#include "base/time.hpp"
#include "sequencer/join_source.hpp"
#include "sequencer/lacking_records.hpp"
#include "sequencer/sequencer.hpp"
#include "service/events.hpp"
#include "service/keyring.hpp"
#include "service/keys.hpp"
#include "service/limits.hpp"
#include "service/settings.hpp"
#include "store/live_database.hpp"

namespace bulla::service {

class EvidenceShelf;
class Peers;
class ForeignSessions;
class SessionExchange;

struct Ground {
    Settings const& settings;
    NodeKeys const& keys;
    Keyring& keyring;
    ledger::NetworkId network;
    ledger::NodeId node;
    sequencer::Sequencer& sequencer;
    store::LedgerDatabase& ledger;
    store::LiveDatabase& live;
    GuessLimits& limits;
    base::Clock const& clock;
    base::Randomness& randomness; // thread-safe
    Events& events;
    Peers* peers = nullptr;                                // the other nodes; none on a single node
    sequencer::LackingRecords const* lacking = nullptr;    // likewise
    ForeignSessions const* foreign = nullptr;              // likewise
    SessionExchange* sessions = nullptr;                   // likewise
    sequencer::JoinSource* joins = nullptr;                // likewise
    EvidenceShelf const* evidence = nullptr;               // likewise

    sequencer::HeadPointer head() const { return sequencer.heads().newest(); }
    // The least time that the next block can have. Block times never go back, so entries are made for this
    // one: for a clock that was set back they would have expired before they are ordered.
    base::Timestamp entry_time() const { return std::max(clock.now(), head()->block.time); }
};

// The label of a normalised name: the first 32 bytes of its VRF output.
ledger::Label make_label(crypto::VrfOutput const& output);
ledger::Label make_label(crypto::VrfKeyPair const& vrf_key, std::string_view username);

// Where a request comes from, as the limits see it: an IPv4 /24 or IPv6 /56, as bytes.
using AddressPrefix = base::ByteBuffer;

// This node's admission of a statement, from now on.
ledger::Admission make_admission(Ground const& ground, ledger::StatementDigest const& digest);

// An entry with this node's admission where its kind asks for one, and the evidence given.
base::ByteBuffer assemble_entry(Ground const& ground, ledger::EntryKind kind, base::ByteBuffer statement,
                                std::vector<ledger::Evidence> evidence);

} // namespace bulla::service
