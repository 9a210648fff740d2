#include "service/promises.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using std::chrono::seconds;

base::Timestamp at(int second) {
    return base::from_unix_milliseconds(1'000'000'000'000) + seconds{second};
}
Promises::Promise promise(std::uint8_t byte, int ends) {
    return {.digest = ledger::StatementDigest::from(base::ByteBuffer(32, byte)),
            .version = ledger::AccountVersion{1},
            .ends = at(ends)};
}

struct PromisesTest : testing::Test {
    Promises promises;
    ledger::Label name = ledger::Label::from(base::ByteBuffer(32, 7));
    ledger::AccountVersion absent, present{1};
};
using Outcome = Promises::Outcome;

TEST_F(PromisesTest, bind_a_name_to_one_statement_until_their_end) {
    EXPECT_EQ(promises.make(name, promise(1, 90), absent, at(0)), Outcome::promised);
    EXPECT_EQ(promises.make(name, promise(2, 90), absent, at(90)), Outcome::to_another);
    EXPECT_EQ(promises.make(name, promise(1, 180), absent, at(90)), Outcome::promised); // asked again
    EXPECT_EQ(promises.make(name, promise(2, 270), absent, at(180)), Outcome::to_another);
    EXPECT_EQ(promises.make(name, promise(2, 270), absent, at(181)), Outcome::promised);
}

TEST_F(PromisesTest, end_when_the_account_has_gone_on) {
    EXPECT_EQ(promises.make(name, promise(1, 90), absent, at(0)), Outcome::promised);
    EXPECT_EQ(promises.make(name, promise(2, 90), present, at(1)), Outcome::promised);
}

TEST_F(PromisesTest, of_one_name_do_not_bind_another) {
    EXPECT_EQ(promises.make(name, promise(1, 90), absent, at(0)), Outcome::promised);
    auto const other = ledger::Label::from(base::ByteBuffer(32, 8));
    EXPECT_EQ(promises.make(other, promise(2, 90), absent, at(0)), Outcome::promised);
}

TEST_F(PromisesTest, are_withdrawn_by_who_asked_for_them_alone) {
    auto const one = ledger::NodeId::from(base::ByteBuffer(32, 1));
    auto const two = ledger::NodeId::from(base::ByteBuffer(32, 2));
    auto made = promise(1, 90);
    made.asker = one;
    EXPECT_EQ(promises.make(name, made, absent, at(0)), Outcome::promised);
    EXPECT_FALSE(promises.withdraw(name, made.digest, two));
    EXPECT_FALSE(promises.withdraw(name, promise(2, 90).digest, one));
    EXPECT_EQ(promises.make(name, promise(2, 90), absent, at(1)), Outcome::to_another);
    EXPECT_TRUE(promises.withdraw(name, made.digest, one));
    EXPECT_FALSE(promises.withdraw(name, made.digest, one));
    EXPECT_EQ(promises.make(name, promise(2, 90), absent, at(1)), Outcome::promised);
}

} // namespace
} // namespace bulla::service
