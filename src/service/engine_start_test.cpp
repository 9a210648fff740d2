#include "service/engine_start.hpp"

#include "service/ledger_import.hpp"
#include "support/sequencer_world.hpp"
#include "support/test_operators.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

ledger::Ed25519PublicKey validator(std::uint64_t number) {
    return test::test_key("validator", number).public_key();
}

// A single node's ledger that goes on as a network's: an account, the old node's new keys, a second node, and
// another account, a block each.
struct Outgrown : test::SequencerWorld {
    test::LedgerWorld world{network};
    test::TestOperators operators{world};
    std::vector<std::uint64_t> ends; // sizes of the log after these blocks
    std::vector<ledger::NodeList> lists; // in force after them

    Outgrown() {
        CHECK(world.submit(test::TestAccount(network, 1).register_entry()).has_value());
        end_block();
        ledger::RotateNodeKey rotate;
        rotate.node = make_node_list(world.state.nodes()).nodes.front();
        rotate.node.node.validator_key = validator(0);
        CHECK(operators.decide(rotate).has_value());
        end_block();
        ledger::AddNode add;
        add.node = test::test_node(9);
        add.node.node.validator_key = validator(9);
        add.first_operator = test::test_operator(9);
        CHECK(operators.decide(add).has_value());
        end_block();
        auto chain = open();
        LedgerImport imported(ledger, chain.tip());
        for (std::size_t index = 2; index < world.log.size(); ++index)
            CHECK(imported.take(world.log[index]).has_value());
    }
    void end_block() {
        world.close_block();
        ends.push_back(world.log.size());
        lists.push_back(make_node_list(world.state.nodes()));
    }
    std::optional<EngineStart> start_at(std::uint64_t size) {
        return load_engine_start(ledger, size).value();
    }
};

TEST(EngineStart, is_a_block_entry_with_the_list_in_force_after_it) {
    Outgrown outgrown;
    for (std::size_t const block : {1U, 2U}) {
        auto const start = outgrown.start_at(outgrown.ends[block]);
        ASSERT_TRUE(start) << block;
        auto const& bytes = outgrown.world.log[outgrown.ends[block] - 1];
        EXPECT_EQ(start->start, merkle::hash_leaf(bytes));
        EXPECT_EQ(start->time, ledger::decode<ledger::BlockEntry>(bytes)->time);
        EXPECT_EQ(start->list, outgrown.lists[block]);
    }
    EXPECT_EQ(outgrown.start_at(outgrown.ends[2])->list.nodes.size(), 2U);
}

TEST(EngineStart, is_nowhere_else) {
    Outgrown outgrown;
    for (std::uint64_t size = 0; size <= outgrown.world.log.size() + 2; ++size) {
        auto const one_of = std::ranges::find(outgrown.ends, size);
        bool const has_validators = one_of != outgrown.ends.end() && one_of != outgrown.ends.begin();
        EXPECT_EQ(outgrown.start_at(size).has_value(), has_validators) << size;
    }
}

} // namespace
} // namespace bulla::service
