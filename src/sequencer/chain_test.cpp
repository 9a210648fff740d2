#include "sequencer/chain.hpp"

#include "ledger/audit.hpp"
#include "merkle/map_proof.hpp"
#include "sequencer/stored_tiles.hpp"
#include "support/sequencer_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::sequencer {
namespace {

using test::LedgerRows;
using test::MemoryLedgerDatabase;
using test::SequencerWorld;
using test::submission_of;
using test::TestAccount;
using test::world_time;
using namespace std::chrono_literals;
using Kind = ChainFault::Kind;

// A chain used by hand: entries are executed, and each call of commit() makes a block of them.
struct World : SequencerWorld {
    Chain chain = open();
    BlockMaker maker{ledger, chain.tip()};
    CheckMemory checks;
    TestAccount alice{network, 1};
    TestAccount bob{network, 2};

    BlockMaker::Outcome execute(ledger::Entry const& entry) {
        return maker.execute(submission_of(entry), clock.now(), checks).value();
    }
    void accept(TestAccount& account, ledger::Entry const& entry) {
        auto const outcome = execute(entry);
        ASSERT_TRUE(outcome.has_value()) << name(outcome.error());
        account.accepted(entry);
    }
    Result<HeadPointer, ChainFault> commit() {
        auto head = chain.commit(*maker.close());
        if (head)
            maker.settle();
        else
            maker.revert();
        return head;
    }
    // Three blocks: genesis, two accounts, a device key.
    void fill() {
        accept(alice, alice.register_entry());
        accept(bob, bob.register_entry());
        ASSERT_TRUE(commit().has_value());
        accept(alice, alice.add_device());
        ASSERT_TRUE(commit().has_value());
    }
    Kind fault_of(LedgerRows rows) const {
        MemoryLedgerDatabase database(std::move(rows));
        auto const opened = open_copy(database);
        EXPECT_FALSE(opened.has_value());
        return opened ? Kind{} : opened.error().kind;
    }
    Result<Chain, ChainFault> open_copy(store::LedgerDatabase& database) const {
        return SequencerWorld::open(database);
    }
};

void expect_sound(test::SequencerWorld const& world, Head const& head, store::LedgerDatabase& ledger) {
    EXPECT_EQ(head.size.number(), head.block_index.number() + 1);
    EXPECT_EQ(ledger::encode(head.block), head.block_bytes);
    EXPECT_EQ(merkle::as_directory_root(head.directory.root()), head.block.directory_root);
    EXPECT_EQ(merkle::as_network_root(head.network_map.root()), head.block.network_root);
    auto const key = merkle::VerifierKey::make(
        world.network.genesis.nodes.origin, merkle::NoteKeyType::ed25519, world.network.log_key.public_key());
    auto const checkpoint = merkle::open_checkpoint(head.checkpoint, key, {}).value().checkpoint;
    EXPECT_EQ(checkpoint.size, head.size);
    EXPECT_EQ(checkpoint.root, head.root);
    StoredTiles const tiles(ledger);
    auto const path = merkle::make_inclusion_proof(tiles, head.block_index, head.size).value();
    EXPECT_TRUE(merkle::check_inclusion(merkle::hash_leaf(head.block_bytes), head.block_index,
                                        checkpoint.tree(), path)
                    .has_value());
}

void expect_audited(store::LedgerDatabase& ledger, Head const& head) {
    ledger::Audit audit;
    for (auto const& entry : test::log_of(ledger))
        ASSERT_TRUE(audit.feed(entry).has_value());
    ASSERT_TRUE(audit.finish().has_value());
    EXPECT_EQ(audit.head().frontier.root(), head.root);
    EXPECT_EQ(audit.state().nodes(), *head.nodes);
    EXPECT_EQ(audit.state().signing_keys(), *head.signing_keys);
}

// --- founding and opening
// -------------------------------------------------------------------------------------

TEST(Chain, of_a_new_ledger_is_its_genesis_signed) {
    World const world;
    auto const& head = *world.chain.head();
    EXPECT_EQ(head.size.number(), 2U);
    EXPECT_EQ(head.network, world.network.id);
    EXPECT_EQ(*head.policy, world.network.genesis.policy);
    EXPECT_EQ(head.directory.size(), 0U);
    EXPECT_EQ(world.guard().last().size.number(), 2U);
}

TEST(Chain, opens_again_with_the_same_head_and_the_same_signature) {
    World world;
    world.fill();
    auto const& before = *world.chain.head();
    auto const again = world.open();
    EXPECT_EQ(again.head()->block, before.block);
    EXPECT_EQ(again.head()->root, before.root);
    EXPECT_EQ(again.head()->checkpoint, before.checkpoint);
    EXPECT_EQ(again.head()->directory.root(), before.directory.root());
    EXPECT_EQ(again.head()->network_map.root(), before.network_map.root());
    EXPECT_EQ(again.tip().chain.frontier, world.chain.tip().chain.frontier);
    expect_sound(world, *again.head(), world.ledger);
}

TEST(Chain, goes_on_after_a_restart_as_if_there_had_been_none) {
    World world;
    world.fill();
    world.chain = world.open();
    BlockMaker maker(world.ledger, world.chain.tip());
    auto const entry = world.alice.end_sessions();
    ASSERT_TRUE(maker.execute(submission_of(entry), world.clock.now(), world.checks).value().has_value());
    auto const head = world.chain.commit(*maker.close()).value();
    EXPECT_EQ(head->block.height.number(), 3U);
    expect_sound(world, *head, world.ledger);
    expect_audited(world.ledger, *head);
}

// G15
TEST(Chain, that_ends_before_what_was_signed_is_refused_with_both_sizes) {
    World world;
    auto const old_rows = world.ledger.rows();
    world.fill();
    MemoryLedgerDatabase restored(old_rows);
    auto const opened = world.open_copy(restored);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, Kind::behind_guard);
    EXPECT_EQ(opened.error().ledger_size, 2U);
    EXPECT_EQ(opened.error().guard_size, 7U);
}

