#include "sequencer/local/local_sequencer.hpp"

#include "ledger/audit.hpp"
#include "merkle/map_proof.hpp"
#include "net/io_threads.hpp"
#include "sequencer/stored_tiles.hpp"
#include "support/sequencer_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace bulla::sequencer {
namespace {

using test::SequencerWorld;
using test::submission_of;
using test::TestAccount;
using test::world_time;
using namespace std::chrono_literals;
using Answer = Result<Receipt, OrderFault>;

// The sequencer ends before the threads that await it.
struct World : SequencerWorld {
    net::IoThreads io{2};
    std::optional<LocalSequencer> sequencer;

    explicit World(std::size_t threads = 2) : io(threads) { start(); }
    ~World() { sequencer.reset(); }

    void start() { sequencer.emplace(SequencerWorld::open(), ledger, clock); }
    void restart() {
        sequencer.reset();
        start();
    }
    std::future<Answer> order(Submission submission) {
        return boost::asio::co_spawn(
            io.pick(),
            [this, submission = std::move(submission)]() mutable -> boost::asio::awaitable<Answer> {
                co_return co_await sequencer->order(std::move(submission));
            },
            boost::asio::use_future);
    }
    std::future<Answer> order(ledger::Entry const& entry) { return order(submission_of(entry)); }
    HeadPointer head() const { return sequencer->heads().newest(); }

