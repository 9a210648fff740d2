#include "service/invitation.hpp"

#include "service/ledger_import.hpp"
#include "service/node_card.hpp"
#include "support/sequencer_world.hpp"
#include "support/test_operators.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using base::ByteBuffer;

// A network of four that has become one of five.
struct Grown {
    test::TestNetwork network{4};
    test::LedgerWorld world{network};
    test::TestOperators operators{world};
    Invitation invitation;

    Grown() {
        ledger::AddNode add;
        add.node = test::test_node(9);
        add.first_operator = test::test_operator(9);
        CHECK(operators.decide(add).has_value());
        invitation = {.genesis = world.log.front(), .changes = {world.log.back()}, .start_size = 2};
        world.close_block();
    }
};

TEST(Invitation, leads_from_the_networks_id_to_the_newest_list) {
    Grown const grown;
    auto const invited = check_invitation(grown.invitation, grown.network.id);
    ASSERT_TRUE(invited);
    EXPECT_EQ(invited->list, make_node_list(grown.world.state.nodes()));
    EXPECT_EQ(invited->list.nodes.size(), 5U);
}

TEST(Invitation, of_another_network_is_refused) {
    Grown const grown;
    auto const other = test::test_bytes<ledger::NetworkId>("other");
    EXPECT_EQ(check_invitation(grown.invitation, other).error(), InvitationFault::another_network);
    auto changed = grown.invitation;
    changed.genesis.back() ^= 1;
    EXPECT_EQ(check_invitation(changed, grown.network.id).error(), InvitationFault::another_network);
}

TEST(Invitation, with_a_list_that_the_nodes_have_not_signed_is_refused) {
    Grown const grown;
    for (std::size_t place = 0; place < grown.invitation.changes[0].size(); ++place) {
        auto changed = grown.invitation;
        changed.changes[0][place] ^= 1;
        auto const invited = check_invitation(changed, grown.network.id);
        EXPECT_TRUE(!invited || invited->list == make_node_list(grown.world.state.nodes())) << place;
    }
    auto twice = grown.invitation;
    twice.changes.push_back(twice.changes[0]);
    EXPECT_EQ(check_invitation(twice, grown.network.id).error(), InvitationFault::unsigned_list);
}

TEST(Invitation, is_read_as_it_is_printed_and_in_no_other_way) {
    Grown const grown;
    auto const text = print_invitation(grown.invitation);
    auto const read = parse_invitation("\n " + text + "\n");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->genesis, grown.invitation.genesis);
    EXPECT_EQ(read->changes, grown.invitation.changes);
    EXPECT_EQ(read->start_size, grown.invitation.start_size);
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_invitation(text.substr(0, size))) << size;
    EXPECT_FALSE(parse_invitation("x" + text));
}

TEST(NodeCard, is_read_as_it_is_printed_and_in_no_other_way) {
    NodeCard const card{.node = test::test_node(3), .first_operator = test::test_operator(3)};
    auto const text = print_node_card(card);
    auto const read = parse_node_card(text + "\n");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->node, card.node);
    EXPECT_EQ(read->first_operator, card.first_operator);
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_node_card(text.substr(0, size))) << size;
}

// --- another node's log

struct Importing : test::SequencerWorld {
    sequencer::Chain chain = open();
    LedgerImport imported{ledger, chain.tip()};

    std::optional<ImportFault::Kind> take(std::vector<ByteBuffer> const& log) {
        for (std::size_t index = 2; index < log.size(); ++index)
            if (auto const taken = imported.take(log[index]); !taken)
                return taken.error().kind;
        return std::nullopt;
    }
};

std::vector<ByteBuffer> any_log() {
    test::TestNetwork const network;
    test::LedgerWorld world(network);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        CHECK(world.submit(test::TestAccount(network, number).register_entry()).has_value());
        if (number % 2 == 0)
            world.close_block();
    }
    world.close_block();
    return world.log;
}

TEST(LedgerImport, makes_the_same_ledger) {
    auto const log = any_log();
    Importing importing;
    EXPECT_EQ(importing.take(log), std::nullopt);
    EXPECT_EQ(test::log_of(importing.ledger), log);
    EXPECT_EQ(importing.imported.end().chain.block_hash, merkle::hash_leaf(log.back()));
    EXPECT_EQ(importing.imported.size(), log.size());
}

TEST(LedgerImport, refuses_what_the_rules_would_not_have_made) {
    auto const log = any_log();
    for (std::size_t index = 2; index < log.size(); ++index) {
        auto changed = log;
        changed[index][changed[index].size() / 2] ^= 1;
        EXPECT_TRUE(Importing().take(changed)) << "changed " << index;
        auto dropped = log;
        dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(index));
        Importing importing;
        auto const fault = importing.take(dropped);
        EXPECT_TRUE(fault || importing.imported.end().chain.block_hash != merkle::hash_leaf(log.back()))
            << "dropped " << index;
    }
}

} // namespace
} // namespace bulla::service
