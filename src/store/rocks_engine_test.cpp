#include "store/rocks_engine.hpp"

#include "store/sample_rows.hpp"
#include "support/temporary_directory.hpp"

#include <fstream>

namespace bulla::store {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;

constexpr std::string_view secret = "kept-for-a-while/kept-for-a-while/";

std::unique_ptr<LedgerDatabase> open_at(fs::path const& directory) {
    return LedgerDatabase::open(directory, OpenMode::create).value();
}

bool any_file_contains_secret(fs::path const& directory) {
    return std::ranges::any_of(fs::directory_iterator(directory), [](fs::directory_entry const& file) {
        std::ifstream in(file.path(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {}).contains(secret);
    });
}

KeptWrites sample_kept(std::uint8_t byte, base::Timestamp since = {}) {
    auto row = sample_side_row(byte);
    std::ranges::copy(base::as_bytes(secret), row.opaque_record->begin());
    return {.since = since, .writes = {{.label = filled<ledger::Label>(byte), .row = std::move(row)}}};
}

EngineStep sample_step(std::uint64_t height) {
    return {.height = EngineHeight{height},
            .results = {{filled<TransactionHash>(1),
                         {.code = 0, .index = ledger::LeafIndex{2}, .engine_height = height}},
                        {filled<TransactionHash>(2), {.code = 12, .index = {}, .engine_height = height}}}};
}

TEST(EngineRows, are_absent_on_a_single_node) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    EXPECT_EQ(ledger->load_engine_height().value(), EngineHeight{});
    EXPECT_EQ(ledger->load_result(filled<TransactionHash>(1)).value(), std::nullopt);
    EXPECT_EQ(ledger->load_kept(filled<KeptKey>(1)).value(), std::nullopt);
}

TEST(EngineRows, come_with_their_block_and_stay) {
    TemporaryDirectory const directory;
    {
        auto const ledger = open_at(directory.path());
        ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
        auto block = sample_block_1();
        block.engine = sample_step(7);
        ASSERT_TRUE(is_ok(ledger->commit(block)));
        ASSERT_TRUE(is_ok(ledger->note_engine_step({.height = EngineHeight{8}, .results = {}})));
    }
    auto const ledger = open_at(directory.path());
    EXPECT_EQ(ledger->load_engine_height().value(), EngineHeight{8});
    for (auto const& [hash, result] : sample_step(7).results)
        EXPECT_EQ(ledger->load_result(hash).value(), result);
}

TEST(EngineRows, keep_the_result_of_an_entry_when_it_is_refused_later) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->note_engine_step(sample_step(1))));
    auto const hash = filled<TransactionHash>(1);
    ASSERT_TRUE(is_ok(ledger->note_engine_step(
        {.height = EngineHeight{2}, .results = {{hash, {.code = 12, .index = {}, .engine_height = 2}}}})));
    EXPECT_EQ(ledger->load_result(hash).value(), sample_step(1).results.at(hash));
}

TEST(EngineRows, let_kept_writes_go_with_the_block_that_holds_their_entry) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    auto const key = filled<KeptKey>(1);
    auto const other = filled<KeptKey>(2);
    ASSERT_TRUE(is_ok(ledger->keep_writes(key, sample_kept(9))));
    ASSERT_TRUE(is_ok(ledger->keep_writes(other, sample_kept(9))));
    EXPECT_EQ(ledger->load_kept(key).value(), sample_kept(9));
    auto block = sample_block_1();
    block.engine = sample_step(1);
    block.engine->taken = {key};
    block.side_writes = sample_kept(9).writes;
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(ledger->load_kept(key).value(), std::nullopt);
    EXPECT_TRUE(ledger->load_kept(other).value().has_value());
    ASSERT_TRUE(is_ok(ledger->drop_kept(other)));
    // The account is erased later: the copy that was kept before has to go as well.
    auto last = sample_block(2);
    last.side_writes = {{.label = filled<ledger::Label>(9), .row = std::nullopt}};
    ASSERT_TRUE(is_ok(ledger->commit(last)));
    EXPECT_TRUE(any_file_contains_secret(directory.path()));
    ASSERT_TRUE(is_ok(ledger->erase_now()));
    EXPECT_FALSE(any_file_contains_secret(directory.path()));
}

TEST(EngineRows, leave_no_byte_of_kept_writes_that_came_to_nothing) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    auto const dropped = filled<KeptKey>(3);
    ASSERT_TRUE(is_ok(ledger->keep_writes(dropped, sample_kept(9))));
    ASSERT_TRUE(is_ok(ledger->drop_kept(dropped)));
    EXPECT_TRUE(any_file_contains_secret(directory.path()));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_FALSE(any_file_contains_secret(directory.path()));
}

TEST(EngineRows, forget_what_was_kept_before_a_time) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    auto const at = [](std::uint64_t time) { return base::from_unix_milliseconds(time); };
    for (std::uint8_t number = 1; number <= 3; ++number)
        ASSERT_TRUE(is_ok(ledger->keep_writes(filled<KeptKey>(number), sample_kept(number, at(number)))));
    EXPECT_EQ(ledger->drop_kept_before(at(3)).value(), 2U);
    std::vector<KeptKey> left;
    ASSERT_TRUE(is_ok(ledger->each_kept([&](KeptKey const& key, KeptWrites const&) {
        left.push_back(key);
        return true;
    })));
    EXPECT_EQ(left, std::vector{filled<KeptKey>(3)});
}

TEST(EngineRows, mend_a_side_row_and_leave_no_byte_of_the_one_before) {
    TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    auto const label = filled<ledger::Label>(9);
    ASSERT_TRUE(is_ok(ledger->mend_side_row(sample_kept(9).writes[0])));
    EXPECT_EQ(ledger->load_side_row(label).value(), sample_kept(9).writes[0].row);
    ASSERT_TRUE(is_ok(ledger->mend_side_row({.label = label, .row = sample_side_row(3)})));
    EXPECT_EQ(ledger->load_side_row(label).value(), sample_side_row(3));
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_FALSE(any_file_contains_secret(directory.path()));
    ASSERT_TRUE(is_ok(ledger->mend_side_row({.label = label, .row = std::nullopt})));
    EXPECT_EQ(ledger->load_side_row(label).value(), std::nullopt);
}

} // namespace
} // namespace bulla::store
