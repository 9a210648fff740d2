#include "store/rocks_ledger.hpp"

#include "store/rocks.hpp"
#include "store/sample_rows.hpp"
#include "support/temporary_directory.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace bulla::store {
namespace {

using ledger::BlockHeight;
using ledger::Label;
using ledger::LeafIndex;
using test::TemporaryDirectory;
namespace fs = std::filesystem;

std::unique_ptr<LedgerDatabase> open_at(fs::path const& directory, OpenMode mode) {
    return LedgerDatabase::open(directory, mode).value();
}

// A ledger of the two sample blocks, closed.
void make_sample_ledger(fs::path const& directory) {
    auto const ledger = open_at(directory, OpenMode::create);
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_1())));
}

Contents expected_contents() {
    auto const block_0 = sample_block_0();
    auto const block_1 = sample_block_1();
    Contents all{
        .height = BlockHeight{1},
        .blocks = {{0, 1}, {1, 3}},
        .tiles = {{{0, 0}, block_1.tiles[0].hashes}},
        .accounts = block_1.accounts,
        .signing_keys = block_0.signing_keys,
        .side_rows = {{filled<Label>(1), sample_side_row(1)}, {filled<Label>(5), sample_side_row(5)}},
        .nodes = block_1.nodes,
        .policy = block_0.policy};
    all.signing_keys.insert(block_1.signing_keys.begin(), block_1.signing_keys.end());
    for (std::size_t index = 0; index < 4; ++index)
        all.entries[index] = (index < 2 ? block_0 : block_1).entries[index % 2];
    return all;
}

std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> listing(fs::path const& directory) {
    std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> files;
    for (auto const& file : fs::directory_iterator(directory))
        files[file.path().filename()] = {file.file_size(), file.last_write_time()};
    return files;
}

// E9: 1 stands, 2 is erased, nobody has another label.
TEST(LedgerDatabase, finds_the_nearest_account_for_every_label) {
    test::TemporaryDirectory const directory;
    make_sample_ledger(directory.path() / "ledger");
    auto const ledger = LedgerDatabase::open(directory.path() / "ledger", OpenMode::existing).value();
    for (auto const label : std::to_array<std::uint8_t>({0, 1, 2, 9, 255})) {
        auto const nearest = ledger->load_nearest_account(filled<Label>(label)).value();
        ASSERT_TRUE(nearest.has_value()) << int{label};
        EXPECT_EQ(nearest->label, filled<Label>(1));
        EXPECT_EQ(nearest->account, sample_account(1, 2));
    }
}

TEST(LedgerDatabase, gives_back_what_was_committed) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path() / "ledger", OpenMode::create);
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_1())));
    EXPECT_EQ(read_everything(*ledger).value(), expected_contents());
}

TEST(LedgerDatabase, gives_it_back_after_each_kind_of_reopening) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    for (auto const mode : {OpenMode::read_only, OpenMode::existing, OpenMode::create, OpenMode::read_only})
        EXPECT_EQ(read_everything(*open_at(directory.path(), mode)).value(), expected_contents());
}

TEST(LedgerDatabase, keeps_named_rows_of_the_network_map_until_they_are_removed) {
    TemporaryDirectory const directory;
    auto const client = ledger::NetworkRowName::client(filled<ledger::ClientId>(1));
    auto const role = ledger::NetworkRowName::role({}, {}, ledger::AccountVersion{1}, "editor");
    auto const value = ledger::encode(ledger::ClientRow{.node = {}, .metadata = {1, 2}});
    {
        auto const ledger = open_at(directory.path(), OpenMode::create);
        auto block = sample_block_0();
        block.rows = {{client, value}, {role, ledger::role_row()}};
        ASSERT_TRUE(is_ok(ledger->commit(block)));
    }
    auto const ledger = open_at(directory.path(), OpenMode::existing);
    std::map<ledger::NetworkRowName, base::ByteBuffer> found;
    auto const take = [&](ledger::NetworkRowName const& name, base::ByteView bytes) {
        found.emplace(name, base::to_buffer(bytes));
        return true;
    };
    ASSERT_TRUE(is_ok(ledger->each_network_row(take)));
    EXPECT_EQ(found.size(), 2U);
    EXPECT_EQ(found.at(client), value);
    EXPECT_EQ(ledger->load_network_row(role).value(), ledger::role_row());
    EXPECT_EQ(ledger->load_nodes().value(), *sample_block_0().nodes);
    auto block = sample_block_1();
    block.rows = {{client, std::nullopt}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->load_network_row(client).value(), std::nullopt);
    EXPECT_EQ(ledger->load_network_row(role).value(), ledger::role_row());
}

