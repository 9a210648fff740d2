// Operators and nodes that decide, for tests: they sign with the keys of TestNetwork, whose numbers may go
// beyond the nodes that the genesis has.
#pragma once

#include "ledger/node_list_walk.hpp"
#include "ledger_world.hpp"

namespace bulla::test {

inline ledger::ListedNode test_node(std::uint64_t number) {
    ledger::Node node;
    node.node_key = test_key("node", number).public_key();
    node.cosigner_key = test_key("cosigner", number).public_key();
    node.id = ledger::make_node_id(node.node_key);
    return {node};
}

inline ledger::NewOperator test_operator(std::uint64_t number) {
    return {.kind = credential::CredentialKind::device_key,
            .public_key = credential::PublicKey(test_key("operator", number).public_key())};
}

inline ledger::CredentialId operator_id(ledger::NodeId const& node, ledger::NewOperator const& person) {
    return credential::credential_id(credential::CredentialOwner::from(node), person.kind, person.public_key);
}

class TestOperators {
public:
    explicit TestOperators(LedgerWorld& world) : world_(world) {
        for (std::uint64_t number = 0; number < key_count; ++number) {
            operator_keys_.push_back(test_key("operator", number));
            node_keys_.push_back(test_key("node", number));
        }
    }

    ledger::Node const& node(std::size_t place = 0) const { return nodes().nodes[place]; }

    // A statement of a node's first operator, for its next sequence.
    template <class Kind>
    ledger::Entry entry(Kind statement, std::size_t place = 0) const {
        auto const& person = node(place).operators[0];
        statement.asks = {.network = world_.head.network,
                          .signer = person.id,
                          .sequence = person.sequence.next(),
                          .not_after = world_.time + 365 * 24h};
        auto const& key = key_of(operator_keys_, *person.public_key.ed25519());
        return make_entry(statement, {{base::to_buffer(person.id), key}});
    }
    ledger::Entry propose(ledger::Act const& act, std::size_t place = 0) const {
        ledger::ProposeChange statement;
        statement.act = ledger::encode_act(act);
        return entry(statement, place);
    }
    ledger::Entry approve(ledger::LeafHash const& change, std::size_t place = 0) const {
        ledger::ApproveChange statement;
        statement.change = change;
        return entry(statement, place);
    }
    ledger::Entry object(ledger::LeafHash const& change, std::size_t place = 0) const {
        ledger::ObjectChange statement;
        statement.change = change;
        return entry(statement, place);
    }
    // With what the act needs: the account's next place, or the signatures of the first nodes over the new
    // list.
    ledger::Entry apply(ledger::LeafHash const& change, ledger::Act const& act) const {
        ledger::ApplyChange statement;
        statement.asks.network = world_.head.network;
        statement.change = change;
        statement.act = ledger::encode_act(act);
        auto entry = make_entry(statement, {});
        if (auto const label = ledger::label_of(act))
            entry.link = link_of(*label);
        auto const before = ledger::make_node_list(nodes());
        if (auto const after = ledger::next_node_list(before, act); after && *after)
            sign_list(entry, before, **after);
        return entry;
    }
    ledger::AccountLink link_of(ledger::Label const& label) const {
        auto const* const account = world_.state.find_account(label);
        if (account == nullptr)
            return {.version = ledger::AccountVersion{1}, .previous = {}};
        return {.version = account->head.version.next(), .previous = account->head.head};
    }

    // Proposed by the first node, approved up to a quorum; the change's name.
    ledger::LeafHash agree(ledger::Act const& act) {
        auto const proposed = propose(act);
        auto const change = merkle::hash_leaf(ledger::encode(proposed));
        CHECK(world_.submit(proposed).has_value());
        for (std::size_t place = 1; place < nodes().quorum(); ++place)
            CHECK(world_.submit(approve(change, place)).has_value());
        return change;
    }
    Result<void, ledger::Rejection> decide(ledger::Act const& act) {
        auto const change = agree(act);
        return world_.submit(apply(change, act));
    }

private:
    static constexpr std::uint64_t key_count = 24;
    using Keys = std::vector<crypto::Ed25519KeyPair>;

    ledger::NodesRow const& nodes() const { return world_.state.nodes(); }
    static crypto::Ed25519KeyPair const& key_of(Keys const& keys,
                                                ledger::Ed25519PublicKey const& public_key) {
        auto const found = std::ranges::find(keys, public_key, &crypto::Ed25519KeyPair::public_key);
        CHECK(found != keys.end());
        return *found;
    }
    void sign_list(ledger::Entry& entry, ledger::NodeList const& before,
                   ledger::NodeList const& after) const {
        auto const digest = ledger::digest_node_list(after);
        std::map<ledger::NodeId, ledger::Evidence> signatures;
        for (auto const& [node] : before.nodes)
            signatures[node.id] = {
                .signer = base::to_buffer(node.id),
                .parts = {base::to_buffer(key_of(node_keys_, node.node_key).sign(digest))}};
        for (auto& [id, signature] : signatures)
            if (entry.evidence.size() < before.quorum())
                entry.evidence.push_back(std::move(signature));
    }

    LedgerWorld& world_;
    Keys operator_keys_;
    Keys node_keys_;
};

} // namespace bulla::test
