// Full and broken disks.
#include "store/rocks_ledger.hpp"
#include "store/rocks_live.hpp"
#include "store/sample_rows.hpp"
#include "support/faulty_disk.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace bulla::store {
namespace {

using test::DiskCall;
using test::TemporaryDirectory;
using test::Trouble;

class FailingDisk : public testing::Test {
protected:
    std::unique_ptr<LedgerDatabase> open(OpenMode mode) const {
        return open_ledger(directory.path(), mode, disk).value();
    }
    Stored<void> commit_blocks(LedgerDatabase& ledger, std::uint64_t from, std::uint64_t to) const {
        for (auto height = from; height < to; ++height) {
            auto block = height == 0 ? sample_block_0() : sample_block(height);
            if (height == 1) // something whose bytes have to leave the disk
                block.side_writes = {{filled<ledger::Label>(1), std::nullopt}};
            TRY(ledger.commit(block));
        }
        return {};
    }
    void fill(std::string ending = {}) const {
        disk->plan(
            {.trouble = Trouble::full, .repeats = test::Repeats::from_then_on, .ending = std::move(ending)});
    }
    void fill_nearly() const { disk->plan({.trouble = Trouble::nearly_full}); }
    void break_calls(DiskCall call, std::string ending) const {
        disk->plan({.trouble = call == DiskCall::append ? Trouble::torn : Trouble::broken,
                    .repeats = test::Repeats::from_then_on,
                    .call = call,
                    .ending = std::move(ending)});
    }
    void fill_within_a_write(LedgerDatabase& ledger, std::uint64_t height) const {
        fill();
        EXPECT_TRUE(is_fault(ledger.commit(sample_block(height)), StoreFaultKind::no_space));
        fill_nearly();
        EXPECT_TRUE(is_fault(ledger.commit(sample_block(height)), StoreFaultKind::no_space));
        EXPECT_EQ(read_everything(ledger).value().height, ledger::BlockHeight{height - 1});
        disk->heal();
    }
    // The blocks up to `height`, also after a restart, and the files are whole.
    void expect_blocks(std::uint64_t height) const {
        disk->heal();
        for (auto const mode : {OpenMode::read_only, OpenMode::existing, OpenMode::read_only}) {
            auto const ledger = open(mode);
            auto const contents = read_everything(*ledger).value();
            EXPECT_EQ(contents.height, ledger::BlockHeight{height});
            EXPECT_EQ(contents.entries.size(), 2 * height + 2);
            EXPECT_EQ(contents.accounts, sample_block_0().accounts);
        }
        EXPECT_TRUE(is_ok(open(OpenMode::read_only)->verify_files()));
    }

    TemporaryDirectory directory;
    TemporaryDirectory attic;
    std::shared_ptr<test::FaultyDisk> disk = std::make_shared<test::FaultyDisk>(attic.path());
};

// G8
TEST_F(FailingDisk, that_is_nearly_full_refuses_blocks_and_serves_reads) {
    auto ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    fill_nearly();
    EXPECT_TRUE(is_fault(ledger->commit(sample_block(2)), StoreFaultKind::no_space));
    EXPECT_EQ(ledger->load_tip().value()->height, ledger::BlockHeight{1});
    EXPECT_TRUE(is_ok(ledger->load_account(filled<ledger::Label>(1))));
    EXPECT_FALSE(ledger->has_space());
    disk->heal();
    EXPECT_TRUE(ledger->has_space());
    EXPECT_TRUE(is_ok(commit_blocks(*ledger, 2, 4)));
    ledger.reset();
    expect_blocks(3);
}

// G8
TEST_F(FailingDisk, that_is_nearly_full_has_the_reserve_for_what_must_go_on) {
    auto ledger = open(OpenMode::create);
    Reserve reserve(directory.path() / "reserve");
    ledger->keep_reserve(reserve);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    EXPECT_EQ(std::filesystem::file_size(directory.path() / "reserve"), reserve_size);
    fill_nearly();
    EXPECT_TRUE(is_fault(ledger->commit(sample_block(2)), StoreFaultKind::no_space));
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "reserve"));
    disk->heal();
    EXPECT_TRUE(is_ok(commit_blocks(*ledger, 2, 3)));
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "reserve"));
    std::filesystem::remove(directory.path() / "reserve");
    ledger.reset();
    expect_blocks(2);
}