TEST(LedgerDatabase, answers_damaged_for_a_named_row_that_no_rule_writes) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    auto const client = ledger::NetworkRowName::client({});
    block.rows = {{client, base::ByteBuffer{1}}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->load_network_row(client).error().kind, StoreFaultKind::damaged);
}

TEST(LedgerDatabase, that_is_empty_answers_no_rows) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    EXPECT_EQ(read_everything(*ledger).value(), Contents{});
    EXPECT_TRUE(is_fault(ledger->load_nodes(), StoreFaultKind::absent));
    EXPECT_TRUE(is_fault(ledger->load_policy(), StoreFaultKind::absent));
}

TEST(LedgerDatabase, answers_rows_one_by_one) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    auto const ledger = open_at(directory.path(), OpenMode::existing);
    EXPECT_EQ(ledger->load_tip().value()->height, BlockHeight{1});
    EXPECT_EQ(ledger->load_tip().value()->block_index, LeafIndex{3});
    EXPECT_EQ(ledger->load_entry(LeafIndex{2}).value(), base::ByteBuffer(40, 2));
    EXPECT_EQ(ledger->load_account(filled<Label>(1)).value(), sample_account(1, 2));
    EXPECT_EQ(ledger->load_account(filled<Label>(2)).value(), sample_tombstone(2));
    EXPECT_EQ(ledger->load_account(filled<Label>(9)).value(), std::nullopt);
    EXPECT_EQ(ledger->load_signing_key(filled<ledger::KeyId>(4)).value(), sample_signing_key(4));
    EXPECT_EQ(ledger->load_signing_key(filled<ledger::KeyId>(9)).value(), std::nullopt);
    EXPECT_EQ(ledger->load_side_row(filled<Label>(5)).value(), sample_side_row(5));
    EXPECT_EQ(ledger->load_side_row(filled<Label>(2)).value(), std::nullopt);
    EXPECT_EQ(ledger->load_tile(0, 0).value(), base::ByteBuffer(128, 1));
    EXPECT_EQ(ledger->load_tile(0, 1).value(), std::nullopt);
    EXPECT_EQ(ledger->load_block_index(BlockHeight{0}).value(), LeafIndex{1});
    EXPECT_EQ(ledger->load_block_index(BlockHeight{2}).value(), std::nullopt);
}

TEST(LedgerDatabase, answers_damaged_for_an_entry_that_is_missing) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    auto const entry = open_at(directory.path(), OpenMode::existing)->load_entry(LeafIndex{4});
    ASSERT_TRUE(is_fault(entry, StoreFaultKind::damaged));
    EXPECT_EQ(entry.error().place, "entries/4");
}

TEST(LedgerDatabase, keeps_a_side_row_without_password) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    auto row = sample_side_row(6);
    row.opaque_record.reset();
    block.side_writes = {{filled<Label>(6), row}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->load_side_row(filled<Label>(6)).value(), row);
}

TEST(LedgerDatabase, lets_later_side_writes_of_a_block_win) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    block.side_writes = {{filled<Label>(1), sample_side_row(1)},
                         {filled<Label>(1), std::nullopt},
                         {filled<Label>(2), std::nullopt},
                         {filled<Label>(2), sample_side_row(2)}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->load_side_row(filled<Label>(1)).value(), std::nullopt);
    EXPECT_EQ(ledger->load_side_row(filled<Label>(2)).value(), sample_side_row(2));
}

