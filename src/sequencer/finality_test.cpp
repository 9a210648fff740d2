#include "sequencer/finality.hpp"

#include "sequencer/block_maker.hpp"
#include "sequencer/chain.hpp"
#include "support/ledger_world.hpp"
#include "support/memory_ledger_database.hpp"
#include "support/sequencer_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace bulla::sequencer {
namespace {

using Verdict = CosignatureVerdict;
using namespace std::chrono_literals;

// Four nodes over one ledger, each with a head of its own, so that it can be behind.
struct FourNodes : testing::Test {
    struct Node {
        HeadFeed heads;
        Finality finality;
        Node(FourNodes& world, std::size_t number)
            : heads(world.chain.head()), finality({.ledger = world.ledger,
                                                   .heads = heads,
                                                   .cosigner_key = world.keys[number],
                                                   .node = world.id(number),
                                                   .clock = world.clock}) {}
    };

    test::TestNetwork network{4};
    test::TemporaryDirectory directory;
    test::MemoryLedgerDatabase ledger;
    test::ManualClock clock;
    Chain chain = open();
    std::vector<crypto::Ed25519KeyPair> keys = cosigner_keys();
    std::vector<std::unique_ptr<Node>> nodes;

    FourNodes() {
        for (std::size_t number = 0; number < 4; ++number)
            nodes.push_back(std::make_unique<Node>(*this, number));
    }
    Chain open() {
        CHECK(found_chain(ledger, network.genesis).has_value());
        auto guard =
            Guard::open(directory.path() / "guard", network.genesis.nodes.origin, Guard::Start::first);
        return Chain::open(ledger, std::move(guard).value(), network.log_key).value();
    }
    // In the order of the list: a node's keys are found by its public one.
    std::vector<crypto::Ed25519KeyPair> cosigner_keys() const {
        std::vector<crypto::Ed25519KeyPair> found;
        for (auto const& node : network.genesis.nodes.nodes)
            for (std::uint64_t number = 0; number < 4; ++number)
                if (test::test_key("cosigner", number).public_key() == node.cosigner_key)
                    found.push_back(test::test_key("cosigner", number));
        return found;
    }
    ledger::NodeId id(std::size_t number) const { return network.genesis.nodes.nodes[number].id; }

