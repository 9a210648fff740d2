// What `ledger show` says about the entries of recoveries, operators and nodes.
#include "cli/statement_text.hpp"

#include "base/encoding.hpp"
#include "cli/entry_text.hpp"
#include "support/test_operators.hpp"

#include <gtest/gtest.h>

namespace bulla::cli {
namespace {

std::string words_of(ledger::Entry const& entry) {
    return statement_words(*ledger::decode_entry(ledger::encode(entry)));
}

TEST(StatementWords, say_who_asks_and_for_what) {
    test::TestNetwork const network(2);
    test::LedgerWorld world(network);
    test::TestOperators const operators(world);
    test::TestAccount const alice(network, 1);
    auto const label = base::to_base64url(alice.label);
    auto const person = base::to_base64url(operators.node().operators[0].id);
    ledger::Suspend suspend;
    suspend.label = alice.label;
    EXPECT_EQ(words_of(operators.propose(suspend)), "operator " + person + " sequence 1, suspend " + label);
    EXPECT_EQ(words_of(operators.apply({}, suspend)), "suspend " + label);
    auto const change = base::to_base64url(ledger::LeafHash{});
    EXPECT_EQ(words_of(operators.approve({})), "operator " + person + " sequence 1, change " + change);
    EXPECT_EQ(words_of(alice.begin_recovery(ledger::AccountVersion{2}, 7)), label + " version 1");
    ledger::AddNode node;
    node.node = test::test_node(5);
    node.first_operator = test::test_operator(5);
    EXPECT_EQ(words_of(operators.apply({}, node)), "add_node " + base::to_base64url(node.node.node.id));
    EXPECT_EQ(label_of(ledger::encode(operators.apply({}, suspend))), alice.label);
    EXPECT_EQ(label_of(ledger::encode(operators.propose(suspend))), std::nullopt);
}

} // namespace
} // namespace bulla::cli