// Somebody else took the space between the question and the write: half a record lies at the end of the log.
// G8
TEST_F(FailingDisk, that_fills_up_within_a_write_goes_on_when_space_returns) {
    auto ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    fill_within_a_write(*ledger, 2);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 2, 5)));
    ledger.reset();
    expect_blocks(4);
}

// Then no row waits to be moved to a table, and the log would have no reason of its own to be left behind.
TEST_F(FailingDisk, that_fills_up_within_the_first_write_after_a_flush_goes_on_when_space_returns) {
    auto ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    ASSERT_TRUE(is_ok(ledger->erase_now()));
    fill_within_a_write(*ledger, 2);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 2, 5)));
    ledger.reset();
    expect_blocks(4);
}

TEST_F(FailingDisk, that_was_full_when_the_process_ended_has_lost_no_block) {
    auto ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    fill();
    EXPECT_TRUE(is_fault(ledger->commit(sample_block(2)), StoreFaultKind::no_space));
    ledger.reset();
    disk->heal();
    ledger = open(OpenMode::existing);
    EXPECT_EQ(ledger->load_tip().value()->height, ledger::BlockHeight{1});
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 2, 3)));
    ledger.reset();
    expect_blocks(2);
}

TEST_F(FailingDisk, that_is_full_where_tables_go_refuses_erasing_and_goes_on_when_space_returns) {
    auto ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    fill(".sst");
    EXPECT_TRUE(is_fault(ledger->erase_now(), StoreFaultKind::no_space));
    EXPECT_EQ(read_everything(*ledger).value().height, ledger::BlockHeight{1});
    EXPECT_TRUE(is_fault(ledger->commit(sample_block(2)), StoreFaultKind::no_space));
    disk->heal();
    EXPECT_TRUE(is_ok(ledger->commit(sample_block(2))));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    ledger.reset();
    expect_blocks(2);
}

using FailingDiskDeathTest = FailingDisk;

// G7
TEST_F(FailingDiskDeathTest, that_cannot_sync_its_log_ends_the_process) {
    auto const ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 1)));
    break_calls(DiskCall::sync, ".log");
    EXPECT_DEATH((void)ledger->commit(sample_block(1)), "the disk failed at .*log: .*broken");
}

// G7
TEST_F(FailingDiskDeathTest, that_cannot_write_its_log_ends_the_process) {
    auto const ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 1)));
    break_calls(DiskCall::append, ".log");
    EXPECT_DEATH((void)ledger->commit(sample_block(1)), "the disk failed at .*: .*broken");
}

TEST_F(FailingDiskDeathTest, that_cannot_sync_its_directory_ends_the_process) {
    break_calls(DiskCall::sync_directory, directory.path().filename());
    EXPECT_DEATH((void)open_ledger(directory.path(), OpenMode::create, disk), "the disk failed at .*broken");
}

// No death: tables are written by another thread, whose error every later call tells.
TEST_F(FailingDisk, that_cannot_write_a_table_fails_every_later_call) {
    auto ledger = open(OpenMode::create);
    ASSERT_TRUE(is_ok(commit_blocks(*ledger, 0, 2)));
    break_calls(DiskCall::append, ".sst");
    EXPECT_FALSE(ledger->erase_now().has_value());
    EXPECT_TRUE(is_fault(ledger->commit(sample_block(2)), StoreFaultKind::failed));
    EXPECT_TRUE(is_fault(ledger->load_entry(ledger::LeafIndex{0}), StoreFaultKind::failed));
    ledger.reset();
    expect_blocks(1);
}

TEST_F(FailingDiskDeathTest, that_cannot_sync_a_log_out_ends_the_process) {
    auto const live = open_live(directory.path(), disk).value();
    ASSERT_TRUE(is_ok(live->store_session(filled<SessionId>(1), Session{})));
    break_calls(DiskCall::sync, ".log");
    EXPECT_DEATH((void)live->end_session(filled<SessionId>(1)), "the disk failed at .*broken");
    EXPECT_DEATH((void)live->sync(), "the disk failed at .*broken");
}

} // namespace
} // namespace bulla::store