TEST(LedgerDatabase, walks_rows_in_ascending_order) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    std::vector<Label> labels;
    for (unsigned byte = 255; byte > 0; byte -= 5) {
        auto const label = filled<Label>(static_cast<std::uint8_t>(byte));
        block.accounts[label] = sample_account(static_cast<std::uint8_t>(byte), 1);
        block.side_writes.push_back({label, sample_side_row(static_cast<std::uint8_t>(byte))});
    }
    block.tiles.push_back({.level = 1, .number = 0, .hashes = base::ByteBuffer(32, 1)});
    block.tiles.push_back({.level = 0, .number = 256, .hashes = base::ByteBuffer(32, 1)});
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    for (std::uint64_t height = 1; height < 200; ++height) {
        auto later = sample_block(height);
        later.tiles.clear();
        ASSERT_TRUE(is_ok(ledger->commit(later)));
    }

    ASSERT_TRUE(is_ok(ledger->each_account([&](Label const& label, ledger::AccountRow const&) {
        labels.push_back(label);
        return true;
    })));
    EXPECT_TRUE(std::ranges::is_sorted(labels));
    EXPECT_EQ(labels.size(), block.accounts.size());

    std::vector<std::uint64_t> indices;
    ASSERT_TRUE(is_ok(ledger->each_entry(LeafIndex{5}, [&](LeafIndex index, base::ByteView) {
        indices.push_back(index.number());
        return true;
    })));
    EXPECT_TRUE(std::ranges::is_sorted(indices));
    EXPECT_EQ(indices.front(), 5U);
    EXPECT_EQ(indices.size(), 395U);

    std::vector<std::pair<int, std::uint64_t>> places;
    ASSERT_TRUE(is_ok(ledger->each_tile([&](std::uint8_t level, std::uint64_t number, base::ByteView) {
        places.emplace_back(level, number);
        return true;
    })));
    EXPECT_EQ(places, (std::vector<std::pair<int, std::uint64_t>>{{0, 0}, {0, 256}, {1, 0}}));
}

TEST(LedgerDatabase, shows_the_heads_of_the_account_rows) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    std::map<Label, base::ByteBuffer> heads;
    ASSERT_TRUE(is_ok(open_at(directory.path(), OpenMode::existing)
                          ->each_account_head([&](Label const& label, base::ByteView head) {
                              heads[label] = base::to_buffer(head);
                              return true;
                          })));
    EXPECT_EQ(heads, (std::map<Label, base::ByteBuffer>{
                         {filled<Label>(1), base::to_buffer(sample_account(1, 2).head.encode())},
                         {filled<Label>(2), base::to_buffer(sample_tombstone(2).head.encode())}}));
}

TEST(LedgerDatabase, stops_a_walk_when_told) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    auto const ledger = open_at(directory.path(), OpenMode::existing);
    int visits = 0;
    ASSERT_TRUE(
        is_ok(ledger->each_entry(LeafIndex{0}, [&](LeafIndex, base::ByteView) { return ++visits < 2; })));
    EXPECT_EQ(visits, 2);
    ASSERT_TRUE(
        is_ok(ledger->each_account([&](Label const&, ledger::AccountRow const&) { return ++visits < 3; })));
    EXPECT_EQ(visits, 3);
}

TEST(LedgerDatabase, walks_no_entries_beyond_the_tip) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    auto const ledger = open_at(directory.path(), OpenMode::existing);
    EXPECT_TRUE(is_ok(ledger->each_entry(LeafIndex{4}, [&](LeafIndex, base::ByteView) {
        ADD_FAILURE();
        return true;
    })));
}

TEST(LedgerDatabase, is_absent_where_nothing_stands) {
    TemporaryDirectory const directory;
    for (auto const mode : {OpenMode::existing, OpenMode::read_only}) {
        EXPECT_TRUE(is_fault(LedgerDatabase::open(directory.path() / "none", mode), StoreFaultKind::absent));
        EXPECT_TRUE(is_fault(LedgerDatabase::open(directory.path(), mode), StoreFaultKind::absent));
    }
    EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST(LedgerDatabase, is_in_use_for_a_second_opener) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    for (auto const mode : {OpenMode::create, OpenMode::existing, OpenMode::read_only})
        EXPECT_TRUE(is_fault(LedgerDatabase::open(directory.path(), mode), StoreFaultKind::in_use));
    EXPECT_TRUE(is_ok(ledger->commit(sample_block_0())));
}

