// The rows that find an account by its id, and its credentials' names: they come and go with the row beside
// it.
#include "store/rocks_owners.hpp"

#include "base/encoding.hpp"
#include "store/sample_rows.hpp"
#include "support/temporary_directory.hpp"

#include <fstream>

namespace bulla::store {
namespace {

using ledger::Label;

class Owners : public testing::Test {
protected:
    Owners() { reopen(OpenMode::create); }
    void reopen(OpenMode mode) {
        ledger.reset();
        ledger = LedgerDatabase::open(directory.path(), mode).value();
    }
    // An account whose state commits to the row's opening, registered by version 1.
    static ledger::AccountRow account_with(SideRow const& row) {
        auto account = sample_account(1, 1);
        account.state->opening = ledger::hash_opening(row.opening);
        account.head.commitment = ledger::commit(*account.state);
        return account;
    }
    static ledger::AccountId id_of(Label const& label, SideRow const& row) {
        auto const network = ledger::make_network_id(merkle::hash_leaf(sample_block_0().entries[0]));
        return ledger::make_account_id(network, label, ledger::AccountVersion{1}, row.opening);
    }
    void register_account() {
        auto block = sample_block_0();
        block.side_writes = {{label, row}};
        block.accounts = {{label, account_with(row)}};
        ASSERT_TRUE(is_ok(ledger->commit(block)));
    }
    void commit_next(SideWrite const& write, ledger::AccountRow const& account) {
        auto block = sample_block(1);
        block.side_writes = {write};
        block.accounts = {{label, account}};
        ASSERT_TRUE(is_ok(ledger->commit(block)));
    }
    std::optional<Label> found() { return ledger->find_label(id_of(label, row)).value(); }
    bool any_file_contains(base::ByteView bytes) {
        return std::ranges::any_of(std::filesystem::recursive_directory_iterator(directory.path()),
                                   [&](std::filesystem::directory_entry const& file) {
                                       std::ifstream in(file.path(), std::ios::binary);
                                       std::string const text(std::istreambuf_iterator<char>(in), {});
                                       return text.contains(base::as_text(bytes));
                                   });
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<LedgerDatabase> ledger;
    Label label = filled<Label>(1);
    SideRow row = sample_side_row(9);
};

TEST_F(Owners, are_found_by_their_id_after_a_restart_too) {
    EXPECT_EQ(found(), std::nullopt);
    register_account();
    EXPECT_EQ(found(), label);
    reopen(OpenMode::existing);
    EXPECT_EQ(found(), label);
    EXPECT_EQ(ledger->find_label(filled<ledger::AccountId>(7)).value(), std::nullopt);
}

TEST_F(Owners, are_not_found_by_a_row_that_the_account_does_not_name) {
    auto block = sample_block_0();
    block.side_writes = {{label, row}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(found(), std::nullopt);
}

TEST_F(Owners, stay_found_when_the_record_is_replaced) {
    register_account();
    auto other = row;
    other.opaque_record = base::ByteBuffer(192, 77);
    commit_next({label, other}, account_with(row));
    EXPECT_EQ(found(), label);
    (void)ledger->erase_now().value();
    EXPECT_EQ(found(), label);
}

TEST_F(Owners, are_found_when_the_row_is_brought_later) {
    auto block = sample_block_0();
    block.side_writes = {};
    block.accounts = {{label, account_with(row)}};
    ASSERT_TRUE(is_ok(ledger->commit(block)));
    EXPECT_EQ(found(), std::nullopt);
    ASSERT_TRUE(is_ok(ledger->mend_side_row({label, row})));
    EXPECT_EQ(found(), label);
}

// G28
TEST_F(Owners, leave_no_byte_of_id_and_names_when_they_are_erased) {
    register_account();
    auto const credential = filled<ledger::CredentialId>(3);
    ASSERT_TRUE(is_ok(ledger->name_credential({label, credential, "key-on-the-red-ring"})));
    EXPECT_EQ(ledger->load_names(label).value(), (CredentialNames{{credential, "key-on-the-red-ring"}}));
    reopen(OpenMode::existing); // now it is in a table
    auto const link = base::concat(base::as_bytes("account"), id_of(label, row));
    ASSERT_TRUE(any_file_contains(base::as_bytes("key-on-the-red-ring")));
    ASSERT_TRUE(any_file_contains(link));

    commit_next({label, std::nullopt}, sample_tombstone(1));
    EXPECT_EQ(found(), std::nullopt);
    EXPECT_TRUE(ledger->load_names(label).value().empty());
    EXPECT_EQ(ledger->erase_now().value(), 1U);
    EXPECT_EQ(ledger->erase_now().value(), 0U);
    EXPECT_FALSE(any_file_contains(base::as_bytes("key-on-the-red-ring")));
    EXPECT_FALSE(any_file_contains(link));
}

TEST_F(Owners, names_of_an_erased_account_are_not_taken) {
    register_account();
    commit_next({label, std::nullopt}, sample_tombstone(1));
    ASSERT_TRUE(is_ok(ledger->name_credential({label, filled<ledger::CredentialId>(3), "late"})));
    EXPECT_TRUE(ledger->load_names(label).value().empty());
}

TEST_F(Owners, names_are_replaced_and_taken_back_each_alone) {
    register_account();
    auto const first = filled<ledger::CredentialId>(3), second = filled<ledger::CredentialId>(4);
    auto const name = [&](ledger::CredentialId const& id, std::optional<std::string> text) {
        ASSERT_TRUE(is_ok(ledger->name_credential({label, id, std::move(text)})));
    };
    name(first, "one");
    name(second, "two");
    name(first, "uno");
    EXPECT_EQ(ledger->load_names(label).value(), (CredentialNames{{first, "uno"}, {second, "two"}}));
    EXPECT_TRUE(ledger->load_names(filled<Label>(2)).value().empty());
    name(first, std::nullopt);
    EXPECT_EQ(ledger->load_names(label).value(), (CredentialNames{{second, "two"}}));
}

} // namespace
} // namespace bulla::store