TEST(Chain, that_is_empty_is_refused) {
    World const world;
    EXPECT_EQ(world.fault_of({}), Kind::behind_guard);
}

TEST(Chain, that_grew_beyond_what_was_signed_is_signed_on) {
    World world;
    auto const guard_then = world.guard().last();
    world.fill();
    // The power went between the block's commit and the guard's record.
    auto const place = world.directory.path() / "guard";
    std::filesystem::remove_all(place);
    auto guard = Guard::open(place, world.network.genesis.nodes.origin, Guard::Start::first).value();
    ASSERT_TRUE(guard.sign(guard_then, {}, world.network.log_key).has_value());
    auto const opened = world.open();
    EXPECT_EQ(opened.head()->checkpoint, world.chain.head()->checkpoint);
    EXPECT_EQ(world.guard().last().size, world.chain.head()->size);
}

TEST(Chain, that_was_rewritten_is_not_signed) {
    World world;
    auto const old_rows = world.ledger.rows();
    world.fill();
    // The same first block, another history of more entries after it: every row agrees with every other.
    MemoryLedgerDatabase other(old_rows);
    test::TemporaryDirectory const elsewhere;
    auto chain =
        Chain::open(
            other,
            Guard::open(elsewhere.path(), world.network.genesis.nodes.origin, Guard::Start::first).value(),
            world.network.log_key)
            .value();
    BlockMaker maker(other, chain.tip());
    for (std::uint64_t number = 10; number < 20; ++number) {
        TestAccount const account(world.network, number);
        ASSERT_TRUE(
            maker.execute(submission_of(account.register_entry()), world_time, world.checks)->has_value());
    }
    ASSERT_TRUE(chain.commit(*maker.close()).has_value());
    auto const opened = world.open_copy(other);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, Kind::guard);
    EXPECT_EQ(opened.error().guard, GuardFault::fork);
}

// --- rows that do not belong together
// -------------------------------------------------------------------------