// Locks the file, tells so through the pipe, and waits until the pipe back is closed.
[[noreturn]] void hold_lock(char const* file, int told, int wait) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    int const descriptor = ::open(file, O_RDWR);
    char byte = ::fcntl(descriptor, F_SETLK, &lock) == 0 ? 'y' : 'n';
    if (::write(told, &byte, 1) == 1)
        (void)!::read(wait, &byte, 1);
    ::_exit(0);
}

TEST(LedgerDatabase, is_in_use_while_another_process_holds_it) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    auto const file = (directory.path() / "LOCK").string();
    std::array<int, 2> told{};
    std::array<int, 2> wait{};
    ASSERT_EQ(::pipe(told.data()), 0);
    ASSERT_EQ(::pipe(wait.data()), 0);
    auto const child = ::fork();
    if (child == 0) {
        ::close(wait[1]);
        hold_lock(file.c_str(), told[1], wait[0]);
    }
    char answer = 0;
    ASSERT_EQ(::read(told[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    for (auto const mode : {OpenMode::existing, OpenMode::read_only})
        EXPECT_TRUE(is_fault(LedgerDatabase::open(directory.path(), mode), StoreFaultKind::in_use));
    ::close(wait[1]);
    ::waitpid(child, nullptr, 0);
    for (int const descriptor : {told[0], told[1], wait[0]})
        ::close(descriptor);
    EXPECT_TRUE(is_ok(LedgerDatabase::open(directory.path(), OpenMode::existing)));
}

TEST(LedgerDatabase, opened_for_reading_changes_no_file) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    auto const before = listing(directory.path());
    {
        auto const ledger = open_at(directory.path(), OpenMode::read_only);
        ASSERT_TRUE(is_ok(read_everything(*ledger)));
        ASSERT_TRUE(is_ok(ledger->verify_files()));
    }
    EXPECT_EQ(listing(directory.path()), before);
}

TEST(LedgerDatabase, opened_for_reading_needs_no_right_to_write) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path());
    fs::remove(directory.path() / "LOCK");
    fs::permissions(directory.path(), fs::perms::owner_read | fs::perms::owner_exec);
    auto const everything = read_everything(*open_at(directory.path(), OpenMode::read_only));
    fs::permissions(directory.path(), fs::perms::owner_all);
    EXPECT_EQ(everything.value(), expected_contents());
    EXPECT_FALSE(fs::exists(directory.path() / "LOCK"));
}

TEST(LedgerDatabase, keeps_its_directory_to_its_owner) {
    TemporaryDirectory const directory;
    open_at(directory.path() / "ledger", OpenMode::create);
    EXPECT_EQ(fs::status(directory.path() / "ledger").permissions(), fs::perms::owner_all);
}

// G23, J16
TEST(LedgerDatabase, of_a_newer_format_is_refused) {
    TemporaryDirectory const directory;
    make_sample_ledger(directory.path() / "ledger");
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory.path() / "ledger", &names).ok());
    DatabaseShape shape{.format = 2, .block_cache_size = 1 << 20, .write_buffers_size = 1 << 20};
    for (auto const& name : names)
        if (name != rocksdb::kDefaultColumnFamilyName)
            shape.families.push_back({.name = name});
    auto const newer = directory.path() / "newer";
    ASSERT_TRUE(is_ok(Rocks::open(newer, OpenMode::create, shape, rocksdb::FileSystem::Default())));
    for (auto const mode : {OpenMode::existing, OpenMode::read_only, OpenMode::create})
        EXPECT_TRUE(is_fault(LedgerDatabase::open(newer, mode), StoreFaultKind::newer));
}

