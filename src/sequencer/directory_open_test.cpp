#include "sequencer/chain.hpp"
#include "sequencer/limits.hpp"
#include "support/map_files.hpp"
#include "support/sequencer_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::sequencer {
namespace {

using test::MemoryLedgerDatabase;
using test::SequencerWorld;
using test::submission_of;
using test::TestAccount;

// A chain whose accounts are made and changed by number, and a map file of it.
struct World : SequencerWorld {
    Chain chain = SequencerWorld::open();
    CheckMemory checks;
    std::vector<TestAccount> accounts;
    std::filesystem::path const file = directory.path() / "maps" / "directory";

    // A block of so many new accounts, and of a change of each of the first `changed`.
    void grow(std::size_t added, std::size_t changed = 0) {
        BlockMaker maker(ledger, chain.tip());
        for (std::size_t index = 0; index < std::min(changed, accounts.size()); ++index)
            execute(maker, accounts[index], accounts[index].end_sessions());
        for (; added > 0; --added) {
            accounts.emplace_back(network, accounts.size() + 1);
            execute(maker, accounts.back(), accounts.back().register_entry());
        }
        if (maker.entry_count() > 0)
            ASSERT_TRUE(chain.commit(*maker.close()));
    }
    void execute(BlockMaker& maker, TestAccount& account, ledger::Entry const& entry) {
        ASSERT_TRUE(maker.execute(submission_of(entry), clock.now(), checks).value());
        account.accepted(entry);
    }
    void store() const { ASSERT_TRUE(store_directory_file(file, *chain.head())); }