    // The sequencer's first block waits inside its commit; it holds the registration of an account of its
    // own.
    std::future<Answer> hold_a_commit() {
        ledger.hold();
        auto answer = order(TestAccount(network, 999'999).register_entry());
        ledger.await_held_commit();
        return answer;
    }
    void expect_sound() {
        ledger::Audit audit;
        for (auto const& entry : test::log_of(ledger))
            ASSERT_TRUE(audit.feed(entry).has_value());
        ASSERT_TRUE(audit.finish().has_value());
        EXPECT_EQ(audit.head().frontier.root(), head()->root);
        EXPECT_EQ(audit.state().accounts(), ledger.rows().accounts);
        EXPECT_EQ(audit.state().signing_keys(), *head()->signing_keys);
        EXPECT_EQ(guard().last().root, head()->root);
    }
};

std::vector<base::ByteBuffer> registrations(test::TestNetwork const& network, std::uint64_t count) {
    std::vector<base::ByteBuffer> entries;
    for (std::uint64_t number = 1; number <= count; ++number)
        entries.push_back(ledger::encode(TestAccount(network, number).register_entry()));
    return entries;
}

Submission refused_submission() {
    return {.entry = {0xff}, .side_writes = {}};
}

TEST(LocalSequencer, gives_a_receipt_that_proves_the_entry_under_a_signed_checkpoint) {
    World world;
    TestAccount const alice(world.network, 1);
    auto const entry = alice.register_entry();
    auto const receipt = world.order(entry).get().value();
    auto const& head = *receipt.head;
    auto const key = merkle::VerifierKey::make(
        world.network.genesis.nodes.origin, merkle::NoteKeyType::ed25519, world.network.log_key.public_key());
    auto const checkpoint = merkle::open_checkpoint(head.checkpoint, key, {}).value().checkpoint;

    StoredTiles const tiles(world.ledger);
    auto const leaf_hash = merkle::hash_leaf(ledger::encode(entry));
    EXPECT_EQ(receipt.leaf_hash, leaf_hash);
    auto const path = merkle::make_inclusion_proof(tiles, receipt.index, head.size).value();
    EXPECT_TRUE(merkle::check_inclusion(leaf_hash, receipt.index, checkpoint.tree(), path).has_value());

    auto const row = world.ledger.load_account(alice.label).value();
    ASSERT_TRUE(row.has_value());
    auto const answer =
        merkle::check_map_proof(merkle::as_map_root(head.block.directory_root), merkle::map_key(alice.label),
                                head.directory.prove(merkle::map_key(alice.label)));
    EXPECT_EQ(answer.value(), merkle::MapAnswer(merkle::KeyPresent{merkle::hash_value(row->head.encode())}));
    EXPECT_EQ(receipt.height, head.block.height);
    EXPECT_EQ(receipt.time, head.block.time);
    EXPECT_EQ(row->head.last_index, receipt.index);
    EXPECT_EQ(world.head(), receipt.head);
}

TEST(LocalSequencer, names_the_thread_that_does_not_answer_and_counts_what_waits) {
    World world;
    auto const ask_until_heard = [&] {
        while (!world.sequencer->silent_threads().empty())
            std::this_thread::yield();
    };
    ask_until_heard();
    auto first = world.hold_a_commit();
    world.sequencer->silent_threads(); // may have been answered before the commit began
    std::vector<std::string> silent;
    while (silent != std::vector<std::string>{"commit"}) {
        silent = world.sequencer->silent_threads();
        std::this_thread::yield();
    }
    world.ledger.release();
    EXPECT_TRUE(first.get().has_value());
    ask_until_heard();
    EXPECT_EQ(world.sequencer->waiting(), 0U);
    auto const count = [](net::DurationHistogram const& times) {
        auto const counts = times.read().counts;
        return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    };
    EXPECT_EQ(count(world.sequencer->times().block), 1U);
    EXPECT_EQ(count(world.sequencer->times().guard), 1U);
}

TEST(LocalSequencer, puts_what_arrives_during_a_commit_into_few_blocks) {
    World world;
    auto first = world.hold_a_commit();
    std::vector<std::future<Answer>> orders;
    for (auto& entry : registrations(world.network, 100))
        orders.push_back(world.order({.entry = std::move(entry), .side_writes = {}}));
    world.ledger.release();
    EXPECT_TRUE(first.get().has_value());
    std::set<ledger::LeafIndex> places;
    for (auto& order : orders)
        places.insert(order.get().value().index);
    EXPECT_EQ(places.size(), orders.size());
    EXPECT_LT(world.head()->block.height.number(), orders.size());
    world.expect_sound();
}

// The calls are made before the commit ends, so that no chance decides how many blocks there are.
TEST(LocalSequencer, puts_all_that_was_queued_before_the_end_of_a_commit_into_two_blocks_at_most) {
    World world;
    auto first = world.hold_a_commit();
    boost::asio::io_context context; // runs here: after poll() each order is queued
    std::vector<std::future<Answer>> orders;
    for (auto& entry : registrations(world.network, 50))
        orders.push_back(boost::asio::co_spawn(
            context, world.sequencer->order({.entry = std::move(entry), .side_writes = {}}),
            boost::asio::use_future));
    context.poll();
    world.ledger.release();
    context.run();
    EXPECT_TRUE(first.get().has_value());
    for (auto& order : orders)
        EXPECT_TRUE(order.get().has_value());
    EXPECT_LE(world.head()->block.height.number(), 3U);
    world.expect_sound();
}

TEST(LocalSequencer, orders_a_chain_of_entries_of_one_account_that_arrive_together) {
    World world;
    auto first = world.hold_a_commit();
    TestAccount alice(world.network, 1);
    boost::asio::io_context context;
    std::vector<std::future<Answer>> orders;
    auto const submit = [&](ledger::Entry const& entry) {
        orders.push_back(boost::asio::co_spawn(context, world.sequencer->order(submission_of(entry)),
                                               boost::asio::use_future));
        context.poll();
        alice.accepted(entry);
    };
    submit(alice.register_entry());
    submit(alice.add_device());
    submit(alice.end_sessions());
    submit(alice.erase());
    world.ledger.release();
    context.run();
    EXPECT_TRUE(first.get().has_value());
    for (auto& order : orders)
        EXPECT_TRUE(order.get().has_value());
    EXPECT_TRUE(world.ledger.load_account(alice.label).value()->head.is_erased());
    world.expect_sound();
}

TEST(LocalSequencer, names_the_rejection_and_changes_nothing) {
    World world;
    auto const before = world.head();
    auto const answer = world.order(TestAccount(world.network, 1).end_sessions()).get();
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().kind, OrderFaultKind::rejected);
    EXPECT_EQ(answer.error().rejection, ledger::Rejection::unknown_account);
    EXPECT_EQ(world.head(), before);
    EXPECT_EQ(test::log_of(world.ledger).size(), 2U);
}

TEST(LocalSequencer, gives_a_name_to_one_of_those_who_want_it_at_once) {
    World world;
    auto first = world.hold_a_commit();
    std::vector<std::future<Answer>> orders;
    for (std::uint64_t which = 0; which < 8; ++which)
        orders.push_back(world.order(TestAccount(world.network, 1).register_entry(which)));
    world.ledger.release();
    EXPECT_TRUE(first.get().has_value());
    std::size_t accepted_count = 0;
    for (auto& order : orders) {
        auto const answer = order.get();
        accepted_count += answer.has_value();
        if (!answer)
            EXPECT_EQ(answer.error().rejection, ledger::Rejection::label_taken);
    }
    EXPECT_EQ(accepted_count, 1U);
    world.expect_sound();
}

TEST(LocalSequencer, resumes_a_caller_on_its_own_executor) {
    World world;
    boost::asio::io_context context;
    std::thread::id resumed_on;
    boost::asio::co_spawn(
        context,
        [&]() -> boost::asio::awaitable<void> {
            auto const answer = co_await world.sequencer->order(
                submission_of(TestAccount(world.network, 1).register_entry()));
            EXPECT_TRUE(answer.has_value());
            resumed_on = std::this_thread::get_id();
        },
        boost::asio::detached);
    context.run();
    EXPECT_EQ(resumed_on, std::this_thread::get_id());
}

TEST(LocalSequencer, opens_with_the_same_roots_after_a_restart_and_goes_on) {
    World world;
    for (auto& entry : registrations(world.network, 5))
        EXPECT_TRUE(world.order({.entry = std::move(entry), .side_writes = {}}).get().has_value());
    auto const before = world.head();
    world.restart();
    EXPECT_EQ(world.head()->checkpoint, before->checkpoint);
    EXPECT_EQ(world.head()->block, before->block);
    EXPECT_TRUE(world.order(TestAccount(world.network, 6).register_entry()).get().has_value());
    EXPECT_EQ(world.head()->block.height, before->block.height.next());
    world.expect_sound();
}

TEST(LocalSequencer, refuses_what_a_full_disk_has_no_room_for_and_goes_on) {
    World world;
    world.ledger.fail_at(ledger::BlockHeight{1}, store::StoreFaultKind::no_space);
    auto first = world.hold_a_commit();
    std::vector<std::future<Answer>> orders;
    for (auto& entry : registrations(world.network, 20))
        orders.push_back(world.order({.entry = std::move(entry), .side_writes = {}}));
    world.ledger.release();
    EXPECT_EQ(first.get().error().kind, OrderFaultKind::no_space);
    std::size_t accepted_count = 0;
    for (auto& order : orders) {
        auto const answer = order.get();
        accepted_count += answer.has_value();
        if (!answer)
            EXPECT_EQ(answer.error().kind, OrderFaultKind::no_space);
    }
    EXPECT_EQ(world.ledger.rows().accounts.size(), accepted_count);
    EXPECT_TRUE(world.order(TestAccount(world.network, 50).register_entry()).get().has_value());
    world.expect_sound();
}

TEST(LocalSequencer, accepts_entries_while_the_disk_has_room) {
    World world;
    EXPECT_TRUE(world.sequencer->accepts_entries());
    world.ledger.fill_up();
    EXPECT_FALSE(world.sequencer->accepts_entries());
    world.ledger.make_room();
    EXPECT_TRUE(world.sequencer->accepts_entries());
}

TEST(LocalSequencer, accepts_no_entries_while_its_queue_is_full) {
    World world;
    auto first = world.hold_a_commit();
    boost::asio::io_context context;
    std::vector<std::future<Answer>> orders;
    for (std::size_t count = 0; count < queue_max + block_submissions_max + 10; ++count)
        orders.push_back(boost::asio::co_spawn(context, world.sequencer->order(refused_submission()),
                                               boost::asio::use_future));
    context.poll();
    // The head thread takes some into the open block meanwhile.
    while (world.sequencer->accepts_entries() && orders.size() < 4 * queue_max) {
        orders.push_back(boost::asio::co_spawn(context, world.sequencer->order(refused_submission()),
                                               boost::asio::use_future));
        context.poll();
    }
    EXPECT_LT(orders.size(), 4 * queue_max);
    world.ledger.release();
    context.run();
    EXPECT_TRUE(first.get().has_value());
    EXPECT_TRUE(world.sequencer->accepts_entries());
}

// Such a refusal rests on an entry that never became durable: it must not be told.
TEST(LocalSequencer, does_not_say_label_taken_for_a_registration_that_was_lost) {
    World world;
    world.ledger.fail_at(ledger::BlockHeight{1}, store::StoreFaultKind::no_space);
    world.ledger.hold();
    TestAccount const alice(world.network, 1);
    boost::asio::io_context context;
    std::vector<std::future<Answer>> orders;
    for (std::uint64_t which = 0; which < 2; ++which) {
        orders.push_back(
            boost::asio::co_spawn(context, world.sequencer->order(submission_of(alice.register_entry(which))),
                                  boost::asio::use_future));
        context.poll();
    }
    world.ledger.release();
    context.run();
    EXPECT_EQ(orders[0].get().error().kind, OrderFaultKind::no_space);
    if (auto const second = orders[1].get(); !second)
        EXPECT_EQ(second.error().kind, OrderFaultKind::no_space);
    world.expect_sound();
}

TEST(LocalSequencer, refuses_what_its_queue_has_no_room_for) {
    World world;
    auto first = world.hold_a_commit();
    boost::asio::io_context context;
    std::vector<std::future<Answer>> orders;
    // As many as the queue and the open block take, one block in the commit, and some more.
    for (std::size_t count = 0; count < queue_max + block_submissions_max + 10; ++count)
        orders.push_back(boost::asio::co_spawn(context, world.sequencer->order(refused_submission()),
                                               boost::asio::use_future));
    context.poll();
    world.ledger.release();
    context.run();
    EXPECT_TRUE(first.get().has_value());
    std::size_t busy_count = 0;
    for (auto& order : orders) {
        auto const fault = order.get().error();
        busy_count += fault.kind == OrderFaultKind::busy;
        if (fault.kind != OrderFaultKind::busy)
            EXPECT_EQ(fault.rejection, ledger::Rejection::malformed);
    }
    EXPECT_GE(busy_count, 10U);
    EXPECT_LE(busy_count, orders.size() - queue_max);
}

TEST(LocalSequencer, answers_everybody_when_it_ends) {
    World world;
    auto first = world.hold_a_commit();
    boost::asio::io_context context;
    std::vector<std::future<Answer>> orders;
    for (auto& entry : registrations(world.network, 20))
        orders.push_back(boost::asio::co_spawn(
            context, world.sequencer->order({.entry = std::move(entry), .side_writes = {}}),
            boost::asio::use_future));
    context.poll();
    std::jthread const end([&] { world.sequencer.reset(); });
    world.ledger.release();
    context.run();
    std::size_t accepted_count = 0;
    auto const count = [&](Answer const& answer) {
        accepted_count += answer.has_value();
        if (!answer)
            EXPECT_EQ(answer.error().kind, OrderFaultKind::stopped);
    };
    count(first.get());
    for (auto& order : orders)
        count(order.get());
    EXPECT_EQ(world.ledger.rows().accounts.size(), accepted_count);
}

TEST(LocalSequencerDeathTest, ends_the_process_when_a_commit_fails_for_any_other_reason) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            World world;
            world.ledger.fail_at(ledger::BlockHeight{1}, store::StoreFaultKind::failed);
            static_cast<void>(world.order(TestAccount(world.network, 1).register_entry()).get().has_value());
        },
        "the ledger cannot go on: store \\(memory: as the test wants\\)");
}