TEST(LedgerDatabase, with_a_column_family_of_a_newer_version_is_refused) {
    TemporaryDirectory const directory;
    DatabaseShape const shape{.families = {{.name = "entries"}, {.name = "prophecies"}},
                              .block_cache_size = 1 << 20,
                              .write_buffers_size = 1 << 20};
    ASSERT_TRUE(
        is_ok(Rocks::open(directory.path(), OpenMode::create, shape, rocksdb::FileSystem::Default())));
    EXPECT_TRUE(is_fault(LedgerDatabase::open(directory.path(), OpenMode::existing), StoreFaultKind::newer));
}

TEST(LedgerDatabase, without_one_of_its_column_families_is_damaged) {
    TemporaryDirectory const directory;
    DatabaseShape const shape{
        .families = {{.name = "entries"}}, .block_cache_size = 1 << 20, .write_buffers_size = 1 << 20};
    ASSERT_TRUE(
        is_ok(Rocks::open(directory.path(), OpenMode::create, shape, rocksdb::FileSystem::Default())));
    EXPECT_TRUE(is_fault(LedgerDatabase::open(directory.path(), OpenMode::create), StoreFaultKind::damaged));
}

TEST(LedgerDatabaseDeathTest, takes_only_the_next_block) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    EXPECT_DEATH((void)ledger->commit(sample_block(1)), "height");
}

// A copy that reads like the original at that time, and stays so.
TEST(LedgerDatabase, makes_a_checkpoint_beside_which_it_goes_on) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path() / "ledger", OpenMode::create);
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_1())));
    ASSERT_TRUE(is_ok(ledger->checkpoint(directory.path() / "copy")));
    ASSERT_TRUE(is_ok(ledger->commit(sample_block(2))));

    auto const copy = open_at(directory.path() / "copy", OpenMode::read_only);
    ASSERT_TRUE(is_ok(copy->verify_files()));
    EXPECT_EQ(read_everything(*copy).value(), expected_contents());
}

// Otherwise a flipped byte of the log would be read, once, and written anew with a good checksum.
TEST(LedgerDatabase, copies_its_log_into_a_checkpoint_unread) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path() / "ledger", OpenMode::create);
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    ASSERT_TRUE(is_ok(ledger->checkpoint(directory.path() / "copy")));
    std::size_t tables = 0;
    std::uintmax_t log_bytes = 0;
    for (auto const& file : fs::directory_iterator(directory.path() / "copy")) {
        tables += file.path().extension() == ".sst" ? 1 : 0;
        log_bytes += file.path().extension() == ".log" ? file.file_size() : 0;
    }
    EXPECT_EQ(tables, 0U);
    EXPECT_GT(log_bytes, 1000U);
}

TEST(LedgerDatabase, refuses_to_make_a_checkpoint_where_something_stands) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path() / "ledger", OpenMode::create);
    fs::create_directory(directory.path() / "copy");
    EXPECT_FALSE(ledger->checkpoint(directory.path() / "copy").has_value());
    EXPECT_TRUE(is_ok(ledger->commit(sample_block_0())));
}

bool any_file_contains(fs::path const& directory, base::ByteView bytes) {
    return std::ranges::any_of(fs::recursive_directory_iterator(directory),
                               [&](fs::directory_entry const& file) {
                                   std::ifstream in(file.path(), std::ios::binary);
                                   std::string const text(std::istreambuf_iterator<char>(in), {});
                                   return text.contains(base::as_text(bytes));
                               });
}

// Envelopes that occur nowhere else.
SideRow row_with_envelope(std::string_view word) {
    auto row = sample_side_row(0);
    for (std::size_t index = 0; index < row.opaque_record->size(); ++index)
        (*row.opaque_record)[index] = static_cast<std::uint8_t>(word[index % word.size()]);
    return row;
}

