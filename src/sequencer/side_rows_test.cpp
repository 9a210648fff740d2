#include "sequencer/side_rows.hpp"

#include <gtest/gtest.h>

namespace bulla::sequencer {
namespace {

ledger::Opening const opening = ledger::Opening::from(base::ByteBuffer(32, 9));

base::ByteBuffer record(std::uint8_t byte) {
    return base::ByteBuffer(192, byte);
}
ledger::NewCredential password(std::uint8_t byte) {
    ledger::NewCredential credential;
    credential.kind = ledger::CredentialKind::password;
    credential.record = store::hash_record(record(byte));
    return credential;
}
std::optional<store::SideRow> row(std::optional<std::uint8_t> in_force,
                                  std::optional<std::uint8_t> recovering) {
    store::SideRow row{.opaque_record = std::nullopt, .opening = opening, .vrf_proof = {}};
    if (in_force)
        row.opaque_record = record(*in_force);
    if (recovering)
        row.recovering_record = record(*recovering);
    return row;
}
ledger::AccountState state(std::optional<std::uint8_t> in_force, std::optional<std::uint8_t> recovering) {
    ledger::AccountState state;
    state.opening = ledger::hash_opening(opening);
    if (in_force)
        state.credentials.push_back(
            {.id = {}, .key = password(*in_force), .added_version = {}, .added_time = {}, .ends = {}});
    if (recovering)
        state.recovery = ledger::PendingRecovery{
            .begin = {}, .credential = password(*recovering), .finish_from = {}, .key_version = {}};
    return state;
}

} // namespace

TEST(SideRows, hold_the_record_of_a_recovery_beside_the_one_in_force) {
    EXPECT_EQ(settle_side_row(row(1, {}), row(2, {}), state(1, 2)), row(1, 2));
}

TEST(SideRows, end_a_recovery_with_its_record_in_force) {
    EXPECT_EQ(settle_side_row(row(1, 2), std::nullopt, state(2, {})), row(2, {}));
}

TEST(SideRows, drop_the_record_of_a_recovery_that_is_none_any_more) {
    EXPECT_EQ(settle_side_row(row(1, 2), std::nullopt, state(1, {})), row(1, {}));
    EXPECT_EQ(settle_side_row(row(1, 2), row(3, {}), state(1, 3)), row(1, 3));
}

TEST(SideRows, drop_the_record_of_a_password_that_is_revoked_or_recovered_from_by_a_key) {
    EXPECT_EQ(settle_side_row(row(1, {}), std::nullopt, state({}, {})), row({}, {}));
}

TEST(SideRows, take_a_new_password_and_leave_a_pending_recovery_its_record) {
    EXPECT_EQ(settle_side_row(row(1, 2), row(3, {}), state(3, 2)), row(3, 2));
    EXPECT_EQ(settle_side_row(row(1, 2), row(3, 1), state(3, 2)), row(3, 2));
}

TEST(SideRows, never_keep_a_record_that_the_state_does_not_name) {
    EXPECT_EQ(settle_side_row(row(4, 5), row(6, 7), state(1, 2)), row({}, {}));
}

TEST(SideRows, of_another_registration_are_none) {
    auto other = state(1, {});
    other.opening = ledger::hash_opening(ledger::Opening::from(base::ByteBuffer(32, 8)));
    EXPECT_EQ(settle_side_row(row(1, {}), row(1, {}), other), std::nullopt);
    EXPECT_EQ(settle_side_row(std::nullopt, std::nullopt, state(1, {})), std::nullopt);
}

} // namespace bulla::sequencer