TEST(LocalSequencerDeathTest, ends_the_process_when_the_guard_does_not_let_it_sign) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            World world;
            std::filesystem::remove(world.directory.path() / "guard" / "checkpoint");
            static_cast<void>(world.order(TestAccount(world.network, 1).register_entry()).get().has_value());
        },
        "the ledger cannot go on: guard \\(missing\\)");
}

// Owners of accounts each do one thing after the other, all at once, while others read every head that
// appears.
boost::asio::awaitable<std::size_t> live(LocalSequencer& sequencer, test::TestNetwork const& network,
                                         std::uint64_t number) {
    TestAccount account(network, number);
    std::size_t accepted_count = 0;
    for (int step = 0; step < 6; ++step) {
        auto const entry = step == 0   ? account.register_entry()
                           : step == 1 ? account.add_device()
                           : step == 5 ? account.erase()
                                       : account.end_sessions();
        auto const receipt = co_await sequencer.order(submission_of(entry));
        if (!receipt)
            continue;
        account.accepted(entry);
        ++accepted_count;
        // Read your own writes, in the head that came with the receipt and in any later one.
        for (auto const& head : {receipt->head, sequencer.heads().newest()}) {
            auto const proof = head->directory.prove(merkle::map_key(account.label));
            auto const found = merkle::check_map_proof(merkle::as_map_root(head->block.directory_root),
                                                       merkle::map_key(account.label), proof);
            CHECK(found && std::holds_alternative<merkle::KeyPresent>(*found));
            CHECK(receipt->index.number() < head->size.number());
        }
    }
    co_return accepted_count;
}

TEST(LocalSequencer, serves_many_owners_at_once_from_several_threads) {
    World world(3);
    std::vector<std::future<std::size_t>> lives;
    for (std::uint64_t number = 1; number <= 24; ++number)
        lives.push_back(boost::asio::co_spawn(world.io.pick(), live(*world.sequencer, world.network, number),
                                              boost::asio::use_future));
    for (auto& one : lives)
        EXPECT_EQ(one.get(), 6U);
    EXPECT_EQ(world.ledger.rows().accounts.size(), 24U);
    world.expect_sound();
    auto const before = world.head();
    world.restart();
    EXPECT_EQ(world.head()->checkpoint, before->checkpoint);
}

} // namespace
} // namespace bulla::sequencer
