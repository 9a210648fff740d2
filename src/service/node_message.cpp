#include "service/node_message.hpp"

#include "service/password_statement.hpp"

namespace bulla::service {
namespace {

bool is_fresh(base::Timestamp time, base::Timestamp now) {
    return time >= now - question_age_max && time <= now + question_age_max;
}

} // namespace

std::optional<crypto::ChannelPublicKey> channel_key_of(ledger::NodesRow const& nodes,
                                                       ledger::NodeId const& id) {
    auto const* const node = nodes.find(id);
    if (node == nullptr || !node->channel_key)
        return std::nullopt;
    return crypto::ChannelPublicKey::from(node->channel_key->view());
}

ledger::EntryKind kind_of(AdmissionRequest const& request) {
    if (request.recovers)
        return ledger::EntryKind::begin_recovery;
    if (request.username)
        return ledger::EntryKind::register_account;
    auto const brought = decode_password_statement(request.statement);
    return brought ? brought->kind : ledger::EntryKind::replace_credential;
}

bool is_known(NodePurpose purpose) {
    return purpose >= NodePurpose::ask_admission && purpose <= NodePurpose::secret;
}

NodePurpose answer_to(NodePurpose question) {
    return static_cast<NodePurpose>(std::to_underlying(question) + 1);
}

bool is_known(AdmissionRefusal refusal) {
    return refusal >= AdmissionRefusal::promised && refusal <= AdmissionRefusal::busy;
}

crypto::Sha256Digest withdrawal_message(ledger::StatementDigest const& digest) {
    return crypto::sha256({base::as_bytes("bulla/withdrawal/v1"), digest.view()});
}

std::optional<base::ByteBuffer> seal_message(Speaker const& speaker, NodeMessage const& message,
                                             base::Randomness& randomness) {
    auto const key = channel_key_of(speaker.nodes, message.to);
    if (!key)
        return std::nullopt;
    auto const sealed = speaker.channel.seal(*key, ledger::encode(message), randomness);
    if (!sealed)
        return std::nullopt;
    return base::concat(message.from, *sealed);
}

bool is_fresh(NodeMessage const& message, base::Timestamp now) {
    return is_fresh(message.time, now);
}

std::optional<NodeMessage> open_envelope(Speaker const& speaker, base::ByteView envelope,
                                         base::Timestamp now) {
    auto message = open_envelope_of_any_time(speaker, envelope);
    return message && is_fresh(*message, now) ? std::move(message) : std::nullopt;
}

std::optional<NodeMessage> open_envelope_of_any_time(Speaker const& speaker, base::ByteView envelope) {
    if (envelope.size() < ledger::NodeId::size || envelope.size() > node_message_size_max)
        return std::nullopt;
    auto const from = ledger::NodeId::from(envelope.first(ledger::NodeId::size));
    auto const key = channel_key_of(speaker.nodes, from);
    if (!key)
        return std::nullopt;
    auto const bytes = speaker.channel.open(*key, envelope.subspan(ledger::NodeId::size));
    if (!bytes)
        return std::nullopt;
    auto message = ledger::decode<NodeMessage>(bytes->expose());
    if (!message || message->from != from || message->to != speaker.own)
        return std::nullopt;
    return *std::move(message);
}

namespace {

// The word of a speaker of this node; nothing on a node without keys for it.
template <class Act>
auto speak(Ground const& ground, Act const& act) -> decltype(act(std::declval<Speaker const&>())) {
    auto const nodes = ground.head()->nodes;
    if (!ground.keys.network)
        return std::nullopt;
    return act(Speaker{.own = ground.node, .channel = ground.keys.network->channel, .nodes = *nodes});
}

} // namespace

std::optional<base::ByteBuffer> seal_message(Ground const& ground, NodeMessage const& message) {
    return speak(ground,
                 [&](Speaker const& speaker) { return seal_message(speaker, message, ground.randomness); });
}

std::optional<NodeMessage> open_envelope(Ground const& ground, base::ByteView envelope) {
    return speak(
        ground, [&](Speaker const& speaker) { return open_envelope(speaker, envelope, ground.clock.now()); });
}

std::optional<NodeMessage> open_envelope_of_any_time(Ground const& ground, base::ByteView envelope) {
    return speak(ground,
                 [&](Speaker const& speaker) { return open_envelope_of_any_time(speaker, envelope); });
}

} // namespace bulla::service
