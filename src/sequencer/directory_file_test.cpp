#include "sequencer/directory_file.hpp"

#include "base/big_endian.hpp"
#include "support/map_files.hpp"
#include "support/naive_map.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace bulla::sequencer {
namespace {

namespace fs = std::filesystem;
using test::read_bytes;
using test::TemporaryDirectory;
using test::write_bytes;

Head head_of(std::uint64_t height, std::uint64_t accounts) {
    std::vector<merkle::MapChange> changes;
    for (std::uint64_t seed = 0; seed < accounts; ++seed)
        changes.push_back({.key = test::hashed_key(seed), .value_hash = merkle::hash_value({})});
    Head head;
    head.block.height = ledger::BlockHeight{height};
    head.block_bytes = base::to_buffer(base::u64be(height));
    head.directory = merkle::CommittedMap().apply(changes);
    return head;
}

struct Place {
    TemporaryDirectory directory;
    fs::path const file = directory.path() / "maps" / "directory";
    fs::path const fresh = directory.path() / "maps" / "directory.new";

    void store(Head const& head) const { ASSERT_TRUE(store_directory_file(file, head)); }
    std::optional<std::uint64_t> height() const {
        auto const loaded = load_directory_file_unverified(file);
        return loaded ? std::optional(loaded->place.height) : std::nullopt;
    }
    DirectoryFileFault fault() const { return load_directory_file_unverified(file).error(); }
};

// Runs the work in a child process: how it ended.
int run_in_child(std::function<void()> const& work) {
    auto const child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
}

TEST(DirectoryFile, gives_back_what_was_stored) {
    Place const place;
    auto const head = head_of(7, 100);
    place.store(head);
    auto const loaded = load_directory_file_unverified(place.file).value();
    EXPECT_EQ(loaded.place.height, 7u);
    EXPECT_EQ(loaded.place.block, merkle::hash_leaf(head.block_bytes));
    EXPECT_EQ(loaded.map.root(), head.directory.root());
    EXPECT_TRUE(loaded.map.has_true_hashes());
    EXPECT_FALSE(fs::exists(place.fresh));
}

TEST(DirectoryFile, and_its_folder_are_its_owners_alone) {
    Place const place;
    place.store(head_of(1, 1));
    EXPECT_EQ(fs::status(place.file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(place.file.parent_path()).permissions(), fs::perms::owner_all);
}

TEST(DirectoryFile, is_replaced_by_a_later_one) {
    Place const place;
    place.store(head_of(1, 50));
    place.store(head_of(2, 3));
    EXPECT_EQ(load_directory_file_unverified(place.file).value().map.size(), 3u);
}

TEST(DirectoryFile, that_is_not_there_is_missing) {
    EXPECT_EQ(Place().fault(), DirectoryFileFault::missing);
}

TEST(DirectoryFile, that_is_no_file_is_unreadable) {
    Place const place;
    fs::create_directories(place.file);
    EXPECT_EQ(place.fault(), DirectoryFileFault::unreadable);
}

// G21
TEST(DirectoryFile, with_any_byte_flipped_or_cut_off_is_damaged) {
    Place const place;
    place.store(head_of(7, 4));
    auto const good = read_bytes(place.file);
    for (std::size_t index = 0; index < good.size(); ++index) {
        auto flipped = good;
        flipped[index] ^= 0xff;
        write_bytes(place.file, flipped);
        ASSERT_EQ(place.fault(), DirectoryFileFault::damaged) << index;
        write_bytes(place.file, base::ByteView(good).first(index));
        ASSERT_EQ(place.fault(), DirectoryFileFault::damaged) << index;
    }
    write_bytes(place.file, good);
    EXPECT_EQ(place.height(), 7u);
}

// A death before each step leaves the old file or the new one, whole; and nothing that hinders the next.
TEST(DirectoryFile, is_the_old_one_or_the_new_one_after_a_death_before_any_step) {
    for (auto const step : {StoreStep::create, StoreStep::write, StoreStep::sync, StoreStep::rename,
                            StoreStep::sync_directory}) {
        Place const place;
        place.store(head_of(1, 10));
        auto const status = run_in_child([&] {
            std::ignore = store_directory_file(place.file, head_of(2, 20), [step](StoreStep next) {
                if (next == step)
                    std::raise(SIGKILL);
            });
        });
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        EXPECT_EQ(place.height(), step == StoreStep::sync_directory ? 2u : 1u);
        place.store(head_of(3, 5));
        EXPECT_EQ(place.height(), 3u);
        EXPECT_FALSE(fs::exists(place.fresh));
    }
}

TEST(DirectoryFile, stays_the_old_one_when_the_disk_takes_only_a_part_and_leaves_nothing_beside_it) {
    Place const place;
    place.store(head_of(1, 10));
    auto const status = run_in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit const limit{.rlim_cur = 500, .rlim_max = 500};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        auto const stored = store_directory_file(place.file, head_of(2, 20));
        ::_exit(!stored && stored.error() == StoreDirectoryFault::failed ? 7 : 8);
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    EXPECT_EQ(place.height(), 1u);
    EXPECT_FALSE(fs::exists(place.fresh));
}

TEST(DirectoryFile, that_cannot_be_made_is_a_fault) {
    Place const place;
    write_bytes(place.file.parent_path(), {});
    EXPECT_EQ(store_directory_file(place.file, head_of(1, 1)).error(), StoreDirectoryFault::failed);
}

TEST(DirectoryFile, set_aside_is_not_found_again) {
    Place const place;
    place.store(head_of(1, 1));
    set_aside(place.file);
    EXPECT_EQ(place.fault(), DirectoryFileFault::missing);
    EXPECT_TRUE(fs::exists(fs::path(place.file).concat(".wrong")));
}

} // namespace
} // namespace bulla::sequencer