    // One more block; who is named hears of it.
    HeadPointer grow(std::initializer_list<std::size_t> who = {0, 1, 2, 3}) {
        CheckMemory checks;
        BlockMaker maker(ledger, chain.tip());
        auto const entry = ledger::encode(test::TestAccount(network, ++accounts).register_entry());
        CHECK(maker.execute({.entry = entry, .side_writes = {}}, clock.now(), checks).value().has_value());
        auto const head = chain.commit(*maker.close()).value();
        for (auto const number : who)
            nodes[number]->heads.publish(head);
        return head;
    }
    Verdict bring(std::size_t from, std::size_t to) {
        return nodes[to]->finality.take(id(from), nodes[from]->finality.cosign_newest().value());
    }
    std::size_t lines_at(std::size_t number) {
        auto const parsed = merkle::parse_note(nodes[number]->heads.newest()->checkpoint).value();
        return parsed.lines.size();
    }
    std::uint64_t accounts = 0;
};

TEST_F(FourNodes, have_a_final_checkpoint_with_more_than_two_thirds_and_not_before) {
    auto const head = grow();
    nodes[0]->finality.cosign_newest();
    EXPECT_EQ(bring(1, 0), Verdict::counted);
    EXPECT_EQ(nodes[0]->finality.final_size(), ledger::TreeSize{});
    EXPECT_EQ(lines_at(0), 1U); // the log's own
    EXPECT_EQ(bring(2, 0), Verdict::counted);
    EXPECT_EQ(nodes[0]->finality.final_size(), head->size);
    EXPECT_EQ(lines_at(0), 4U);
    EXPECT_EQ(bring(3, 0), Verdict::counted); // late ones are shown too
    EXPECT_EQ(lines_at(0), 5U);
    std::vector<merkle::VerifierKey> cosigners;
    for (auto const& node : network.genesis.nodes.nodes)
        cosigners.push_back(cosigner_key_of(node));
    auto const log_key = merkle::VerifierKey::make(network.genesis.nodes.origin, merkle::NoteKeyType::ed25519,
                                                   network.log_key.public_key());
    auto const opened = merkle::open_checkpoint(nodes[0]->heads.newest()->checkpoint, log_key, cosigners);
    EXPECT_EQ(opened.value().cosignatures.size(), 4U);
}

TEST_F(FourNodes, count_nobody_twice) {
    grow();
    nodes[0]->finality.cosign_newest();
    bring(1, 0);
    clock.set(clock.now() + 5s);
    bring(1, 0);
    EXPECT_EQ(nodes[0]->finality.take(id(0), nodes[0]->finality.cosign_newest().value()), Verdict::counted);
    EXPECT_EQ(nodes[0]->finality.final_size(), ledger::TreeSize{});
}

TEST_F(FourNodes, take_no_word_that_is_not_its_nodes_own) {
    grow();
    nodes[0]->finality.cosign_newest();
    auto const word = nodes[1]->finality.cosign_newest().value();
    EXPECT_EQ(nodes[0]->finality.take(id(2), word), Verdict::wrong);
    EXPECT_EQ(nodes[0]->finality.take({}, word), Verdict::wrong);
    auto changed = word;
    changed.line.signature.back() ^= 1;
    EXPECT_EQ(nodes[0]->finality.take(id(1), changed), Verdict::wrong);
    auto other_log = word;
    other_log.checkpoint.origin = "b.example/log";
    EXPECT_EQ(nodes[0]->finality.take(id(1), other_log), Verdict::wrong);
}

TEST_F(FourNodes, let_one_that_is_behind_wait_until_it_has_the_block) {
    grow({1, 2, 3});
    nodes[0]->finality.cosign_newest();
    EXPECT_EQ(bring(1, 0), Verdict::ahead);
    nodes[0]->heads.publish(chain.head());
    nodes[0]->finality.cosign_newest();
    EXPECT_EQ(bring(1, 0), Verdict::counted);
}

TEST_F(FourNodes, find_out_one_that_signs_another_history) {
    auto const head = grow();
    nodes[0]->finality.cosign_newest();
    EXPECT_EQ(bring(3, 0), Verdict::counted);
    merkle::Checkpoint const other{
        .origin = network.genesis.nodes.origin, .size = head->size, .root = merkle::empty_root()};
    Cosignature const lie{.checkpoint = other,
                          .line = merkle::cosign_note(merkle::print_checkpoint(other), cosigner_name(id(3)),
                                                      clock.now(), keys[3])};
    EXPECT_EQ(nodes[0]->finality.take(id(3), lie), Verdict::fork);
    EXPECT_TRUE(nodes[0]->finality.find_note(id(3), head->size).has_value());
    EXPECT_FALSE(nodes[0]->finality.find_note(id(2), head->size).has_value());
}

// A root of a size that is no longer kept is compared with the stored tiles.
TEST_F(FourNodes, know_a_lie_about_an_old_size_from_an_old_truth) {
    auto const first = grow();
    auto const truth = nodes[1]->finality.cosign_newest().value();
    for (std::size_t block = 0; block <= Finality::sizes_max; ++block) {
        grow();
        nodes[0]->finality.cosign_newest();
    }
    EXPECT_EQ(nodes[0]->finality.take(id(1), truth), Verdict::old);
    auto lie = truth;
    lie.checkpoint.root = merkle::empty_root();
    lie.line = merkle::cosign_note(merkle::print_checkpoint(lie.checkpoint), cosigner_name(id(1)),
                                   clock.now(), keys[1]);
    EXPECT_EQ(nodes[0]->finality.take(id(1), lie), Verdict::fork);
}

TEST_F(FourNodes, never_cosign_a_smaller_size_than_before) {
    auto const old = nodes[0]->heads.newest();
    grow();
    auto const newest = nodes[0]->finality.cosign_newest().value();
    nodes[0]->heads.publish(old);
    EXPECT_FALSE(nodes[0]->finality.cosign_newest().has_value());
    EXPECT_EQ(nodes[0]->finality.find_own(newest.checkpoint.size)->line, newest.line);
}

TEST_F(FourNodes, cosign_nothing_that_the_guard_has_not_let_pass) {
    auto head = std::make_shared<Head>(*grow({}));
    head->checkpoint.clear();
    nodes[0]->heads.publish(head);
    EXPECT_FALSE(nodes[0]->finality.cosign_newest().has_value());
}

TEST_F(FourNodes, wake_who_waits_for_a_size_once_that_or_a_larger_one_is_final) {
    boost::asio::io_context context{1};
    auto const first = grow();
    auto waiting = boost::asio::co_spawn(context, nodes[0]->finality.await_final(first->size, 1h),
                                         boost::asio::use_future);
    context.poll();
    auto const second = grow();
    nodes[0]->finality.cosign_newest();
    bring(1, 0);
    bring(2, 0);
    context.run();
    EXPECT_EQ(waiting.get()->size, second->size);
    context.restart();
    auto at_once = boost::asio::co_spawn(context, nodes[0]->finality.await_final(first->size, 1h),
                                         boost::asio::use_future);
    context.run();
    EXPECT_EQ(at_once.get()->size, second->size);
}

TEST_F(FourNodes, keep_nobody_waiting_past_the_time_or_the_end) {
    boost::asio::io_context context{1};
    auto const head = grow();
    auto late = boost::asio::co_spawn(context, nodes[0]->finality.await_final(head->size, 0ms),
                                      boost::asio::use_future);
    context.run();
    EXPECT_EQ(late.get(), nullptr);
    context.restart();
    auto ended = boost::asio::co_spawn(context, nodes[0]->finality.await_final(head->size, 1h),
                                       boost::asio::use_future);
    context.poll();
    nodes[0]->finality.end();
    context.run();
    EXPECT_EQ(ended.get(), nullptr);
}

} // namespace
} // namespace bulla::sequencer
