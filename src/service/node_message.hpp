// What the nodes of one network say to each other outside the ledger (docs/formats/node-messages.md).
//
//   envelope   node id of the sender [32] ‖ the sealed message (crypto/channel.hpp)
//   message    deterministic CBOR: purpose, sender, receiver, question, time, body
//
// A question has a random name, and its answer the same. A question older than question_age_max, or one that
// names another sender or receiver than its envelope, is no question: so nothing can be sent again later,
// sent on, or sent back to where it came from.
#pragma once

#include "ledger/entry.hpp"
#include "service/ground.hpp"
#include "service/node_bodies.hpp"
#include "store/side_row.hpp"

namespace bulla::service {

enum class NodePurpose : std::uint8_t {
    ask_admission = 1,
    admission = 2,
    ask_record = 3,
    record = 4,
    ask_cosignature = 5,
    cosignature = 6,
    ask_session = 7,
    session = 8,
    end_session = 9,
    session_ended = 10,
    tell_ends = 11,
    ends_heard = 12,
    withdraw_promise = 13,
    promise_withdrawn = 14,
    ask_head = 15,
    head = 16,
    ask_list_signature = 17,
    list_signature = 18,
    ask_shared_keys = 19,
    shared_keys = 20,
    ask_sessions = 21,
    sessions = 22,
    ask_secret = 23,
    secret = 24,
};
bool is_known(NodePurpose purpose);
NodePurpose answer_to(NodePurpose question);

using QuestionName = base::Bytes<struct QuestionNameMeaning, 16>;
inline constexpr std::chrono::seconds question_age_max{60};
inline constexpr std::size_t node_message_size_max = 32 * 1024; // of an envelope

struct NodeMessage {
    NodePurpose purpose = NodePurpose::ask_admission;
    ledger::NodeId from;
    ledger::NodeId to;
    QuestionName question;
    base::Timestamp time; // of the sender
    base::ByteBuffer body; // CBOR, by the purpose

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.purpose);
        visitor.field(1, self.from);
        visitor.field(2, self.to);
        visitor.field(3, self.question);
        visitor.field(4, self.time);
        visitor.field(5, self.body);
    }
};

// ask_admission: an entry that brings a password, before it is ordered, and what stands beside it.
struct AdmissionRequest {
    base::ByteBuffer statement;
    std::optional<std::string> username; // normalised; of a registration alone
    store::SideRow row; // its record is the one that the statement brings
    bool recovers = false; // the statement is a begin_recovery, of a recovery key or in an act

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.statement);
        visitor.optional(1, self.username);
        visitor.field(2, self.row);
        visitor.field(3, self.recovers);
    }
};
ledger::EntryKind kind_of(AdmissionRequest const& request); // of the statement

enum class AdmissionRefusal : std::uint8_t {
    promised = 1, // another registration of this name is under way
    taken = 2,    // the account has gone on, or the name is somebody's, as this node sees it
    wrong = 3,    // statement, proof, record and opening do not belong together
    busy = 4,     // no room now
};
bool is_known(AdmissionRefusal refusal);

// admission: the one or the other.
struct AdmissionAnswer {
    std::optional<ledger::Admission> admission;
    std::optional<AdmissionRefusal> refusal;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.admission);
        visitor.optional(1, self.refusal);
    }
};

struct RecordRequest {
    ledger::Label label;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.label);
    }
};

// record: none, if this node has none either.
struct RecordAnswer {
    std::optional<store::SideRow> row;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.row);
    }
};

// ask_head has an empty body. head: where the node's ledger ends.
struct HeadAnswer {
    ledger::BlockHeight height;
    ledger::TreeSize size;
    merkle::LogRoot root;
    base::Timestamp time; // of the block

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.height);
        visitor.field(1, self.size);
        visitor.field(2, self.root);
        visitor.field(3, self.time);
    }
};

// Who speaks, and the list that says who the others are.
struct Speaker {
    ledger::NodeId own;
    crypto::ChannelKeyPair const& channel;
    ledger::NodesRow const& nodes;
};
// Nothing for a node that is not of the list, or has none.
std::optional<crypto::ChannelPublicKey> channel_key_of(ledger::NodesRow const& nodes,
                                                       ledger::NodeId const& id);
std::optional<base::ByteBuffer> seal_message(Speaker const& speaker, NodeMessage const& message,
                                             base::Randomness& randomness);
std::optional<NodeMessage> open_envelope(Speaker const& speaker, base::ByteView envelope,
                                         base::Timestamp now);
// The same, however old it is.
std::optional<NodeMessage> open_envelope_of_any_time(Speaker const& speaker, base::ByteView envelope);
bool is_fresh(NodeMessage const& message, base::Timestamp now);

// The envelope of this node's message to another of the list in force; nothing for one that has no channel
// key.
std::optional<base::ByteBuffer> seal_message(Ground const& ground, NodeMessage const& message);

// The message in an envelope to this node from a node of the list in force.
std::optional<NodeMessage> open_envelope(Ground const& ground, base::ByteView envelope);
std::optional<NodeMessage> open_envelope_of_any_time(Ground const& ground, base::ByteView envelope);

} // namespace bulla::service
