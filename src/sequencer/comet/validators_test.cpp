#include "sequencer/comet/validators.hpp"

#include "base/encoding.hpp"
#include "sequencer/comet/limits.hpp"
#include "support/comet_world.hpp"
#include "support/test_operators.hpp"

#include <gtest/gtest.h>

namespace bulla::sequencer::comet {
namespace {

using test::test_key;

ledger::Ed25519PublicKey validator(std::uint64_t number) {
    return test_key("validator", number).public_key();
}

ledger::NodesRow list_of(std::vector<std::optional<std::uint64_t>> const& validators) {
    ledger::NodesRow row;
    for (std::uint64_t number = 0; number < validators.size(); ++number) {
        auto node = test::test_node(number).node;
        if (validators[number])
            node.validator_key = validator(*validators[number]);
        row.nodes.push_back(std::move(node));
    }
    return row;
}

using Powers = std::map<std::string, std::int64_t>;

std::string text_of(ledger::Ed25519PublicKey const& key) {
    return std::string(base::as_text(key.view()));
}

template <class Updates>
Powers powers_of(Updates const& updates) {
    Powers powers;
    for (auto const& update : updates)
        EXPECT_TRUE(powers.emplace(update.pub_key().ed25519(), update.power()).second) << "one key twice";
    return powers;
}

Powers between(ledger::NodesRow const& before, ledger::NodesRow const& after) {
    return powers_of(validator_updates(before, after));
}

TEST(ValidatorUpdates, say_who_comes_and_who_goes) {
    auto const two = list_of({0, 1});
    EXPECT_EQ(between(two, two), Powers{});
    EXPECT_EQ(between(two, list_of({0, 1, 2})), (Powers{{text_of(validator(2)), 1}}));
    EXPECT_EQ(between(two, list_of({0})), (Powers{{text_of(validator(1)), 0}}));
    EXPECT_EQ(between(two, list_of({0, 5})),
              (Powers{{text_of(validator(1)), 0}, {text_of(validator(5)), 1}}));
}

TEST(ValidatorUpdates, do_not_name_a_key_that_another_node_takes_over) {
    EXPECT_EQ(between(list_of({0, 1}), list_of({1, 0})), Powers{});
}

TEST(ValidatorUpdates, do_not_end_the_last_validator) {
    EXPECT_EQ(between(list_of({0}), list_of({std::nullopt})), Powers{});
    EXPECT_EQ(between(list_of({std::nullopt}), list_of({0})), (Powers{{text_of(validator(0)), 1}}));
}

// The same entries by the pure rules, to make the changes, and by the application.
struct ChangedNetwork : test::CometWorld {
    test::LedgerWorld ledger_world{network};
    test::TestOperators operators{ledger_world};

    ChangedNetwork() {
        init();
        ledger_world.time = clock.now();
    }
    // One block that proposes, approves and applies; what the engine is told of it.
    abci::FinalizeBlockResponse decide(ledger::Act const& act) {
        auto const first = ledger_world.log.size();
        CHECK(operators.decide(act).has_value());
        std::vector<base::ByteBuffer> entries(ledger_world.log.begin() + static_cast<std::ptrdiff_t>(first),
                                              ledger_world.log.end());
        ledger_world.close_block();
        return block(entries);
    }
    ledger::AddNode add(std::uint64_t number) const {
        ledger::AddNode act;
        act.node = test::test_node(number);
        act.node.node.validator_key = validator(number);
        act.node.node.p2p_id = decltype(ledger::Node::p2p_id)::value_type::from(
            base::ByteBuffer(20, static_cast<std::uint8_t>(number)));
        act.first_operator = test::test_operator(number);
        return act;
    }
    std::uint32_t filter(std::uint8_t peer) const {
        abci::QueryRequest request;
        request.set_path("/p2p/filter/id/" + base::to_hex(base::ByteBuffer(20, peer)));
        return application->query(request).value().code();
    }
};

TEST(FinalizeBlock, tells_the_engine_of_nodes_that_come_change_and_go) {
    ChangedNetwork world;
    EXPECT_EQ(world.filter(7), code_refused);
    auto const added = world.decide(world.add(7));
    ASSERT_EQ(added.tx_results_size(), 2);
    EXPECT_EQ(powers_of(added.validator_updates()), (Powers{{text_of(validator(7)), 1}}));
    EXPECT_EQ(world.filter(7), 0U);

    ledger::RotateNodeKey rotate;
    rotate.node = world.add(7).node;
    rotate.node.node.validator_key = validator(8);
    EXPECT_EQ(powers_of(world.decide(rotate).validator_updates()),
              (Powers{{text_of(validator(7)), 0}, {text_of(validator(8)), 1}}));

    ledger::RemoveNode remove;
    remove.node = rotate.node.node.id;
    // The founder has no validator key in this world: then the last one stays.
    auto const removed = world.decide(remove);
    EXPECT_EQ(powers_of(removed.validator_updates()), Powers{});
    EXPECT_EQ(removed.app_hash(), world.app_hash());
    EXPECT_EQ(world.filter(7), code_refused);
    EXPECT_EQ(world.tip(), world.ledger_world.head.block_hash);
}

TEST(FindValidator, knows_a_node_by_the_address_of_its_key) {
    auto const list = list_of({std::nullopt, 1, 2});
    for (std::size_t const place : {1U, 2U}) {
        auto const hash = crypto::sha256(list.nodes[place].validator_key->view());
        EXPECT_EQ(find_validator(list, hash.view().first(20)), list.nodes[place].id);
        EXPECT_FALSE(find_validator(list, hash.view().first(19)));
        EXPECT_FALSE(find_validator(list, hash.view()));
    }
    EXPECT_FALSE(find_validator(list, {}));
    EXPECT_FALSE(find_validator(list, crypto::sha256(validator(3).view()).view().first(20)));
}

} // namespace
} // namespace bulla::sequencer::comet