TEST(Chain, is_refused_when_a_stored_row_is_not_the_one_committed) {
    World world;
    world.fill();
    auto const rows = world.ledger.rows();

    auto changed = rows;
    changed.tip->height = changed.tip->height.next();
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_tip);
    changed = rows;
    changed.entries.rbegin()->second[1] ^= 1;
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_tip);
    changed = rows;
    changed.entries.at(0)[20] ^= 1;
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_log_root);
    changed = rows;
    changed.accounts.begin()->second.head.last_index = ledger::LeafIndex{1};
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_directory_root);
    changed = rows;
    changed.accounts.erase(changed.accounts.begin());
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_directory_root);
    changed = rows;
    changed.nodes->number = 2;
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_network_root);
    changed = rows;
    changed.policy->rp_id = "elsewhere";
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_network_root);
    changed = rows;
    changed.signing_keys[{}] = {};
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_network_root);
    changed = rows;
    changed.network_rows[ledger::NetworkRowName::client({})] = ledger::encode(ledger::ClientRow{});
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_network_root);
    changed = rows;
    changed.tiles.clear();
    EXPECT_EQ(world.fault_of(changed), Kind::wrong_log_root);
    changed = rows;
    changed.policy.reset();
    EXPECT_EQ(world.fault_of(changed), Kind::store);
}

TEST(Chain, is_refused_with_any_byte_of_its_tiles_or_of_its_last_block_entry_changed) {
    World world;
    world.fill();
    auto const rows = world.ledger.rows();
    for (std::size_t place = 0; place < rows.tiles.at({0, 0}).size(); ++place) {
        auto changed = rows;
        changed.tiles.at({0, 0})[place] ^= 0x40;
        EXPECT_EQ(world.fault_of(std::move(changed)), Kind::wrong_log_root) << place;
    }
    for (std::size_t place = 0; place < rows.entries.rbegin()->second.size(); ++place) {
        auto changed = rows;
        changed.entries.rbegin()->second[place] ^= 0x40;
        auto const kind = world.fault_of(std::move(changed));
        EXPECT_TRUE(kind == Kind::wrong_tip || kind == Kind::wrong_log_root) << place;
    }
}

// A store that loses a tile's byte behind the chain's back: the next checkpoint is not signed.
TEST(Chain, does_not_sign_over_tiles_that_are_not_what_it_wrote) {
    World world;
    world.fill();
    auto rows = world.ledger.rows();
    rows.tiles.at({0, 0})[3] ^= 1;
    MemoryLedgerDatabase damaged(rows);
    Chain chain = world.open();
    BlockMaker maker(damaged, chain.tip());
    ASSERT_TRUE(
        maker.execute(submission_of(world.alice.end_sessions()), world_time, world.checks)->has_value());
    auto block = *maker.close();
    block.batch.tiles.clear(); // lost on the way to the disk
    auto const before = world.guard().last();
    auto const result = chain.commit(block);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, Kind::wrong_log_root);
    EXPECT_EQ(world.guard().last(), before);
}

TEST(Chain, without_the_key_that_the_list_names_has_heads_without_checkpoint_and_signs_once_it_has) {
    World world;
    auto const other = test::test_key("another log");
    auto const before = world.guard().last();
    {
        Chain chain = Chain::open(world.ledger, world.guard(), other).value();
        EXPECT_TRUE(chain.head()->checkpoint.empty());
        BlockMaker maker(world.ledger, chain.tip());
        ASSERT_TRUE(maker.execute(submission_of(world.alice.register_entry()), world_time, world.checks)
                        ->has_value());
        auto const head = chain.commit(*maker.close());
        ASSERT_TRUE(head.has_value());
        EXPECT_TRUE((*head)->checkpoint.empty());
        EXPECT_EQ(world.guard().last(), before);
    }
    LogKeys keys(other);
    keys.add(world.network.log_key);
    auto const chain = Chain::open(world.ledger, world.guard(), std::move(keys)).value();
    expect_sound(world, *chain.head(), world.ledger);
    EXPECT_EQ(world.guard().last().size, chain.head()->size);
}

// --- blocks
// ---------------------------------------------------------------------------------------------------

