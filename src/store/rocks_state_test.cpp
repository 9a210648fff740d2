#include "store/ledger_rows.hpp"
#include "store/sample_rows.hpp"
#include "support/temporary_directory.hpp"

namespace bulla::store {
namespace {

struct OwnRow {
    StateFamily family;
    base::ByteBuffer key;
    base::ByteBuffer value;
    friend auto operator<=>(OwnRow const&, OwnRow const&) = default;
};

std::vector<OwnRow> rows_of(StateView& view) {
    std::vector<OwnRow> rows;
    EXPECT_TRUE(is_ok(view.each([&](StateRow const& row) {
        rows.push_back({row.family, base::to_buffer(row.key), base::to_buffer(row.value)});
        return true;
    })));
    return rows;
}
std::vector<StateRow> views(std::vector<OwnRow> const& rows) {
    std::vector<StateRow> views;
    for (auto const& row : rows)
        views.push_back({.family = row.family, .key = row.key, .value = row.value});
    return views;
}

std::unique_ptr<LedgerDatabase> open_at(std::filesystem::path const& directory) {
    return LedgerDatabase::open(directory, OpenMode::create).value();
}

TEST(StateView, shows_the_rows_as_they_were_in_order_of_family_and_key) {
    test::TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    auto const view = ledger->view_state();
    auto const before = rows_of(*view);
    EXPECT_TRUE(std::ranges::is_sorted(before));
    EXPECT_EQ(before.size(), 5U); // two accounts, a signing key, the nodes, the policy
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_1())));
    EXPECT_EQ(rows_of(*view), before);
    EXPECT_NE(rows_of(*ledger->view_state()), before);
}

TEST(StateView, is_walked_as_far_as_is_wanted) {
    test::TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    std::size_t seen = 0;
    ASSERT_TRUE(is_ok(ledger->view_state()->each([&](StateRow const&) { return ++seen < 3; })));
    EXPECT_EQ(seen, 3U);
}

// What a view still shows cannot leave the disk: erasing waits for its end.
TEST(StateView, lets_erasing_wait) {
    test::TemporaryDirectory const directory;
    auto const ledger = open_at(directory.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    auto view = ledger->view_state();
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_1())));
    EXPECT_EQ(ledger->erase_now().value(), 0U);
    view.reset();
    EXPECT_EQ(ledger->erase_now().value(), 1U);
}

TEST(FilledState, is_the_one_that_was_viewed) {
    test::TemporaryDirectory const first, second;
    auto const ledger = open_at(first.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_1())));
    auto const rows = rows_of(*ledger->view_state());
    {
        auto const copy = open_at(second.path());
        ASSERT_TRUE(is_ok(copy->fill_state(views(rows))));
        ASSERT_TRUE(is_ok(copy->fill_log(sample_block(0))));
        ASSERT_TRUE(is_ok(copy->commit(sample_block(1))));
    }
    auto const copy = open_at(second.path());
    EXPECT_EQ(rows_of(*copy->view_state()), rows);
    EXPECT_EQ(copy->load_tip().value()->height, ledger::BlockHeight{1});
}

TEST(FilledState, takes_no_row_that_does_not_decode) {
    test::TemporaryDirectory const first, second;
    auto const ledger = open_at(first.path());
    ASSERT_TRUE(is_ok(ledger->commit(sample_block_0())));
    auto const copy = open_at(second.path());
    for (auto const& row : rows_of(*ledger->view_state())) {
        auto longer = row;
        longer.value.push_back(0);
        EXPECT_TRUE(is_fault(copy->fill_state(views({longer})), StoreFaultKind::damaged));
        auto elsewhere = row;
        elsewhere.key.push_back(9);
        if (row.family != StateFamily::network)
            EXPECT_TRUE(is_fault(copy->fill_state(views({elsewhere})), StoreFaultKind::damaged));
        auto keyless = row;
        keyless.key.clear();
        EXPECT_TRUE(is_fault(copy->fill_state(views({keyless})), StoreFaultKind::damaged));
        EXPECT_TRUE(is_ok(copy->fill_state(views({row}))));
    }
    // An account's state that is not the one its head commits to.
    auto account = sample_account(1, 1);
    account.head.commitment = sample_account(2, 1).head.commitment;
    OwnRow const lie{StateFamily::accounts, base::to_buffer(filled<ledger::Label>(1)),
                     encode_account(account)};
    EXPECT_TRUE(is_fault(copy->fill_state(views({lie})), StoreFaultKind::damaged));
}

} // namespace
} // namespace bulla::store