    Result<Chain, ChainFault> open_with_file(store::LedgerDatabase& database) const {
        return Chain::open(database, guard(), network.log_key, {.map_file = file});
    }
    DirectoryOrigin open_again() {
        auto const opened = open_with_file(ledger).value();
        EXPECT_EQ(opened.head()->directory.root(), chain.head()->directory.root());
        EXPECT_TRUE(opened.head()->directory.has_true_hashes());
        return opened.directory_origin();
    }
    std::optional<DirectoryFileFault> fault() { return open_again().fault; }
};

TEST(OpenedDirectory, comes_from_the_map_file_of_the_last_block) {
    World world;
    world.grow(20);
    world.store();
    auto const origin = world.open_again();
    EXPECT_EQ(origin.map_file, ledger::BlockHeight{1});
    EXPECT_EQ(origin.entries_after, 0u);
    EXPECT_FALSE(origin.fault);
}

TEST(OpenedDirectory, comes_from_an_older_map_file_and_the_blocks_after_it) {
    World world;
    world.grow(20);
    world.store();
    world.grow(3, 2);
    world.grow(0, 5);
    auto const origin = world.open_again();
    EXPECT_EQ(origin.map_file, ledger::BlockHeight{1});
    EXPECT_EQ(origin.entries_after, 3u + 2 + 1 + 5 + 1);
}

TEST(OpenedDirectory, believes_hashes_of_the_map_file_and_none_of_the_rows) {
    World world;
    world.grow(20);
    EXPECT_FALSE(world.open_with_file(world.ledger)->head()->directory.has_believed_hashes());
    world.store();
    EXPECT_TRUE(world.open_with_file(world.ledger)->head()->directory.has_believed_hashes());
}

RC_GTEST_PROP(OpenedDirectory, is_the_one_built_from_the_rows_whenever_the_file_was_stored, ()) {
    World world;
    auto const blocks = *rc::gen::inRange(1, 6);
    auto const stored_after = *rc::gen::inRange(0, blocks + 1);
    if (stored_after == 0)
        world.store();
    for (auto block = 1; block <= blocks; ++block) {
        world.grow(*rc::gen::inRange<std::size_t>(0, 5), *rc::gen::inRange<std::size_t>(0, 5));
        if (block == stored_after)
            world.store();
    }
    auto const from_file = world.open_with_file(world.ledger).value();
    auto const from_rows = world.open(world.ledger).value();
    RC_ASSERT(from_file.directory_origin().map_file.has_value());
    RC_ASSERT(!from_rows.directory_origin().map_file.has_value());
    RC_ASSERT(from_file.head()->directory.root() == from_rows.head()->directory.root());
    RC_ASSERT(from_file.head()->directory.size() == from_rows.head()->directory.size());
    RC_ASSERT(from_file.head()->checkpoint == from_rows.head()->checkpoint);
}

TEST(OpenedDirectory, is_built_from_the_rows_without_a_map_file) {
    World world;
    world.grow(5);
    EXPECT_EQ(world.fault(), DirectoryFileFault::missing);
}

// G21
TEST(OpenedDirectory, is_built_from_the_rows_whatever_byte_of_the_map_file_is_flipped) {
    World world;
    world.grow(3);
    world.store();
    auto const good = test::read_bytes(world.file);
    for (std::size_t index = 0; index < good.size(); ++index) {
        auto flipped = good;
        flipped[index] ^= 0x01;
        test::write_bytes(world.file, flipped);
        ASSERT_EQ(world.fault(), DirectoryFileFault::damaged) << index;
    }
}

TEST(OpenedDirectory, is_built_from_the_rows_beside_the_map_file_of_another_ledger) {
    World world;
    world.grow(3);
    World other;
    other.clock.set(test::world_time + std::chrono::hours{1});
    other.grow(3);
    ASSERT_NE(other.chain.head()->block_bytes, world.chain.head()->block_bytes);
    ASSERT_TRUE(store_directory_file(world.file, *other.chain.head()));
    EXPECT_EQ(world.fault(), DirectoryFileFault::other_ledger);
}

TEST(OpenedDirectory, is_built_from_the_rows_when_an_older_ledger_was_put_back) {
    World world;
    world.grow(3);
    World older; // the same entries, and more
    older.grow(3);
    older.grow(2);
    ASSERT_TRUE(store_directory_file(world.file, *older.chain.head()));
    EXPECT_EQ(world.fault(), DirectoryFileFault::ahead);
}

TEST(OpenedDirectory, is_built_from_the_rows_when_the_map_file_names_a_block_with_another_directory) {
    World world;
    world.grow(3);
    auto head = *world.chain.head();
    head.directory = merkle::CommittedMap();
    ASSERT_TRUE(store_directory_file(world.file, head));
    EXPECT_EQ(world.fault(), DirectoryFileFault::wrong_root);
}

// The top hash is right and one below it is false: where the change of a later block meets it, the root
// tells.
TEST(OpenedDirectory, is_built_from_the_rows_when_a_false_hash_leads_to_another_root) {
    std::size_t met = 0;
    for (std::size_t index = 0; index < 8; ++index) {
        World world;
        world.grow(8);
        world.store();
        test::falsify_last_hash(world.file);
        BlockMaker maker(world.ledger, world.chain.tip());
        world.execute(maker, world.accounts[index], world.accounts[index].end_sessions());
        ASSERT_TRUE(world.chain.commit(*maker.close()));
        auto const opened = world.open_with_file(world.ledger).value();
        EXPECT_EQ(opened.head()->directory.root(), world.chain.head()->directory.root());
        met += opened.directory_origin().fault == DirectoryFileFault::wrong_root ? 1 : 0;
    }
    EXPECT_GT(met, 0u);
}

TEST(OpenedDirectory, is_built_from_the_rows_when_too_much_came_after_the_map_file) {
    static_assert(entries_after_map_file_max >= 4'096);
    World world;
    world.store();
    store::LedgerDatabase& ledger = world.ledger;
    Head head = *world.chain.head();
    head.size = ledger::TreeSize{head.size.number() + entries_after_map_file_max + 1};
    auto const opened = open_directory(ledger, head, world.file).value();
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->origin.fault, DirectoryFileFault::too_far_behind);
}

TEST(OpenedDirectoryDeathTest, whose_false_hash_a_change_rests_on_signs_nothing) {
    World world;
    world.grow(8);
    world.store();
    test::falsify_last_hash(world.file);
    auto opened = world.open_with_file(world.ledger).value();
    ASSERT_TRUE(opened.directory_origin().map_file.has_value());
    BlockMaker maker(world.ledger, opened.tip());
    for (auto& account : world.accounts)
        world.execute(maker, account, account.end_sessions());
    EXPECT_DEATH(maker.close(), "maps/directory");
}

} // namespace
} // namespace bulla::sequencer