TEST(BlockMaker, makes_one_block_of_entries_that_build_on_each_other) {
    World world;
    world.accept(world.alice, world.alice.register_entry());
    world.accept(world.alice, world.alice.add_device());
    world.accept(world.alice, world.alice.end_sessions());
    auto const head = world.commit().value();
    EXPECT_EQ(head->block.entry_count, 3U);
    EXPECT_EQ(world.ledger.load_account(world.alice.label).value()->head.version.number(), 3U);
    expect_sound(world, *head, world.ledger);
    expect_audited(world.ledger, *head);
}

TEST(BlockMaker, drops_a_refused_entry_without_a_trace) {
    World world;
    world.accept(world.alice, world.alice.register_entry());
    EXPECT_EQ(world.execute(world.bob.end_sessions()).error(), ledger::Rejection::unknown_account);
    EXPECT_EQ(world.execute(TestAccount(world.network, 1).register_entry()).error(),
              ledger::Rejection::label_taken);
    EXPECT_EQ(world.maker.entry_count(), 1U);
    EXPECT_EQ(world.commit().value()->block.entry_count, 1U);
}

TEST(BlockMaker, gives_a_block_the_time_of_its_first_accepted_entry) {
    World world;
    EXPECT_FALSE(world.execute(world.alice.end_sessions()).has_value());
    world.clock.set(world_time + 5s);
    world.accept(world.alice, world.alice.register_entry());
    world.clock.set(world_time + 6s);
    world.accept(world.alice, world.alice.end_sessions());
    EXPECT_EQ(world.commit().value()->block.time, world_time + 5s);
}

// A client is registered in one block, known in the next while the first is pending, and there after a
// restart.
TEST(BlockMaker, keeps_the_rows_that_entries_of_operators_name) {
    World world;
    auto const& node = world.network.genesis.nodes.nodes[0];
    auto const key = test::test_key("operator");
    auto const by_operator = [&](auto statement, std::uint64_t sequence) {
        statement.asks = {.network = world.network.id,
                          .signer = node.operators[0].id,
                          .sequence = ledger::Sequence{sequence},
                          .not_after = world_time + 24h};
        return test::make_entry(statement, {{base::to_buffer(node.operators[0].id), key}});
    };
    ledger::RegisterClient client;
    client.row.node = node.id;
    ASSERT_TRUE(world.execute(by_operator(client, 1)).has_value());
    EXPECT_EQ(world.execute(by_operator(client, 2)).error(), ledger::Rejection::client_known);
    auto const first = world.maker.close();
    EXPECT_EQ(world.execute(by_operator(client, 2)).error(), ledger::Rejection::client_known);
    ledger::UpdateClient update;
    update.row = {.node = node.id, .metadata = {7}};
    ASSERT_TRUE(world.execute(by_operator(update, 2)).has_value());
    ASSERT_TRUE(world.chain.commit(*first).has_value());
    world.maker.settle();
    expect_audited(world.ledger, *world.commit().value());
    EXPECT_EQ(world.open().head()->network_map.root(), world.chain.head()->network_map.root());

    world.chain = world.open();
    BlockMaker maker(world.ledger, world.chain.tip());
    auto const removal = by_operator(ledger::RemoveClient{}, 3);
    ASSERT_TRUE(maker.execute(submission_of(removal), world.clock.now(), world.checks).value().has_value());
    ASSERT_TRUE(world.chain.commit(*maker.close()).has_value());
    EXPECT_TRUE(world.ledger.rows().network_rows.empty());
    EXPECT_EQ(world.open().head()->network_map.root(), world.chain.head()->network_map.root());
}

// G9
TEST(BlockMaker, never_lets_time_go_back) {
    World world;
    world.clock.set(world_time + 5s);
    world.accept(world.alice, world.alice.register_entry());
    ASSERT_TRUE(world.commit().has_value());
    world.clock.set(world_time - 5s);
    world.accept(world.alice, world.alice.end_sessions());
    EXPECT_EQ(world.commit().value()->block.time, world_time + 5s);
}

TEST(BlockMaker, builds_on_a_pending_block_before_it_is_durable) {
    World world;
    world.accept(world.alice, world.alice.register_entry());
    auto const first = world.maker.close();
    world.accept(world.alice, world.alice.add_device());
    world.accept(world.bob, world.bob.register_entry());
    world.maker.hash_changes();
    ASSERT_TRUE(world.chain.commit(*first).has_value());
    world.maker.settle();
    world.accept(world.alice, world.alice.end_sessions());
    auto const head = world.commit().value();
    EXPECT_EQ(head->block.entry_count, 3U);
    expect_sound(world, *head, world.ledger);
    expect_audited(world.ledger, *head);
}

