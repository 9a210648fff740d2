// Part of founding: the node's first token signing key, published by an ordinary entry of the node.
#include "service/founding.hpp"
#include "service/registration.hpp"

namespace bulla::service {
namespace {

using Kind = FoundingFaultKind;

auto const key_fault = [](KeyFault const& from) {
    return FoundingFault{.kind = Kind::key, .place = from.file, .key = from};
};

bool is_live(ledger::LiveSigningKey const& key, base::Timestamp now) {
    return !key.ends || *key.ends > now;
}

// Keys whose seed is on this disk and which the ledger names for this node, in the order of its row.
std::vector<SigningKey> published_keys(std::vector<SigningKey>& on_disk, ledger::Node const& node,
                                       base::Timestamp now) {
    std::vector<SigningKey> published;
    for (auto const& row : node.signing_keys) {
        auto const found = std::ranges::find(on_disk, row.kid, &SigningKey::kid);
        if (found != on_disk.end() && is_live(row, now)) {
            published.push_back(std::move(*found));
            on_disk.erase(found);
        }
    }
    return published;
}

base::ByteBuffer publishing_entry(DataDirectory const& data, ledger::Node const& node,
                                  SigningKey const& signing_key, base::Timestamp now) {
    ledger::PublishSigningKey const statement{{{.network = data.network,
                                                .signer = node.id,
                                                .sequence = node.sequence.next(),
                                                .not_after = now + entry_validity}},
                                              ledger::SigningAlgorithm::eddsa,
                                              base::to_buffer(signing_key.key.public_key())};
    ledger::Entry entry{.kind = ledger::EntryKind::publish_signing_key,
                        .statement = ledger::encode(statement),
                        .evidence = {},
                        .admissions = {}};
    auto const digest = ledger::digest_statement(entry.kind, entry.statement);
    entry.evidence = {
        {.signer = base::to_buffer(node.id), .parts = {base::to_buffer(data.keys.node_key.sign(digest))}},
        {.signer = base::to_buffer(signing_key.kid),
         .parts = {base::to_buffer(signing_key.key.sign(digest))}}};
    return ledger::encode(entry);
}

} // namespace

boost::asio::awaitable<Result<std::vector<SigningKey>, FoundingFault>> ensure_signing_key(
    DataDirectory const& data, sequencer::Sequencer& sequencer, base::Clock const& clock,
    base::Randomness& randomness) {
    auto const now = clock.now();
    auto const head = sequencer.heads().newest();
    auto const* const node = head->nodes->find(ledger::make_node_id(data.keys.node_key.public_key()));
    CHECK(node != nullptr); // open_data compared the keys
    auto on_disk = CO_TRY(map_fault(load_signing_keys(data.paths.keys()), key_fault));
    auto published = published_keys(on_disk, *node, now);
    if (!published.empty())
        co_return published;

    // A key that a start cut short has left behind unpublished serves as well as a new one.
    std::erase_if(on_disk, [&](SigningKey const& key) { return head->signing_keys->contains(key.kid); });
    auto signing_key = on_disk.empty()
                           ? CO_TRY(map_fault(make_signing_key(data.paths.keys(), randomness), key_fault))
                           : std::move(on_disk.front());
    sequencer::Submission submission;
    submission.entry = publishing_entry(data, *node, signing_key, now);
    auto const ordered = co_await sequencer.order(std::move(submission));
    if (!ordered) {
        auto const rejection = ordered.error().rejection;
        co_return std::unexpected{
            FoundingFault{.kind = Kind::signing_key_refused,
                          .place = data.paths.keys(),
                          .detail = rejection ? std::string(ledger::name(*rejection)) : "not ordered"}};
    }
    published.push_back(std::move(signing_key));
    co_return published;
}

} // namespace bulla::service