// G28
TEST(LedgerDatabase, leaves_no_byte_of_an_erased_row_in_any_file) {
    TemporaryDirectory const directory;
    auto const erased = base::as_bytes("erased-envelope/erased-envelope/");
    auto const kept = base::as_bytes("kept-envelope/kept-envelope/");
    auto ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    block.side_writes = {{filled<Label>(1), row_with_envelope("erased-envelope/")},
                         {filled<Label>(2), row_with_envelope("kept-envelope/")}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    ledger.reset(); // the row is in a table after the next start
    ledger = open_at(directory.path(), OpenMode::existing);
    ASSERT_TRUE(any_file_contains(directory.path(), erased));

    block = sample_block_1();
    block.side_writes = {{filled<Label>(1), std::nullopt}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_EQ(ledger->erase_now().value(), 0U);
    EXPECT_FALSE(any_file_contains(directory.path(), erased));
    EXPECT_TRUE(any_file_contains(directory.path(), kept));
    EXPECT_EQ(ledger->load_side_row(filled<Label>(2)).value(), row_with_envelope("kept-envelope/"));
    EXPECT_EQ(ledger->load_side_row(filled<Label>(1)).value(), std::nullopt);
}

TEST(LedgerDatabase, leaves_no_byte_of_a_row_that_was_erased_out_of_the_log) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    block.side_writes = {{filled<Label>(1), row_with_envelope("erased-envelope/")}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    block = sample_block_1();
    block.side_writes = {{filled<Label>(1), row_with_envelope("second-envelope/")}}; // another password
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_EQ(ledger->erase_now().value(), 0U);
    EXPECT_FALSE(any_file_contains(directory.path(), base::as_bytes("erased-envelope/erased-envelope/")));
    EXPECT_TRUE(any_file_contains(directory.path(), base::as_bytes("second-envelope/second-envelope/")));
}

// The process dies before, or while, the bytes leave the disk. Each opening moves the log's rows to a table.
TEST(LedgerDatabase, makes_the_bytes_of_an_erased_row_leave_the_disk_after_a_restart) {
    TemporaryDirectory const directory;
    auto block = sample_block_0();
    block.side_writes = {{filled<Label>(1), row_with_envelope("erased-envelope/")}};
    ASSERT_TRUE(is_ok(open_at(directory.path(), OpenMode::create)->commit(block)));
    block = sample_block_1();
    block.side_writes = {{filled<Label>(1), std::nullopt}};
    ASSERT_TRUE(is_ok(open_at(directory.path(), OpenMode::existing)->commit(block)));
    auto const ledger = open_at(directory.path(), OpenMode::existing);
    EXPECT_TRUE(any_file_contains(directory.path(), base::as_bytes("erased-envelope/erased-envelope/")));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_FALSE(any_file_contains(directory.path(), base::as_bytes("erased-envelope/erased-envelope/")));
}

TEST(LedgerDatabase, makes_a_row_that_was_replaced_within_one_block_leave_the_disk) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    block.side_writes = {{filled<Label>(1), row_with_envelope("erased-envelope/")},
                         {filled<Label>(1), row_with_envelope("second-envelope/")}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_FALSE(any_file_contains(directory.path(), base::as_bytes("erased-envelope/erased-envelope/")));
    EXPECT_TRUE(any_file_contains(directory.path(), base::as_bytes("second-envelope/second-envelope/")));
}

TEST(LedgerDatabase, has_nothing_to_erase_after_rows_that_are_new) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    block.side_writes = {{filled<Label>(1), row_with_envelope("first-envelope//")},
                         {filled<Label>(2), row_with_envelope("other-envelope//")}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->erase_now().value(), 0U);
}

// A row that RocksDB vouches for, but whose state is not the one its head commits to.
TEST(LedgerDatabase, names_the_label_of_an_account_that_contradicts_its_commitment) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path(), OpenMode::create);
    auto block = sample_block_0();
    block.accounts[filled<Label>(0xab)] = sample_account(1, 1);
    block.accounts[filled<Label>(0xab)].state->epoch = ledger::Epoch{77};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    auto const account = ledger->load_account(filled<Label>(0xab));
    ASSERT_TRUE(is_fault(account, StoreFaultKind::damaged));
    std::string expected = "accounts/";
    for (int byte = 0; byte < 32; ++byte)
        expected += "ab";
    EXPECT_EQ(account.error().place, expected);
    EXPECT_TRUE(is_fault(ledger->each_account([](auto const&, auto const&) { return true; }),
                         StoreFaultKind::damaged));
    EXPECT_TRUE(is_ok(ledger->load_account(filled<Label>(1))));
}

} // namespace
} // namespace bulla::store