TEST(BlockMaker, forgets_a_pending_block_that_never_became_durable_and_what_was_built_on_it) {
    World world;
    world.fill();
    auto const before = world.chain.head();
    auto const rows = world.ledger.rows();
    auto alice = world.alice;
    ASSERT_TRUE(world.execute(alice.end_sessions()).has_value());
    auto const block = world.maker.close();
    alice.accepted(alice.end_sessions());
    ASSERT_TRUE(world.execute(alice.erase()).has_value());
    world.ledger.fail_at(block->batch.height, store::StoreFaultKind::no_space);
    auto const result = world.chain.commit(*block);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().store->kind, store::StoreFaultKind::no_space);
    world.maker.revert();
    EXPECT_EQ(world.chain.head(), before);
    EXPECT_EQ(test::log_of(world.ledger).size(), rows.entries.size());

    EXPECT_EQ(world.maker.entry_count(), 0U);
    world.accept(world.alice, world.alice.end_sessions());
    auto const head = world.commit().value();
    expect_sound(world, *head, world.ledger);
    expect_audited(world.ledger, *head);
}

TEST(BlockMaker, writes_side_rows_with_the_block_and_drops_those_of_refused_entries) {
    World world;
    store::SideRow const row{.opaque_record = base::ByteBuffer(192, 7), .opening = {}, .vrf_proof = {}};
    auto const good = world.alice.register_entry();
    auto const bad = world.bob.end_sessions();
    auto const submit = [&](ledger::Entry const& entry, ledger::Label const& label) {
        Submission submission{.entry = ledger::encode(entry), .side_writes = {{label, row}}};
        return world.maker.execute(std::move(submission), world_time, world.checks)->has_value();
    };
    EXPECT_TRUE(submit(good, world.alice.label));
    EXPECT_FALSE(submit(bad, world.bob.label));
    ASSERT_TRUE(world.commit().has_value());
    EXPECT_EQ(world.ledger.load_side_row(world.alice.label).value(), row);
    EXPECT_EQ(world.ledger.load_side_row(world.bob.label).value(), std::nullopt);
}

TEST(Chain, grows_over_the_borders_of_tiles) {
    World world;
    for (std::uint64_t number = 0; number < 300; ++number) {
        TestAccount account(world.network, 100 + number);
        world.accept(account, account.register_entry());
        if (number % 64 == 0 || number > 250)
            ASSERT_TRUE(world.commit().has_value());
    }
    ASSERT_GT(world.chain.head()->size.number(), 350U);
    expect_sound(world, *world.chain.head(), world.ledger);
    EXPECT_EQ(world.open().head()->checkpoint, world.chain.head()->checkpoint);
}

// Wherever the store fails, what it holds is a prefix that opens and goes on.
RC_GTEST_PROP(Chain, holds_a_prefix_after_a_failure_at_any_block, ()) {
    World world;
    auto const fail_at = *rc::gen::inRange<std::uint64_t>(1, 6);
    world.ledger.fail_at(ledger::BlockHeight{fail_at}, store::StoreFaultKind::failed);
    std::vector<base::ByteBuffer> written = test::log_of(world.ledger);
    for (std::uint64_t number = 0; number < 8; ++number) {
        TestAccount account(world.network, 30 + number);
        RC_ASSERT(world.execute(account.register_entry()).has_value());
        auto const block = world.maker.close();
        if (!world.chain.commit(*block))
            break;
        world.maker.settle();
        written.insert(written.end(), block->batch.entries.begin(), block->batch.entries.end());
    }
    RC_ASSERT(test::log_of(world.ledger) == written);
    auto const again = world.open();
    RC_ASSERT(again.head()->block.height.number() == fail_at - 1);
    RC_ASSERT(again.head()->size.number() == written.size());
}

} // namespace
} // namespace bulla::sequencer
