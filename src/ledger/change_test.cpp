// Operators and nodes: clients, roles, votes, and every act that a quorum can decide.
#include "support/test_operators.hpp"
#include "token/jwk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::ledger {
namespace {

using namespace std::chrono_literals;
using test::LedgerWorld;
using test::TestAccount;
using test::TestNetwork;
using test::TestOperators;

using Verdict = std::optional<Rejection>;

struct Scene {
    explicit Scene(std::size_t nodes) : network(nodes) {}

    TestNetwork network;
    LedgerWorld world{network};
    TestOperators operators{world};

    Verdict submit(Entry const& entry) {
        auto const result = world.submit(entry);
        return result ? std::nullopt : Verdict(result.error());
    }
    Verdict decide(Act const& act) {
        auto const result = operators.decide(act);
        return result ? std::nullopt : Verdict(result.error());
    }
    void wait(std::chrono::milliseconds time) {
        world.close_block();
        world.time += time;
    }
    NodesRow const& nodes() const { return world.state.nodes(); }
    PolicyRow const& policy() const { return world.state.policy(); }
    ChangePolicy policy_change() const {
        ChangePolicy act;
        act.policy = policy();
        return act;
    }
    void delay_changes(std::chrono::milliseconds delay) {
        auto act = policy_change();
        act.policy.delays.change = delay;
        ASSERT_EQ(decide(act), std::nullopt);
    }
};

LeafHash leaf_of(Entry const& entry) {
    return merkle::hash_leaf(encode(entry));
}

GrantOperator grant(NodeId const& node, std::uint64_t number) {
    GrantOperator act;
    act.node = node;
    act.person = test::test_operator(number);
    return act;
}

AddNode add_node(std::uint64_t number) {
    AddNode act;
    act.node = test::test_node(number);
    act.first_operator = test::test_operator(number);
    return act;
}

// --- clients and roles

TEST(Client, is_registered_changed_and_removed_by_an_operator_of_its_node) {
    Scene scene(2);
    RegisterClient wanted;
    wanted.client = test::test_bytes<ClientId>("client");
    wanted.row = {.node = scene.operators.node(0).id, .metadata = {1, 2, 3}};
    ASSERT_EQ(scene.submit(scene.operators.entry(wanted)), std::nullopt);
    auto const name = NetworkRowName::client(wanted.client);
    EXPECT_EQ(scene.world.state.rows().at(name), encode(wanted.row));
    UpdateClient changed;
    changed.client = wanted.client;
    changed.row = {.node = wanted.row.node, .metadata = {4}};
    ASSERT_EQ(scene.submit(scene.operators.entry(changed)), std::nullopt);
    EXPECT_EQ(scene.world.state.rows().at(name), encode(changed.row));
    auto const root = scene.world.state.network_root();
    RemoveClient removed;
    removed.client = wanted.client;
    ASSERT_EQ(scene.submit(scene.operators.entry(removed)), std::nullopt);
    EXPECT_FALSE(scene.world.state.rows().contains(name));
    EXPECT_NE(scene.world.state.network_root(), root);
}

TEST(Role, is_of_the_account_that_was_registered_then) {
    Scene scene(1);
    TestAccount alice(scene.network, 1);
    auto const accept = [&](Entry const& entry) {
        ASSERT_EQ(scene.submit(entry), std::nullopt);
        alice.accepted(entry);
    };
    accept(alice.register_entry());
    RegisterClient client;
    client.row.node = scene.operators.node().id;
    ASSERT_EQ(scene.submit(scene.operators.entry(client)), std::nullopt);
    GrantRole grant;
    grant.label = alice.label;
    grant.registered = AccountVersion{1};
    grant.role = "editor";
    ASSERT_EQ(scene.submit(scene.operators.entry(grant)), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.entry(grant)), Rejection::role_known);
    accept(alice.erase());
    accept(alice.register_entry(1));
    EXPECT_EQ(scene.submit(scene.operators.entry(grant)), Rejection::stale_version);
    grant.registered = AccountVersion{3};
    EXPECT_EQ(scene.submit(scene.operators.entry(grant)), std::nullopt);
    RevokeRole revoke;
    revoke.label = alice.label;
    revoke.registered = AccountVersion{1};
    revoke.role = "editor";
    EXPECT_EQ(scene.submit(scene.operators.entry(revoke)), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.entry(revoke)), Rejection::unknown_role);
}

// K6
TEST(Operator, signs_nothing_that_needs_a_credential_of_the_account) {
    Scene scene(1);
    TestAccount alice(scene.network, 1);
    ASSERT_EQ(scene.submit(alice.register_entry()), std::nullopt);
    alice.accepted(alice.register_entry());
    auto const key = test::test_key("operator");
    test::TestSigner const person{base::to_buffer(scene.operators.node().operators[0].id), key};
    auto const asks = alice.asks();
    std::vector const entries = {
        test::make_entry(EndSessions{{asks}}, {person}),
        test::make_entry(Erase{{asks}}, {person}),
        test::make_entry(AllowOperatorRecovery{{asks}}, {person}),
        test::make_entry(RevokeCredential{{asks}, alice.id_of(alice.recovery())}, {person}),
        test::make_entry(AddCredential{{asks}, alice.device()}, {person, person}),
        alice.linked(alice.begin_statement(AccountVersion{1}, 7), {person, person}),
        alice.linked(FinishRecovery{{alice.recovery_asks()}, {}}, {person}),
        alice.linked(CancelRecovery{{alice.recovery_asks()}, {}}, {person})};
    for (auto const& entry : entries)
        EXPECT_TRUE(scene.submit(entry).has_value()) << static_cast<int>(entry.kind);
}

// --- votes

// K5
TEST(Quorum, counts_a_node_once_however_many_of_its_operators_approve) {
    Scene scene(4);
    for (std::uint64_t number = 10; number < 13; ++number)
        ASSERT_EQ(scene.decide(grant(scene.nodes().nodes[0].id, number)), std::nullopt);
    auto const act = scene.policy_change();
    auto const proposed = scene.operators.propose(act);
    auto const change = leaf_of(proposed);
    ASSERT_EQ(scene.submit(proposed), std::nullopt);
    for (std::size_t person = 1; person < 4; ++person) { // three more of the same node
        ApproveChange vote;
        vote.change = change;
        auto const& row = scene.nodes().nodes[0].operators[person];
        vote.asks = {.network = scene.network.id,
                     .signer = row.id,
                     .sequence = row.sequence.next(),
                     .not_after = test::world_time + 1h};
        auto const key = test::test_key("operator", 9 + person);
        ASSERT_EQ(scene.submit(test::make_entry(vote, {{base::to_buffer(row.id), key}})), std::nullopt);
    }
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), Rejection::no_quorum);
    ASSERT_EQ(scene.submit(scene.operators.approve(change, 1)), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), Rejection::no_quorum);
    ASSERT_EQ(scene.submit(scene.operators.approve(change, 2)), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), std::nullopt);
}

TEST(Quorum, counts_no_operator_who_is_none_any_more) {
    Scene scene(2);
    auto const act = scene.policy_change();
    auto const change = scene.operators.agree(act);
    auto const& node = scene.nodes().nodes[1];
    RevokeOperator revoke;
    revoke.node = node.id;
    revoke.person = node.operators[0].id;
    revoke.successor = test::test_operator(10);
    ASSERT_EQ(scene.decide(revoke), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), Rejection::no_quorum);
    ASSERT_EQ(scene.submit(scene.operators.approve(change, 1)), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), std::nullopt);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), Rejection::unknown_change); // once
}

// K2
TEST(Operator, who_comes_back_brings_none_of_its_old_statements_back) {
    Scene scene(1);
    auto const node = scene.nodes().nodes[0].id;
    ASSERT_EQ(scene.decide(grant(node, 10)), std::nullopt);
    RevokeOperator away;
    away.node = node;
    away.person = test::operator_id(node, test::test_operator(0));
    auto const old = scene.operators.propose(scene.policy_change());
    ASSERT_EQ(scene.submit(old), std::nullopt);
    ASSERT_EQ(scene.decide(away), std::nullopt);
    EXPECT_EQ(scene.submit(old), Rejection::unknown_operator);
    ASSERT_EQ(scene.decide(grant(node, 0)), std::nullopt);
    EXPECT_EQ(scene.submit(old), Rejection::wrong_sequence);
    auto const& back = scene.nodes().nodes[0].operators.back();
    EXPECT_EQ(back.id, away.person);
    EXPECT_GT(back.sequence.number(), 5U); // the index of the entry that brought it
}

// The change's votes as the law reads: a node's vote is the last one by any of its operators.
RC_GTEST_PROP(Quorum, is_counted_as_the_slow_model_counts, ()) {
    auto const size = *rc::gen::inRange<std::size_t>(1, 8);
    auto const votes = *rc::gen::container<std::vector<std::pair<std::size_t, bool>>>(
        rc::gen::pair(rc::gen::inRange<std::size_t>(0, size), rc::gen::arbitrary<bool>()));
    Scene scene(size);
    auto const act = scene.policy_change();
    auto const proposed = scene.operators.propose(act);
    auto const change = leaf_of(proposed);
    RC_ASSERT(!scene.submit(proposed));
    std::vector<std::pair<std::size_t, bool>> history = {{0, true}};
    for (auto const& [node, approves] : votes) {
        auto const vote =
            approves ? scene.operators.approve(change, node) : scene.operators.object(change, node);
        RC_ASSERT(!scene.submit(vote));
        history.emplace_back(node, approves);
    }
    std::size_t approving = 0;
    for (std::size_t node = 0; node < size; ++node) {
        bool last = false;
        for (auto const& [who, approves] : history)
            last = who == node ? approves : last;
        approving += last ? 1 : 0;
    }
    auto const verdict = scene.submit(scene.operators.apply(change, act));
    RC_ASSERT(verdict == (3 * approving > 2 * size ? std::nullopt : Verdict(Rejection::no_quorum)));
}

// --- delays and lifetimes

TEST(Change, waits_for_the_policys_delay_and_lives_thirty_days) {
    Scene scene(1);
    scene.delay_changes(2h);
    auto const act = grant(scene.nodes().nodes[0].id, 10);
    auto const change = scene.operators.agree(act);
    scene.wait(2h - 1ms);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), Rejection::change_too_early);
    scene.wait(1ms);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, act)), std::nullopt);

    auto const late = scene.operators.agree(grant(scene.nodes().nodes[0].id, 11));
    scene.wait(change_lifetime - 1ms);
    EXPECT_EQ(scene.submit(scene.operators.approve(late)), std::nullopt);
    scene.wait(1ms);
    EXPECT_EQ(scene.submit(scene.operators.approve(late)), Rejection::change_expired);
    EXPECT_EQ(scene.submit(scene.operators.apply(late, grant(scene.nodes().nodes[0].id, 11))),
              Rejection::change_expired);
}

TEST(Change, of_a_delay_to_a_shorter_one_waits_for_the_old_one) {
    Scene scene(1);
    auto longer = scene.policy_change();
    longer.policy.delays.recovery_by_key = 48h;
    ASSERT_EQ(scene.decide(longer), std::nullopt);
    auto shorter = scene.policy_change();
    shorter.policy.delays.recovery_by_key = 1h;
    auto const change = scene.operators.agree(shorter);
    scene.wait(48h - 1ms);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, shorter)), Rejection::change_too_early);
    scene.wait(1ms);
    EXPECT_EQ(scene.submit(scene.operators.apply(change, shorter)), std::nullopt);
}

TEST(Policy, is_changed_but_for_its_rp_id_and_its_keysets) {
    Scene scene(1);
    auto act = scene.policy_change();
    act.policy.origins.emplace_back("https://second.example");
    act.policy.upgrade = PendingUpgrade{.rules_version = 2, .height = 1000};
    ASSERT_EQ(scene.decide(act), std::nullopt);
    EXPECT_EQ(scene.policy(), act.policy);
    act.policy.keysets[0].threshold = 2;
    EXPECT_EQ(scene.decide(act), Rejection::unsound_policy);
}

TEST(Keyset, is_added_with_the_next_number_and_asked_for_from_then_on) {
    Scene scene(1);
    ChangeKeyset act;
    act.keyset = scene.policy().keysets.back();
    EXPECT_EQ(scene.decide(act), Rejection::unsound_keyset);
    act.keyset.number = 2;
    ASSERT_EQ(scene.decide(act), std::nullopt);
    EXPECT_EQ(scene.policy().keysets.size(), 2U);
    EXPECT_EQ(scene.submit(TestAccount(scene.network, 1).register_entry()), Rejection::unknown_keyset);
}

// --- the list of nodes

TEST(Nodes, are_added_with_an_operator_and_count_from_then_on) {
    Scene scene(1);
    for (std::uint64_t number = 1; number <= 3; ++number)
        ASSERT_EQ(scene.decide(add_node(number)), std::nullopt) << number;
    EXPECT_EQ(scene.nodes().number, 4U);
    EXPECT_EQ(scene.nodes().nodes.size(), 4U);
    EXPECT_EQ(scene.nodes().quorum(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(scene.nodes().nodes, {}, &Node::id));
    EXPECT_EQ(scene.decide(add_node(2)), Rejection::node_known);
    // A registration now needs three of them.
    EXPECT_EQ(scene.submit(TestAccount(scene.network, 1).register_entry()), Rejection::wrong_admissions);
}

TEST(Nodes, are_removed_with_their_signing_keys) {
    Scene scene(3);
    auto const place = std::size_t{1};
    auto const key = test::test_key("signing");
    PublishSigningKey publish{
        {scene.network.asks(1, place)}, SigningAlgorithm::eddsa, base::to_buffer(key.public_key())};
    auto const kid = token::make_key_id(key.public_key());
    ASSERT_EQ(
        scene.submit(test::make_entry(publish, {scene.network.signer(place), {base::to_buffer(kid), key}})),
        std::nullopt);
    RemoveNode act;
    act.node = scene.nodes().nodes[place].id;
    EXPECT_EQ(scene.decide(act), Rejection::wrong_kids);
    act.kids = {kid};
    scene.wait(1h);
    ASSERT_EQ(scene.decide(act), std::nullopt);
    EXPECT_EQ(scene.nodes().find(act.node), nullptr);
    EXPECT_EQ(scene.nodes().number, 2U);
    EXPECT_EQ(scene.world.state.find_signing_key(kid)->ends, test::world_time + 1h);
}

TEST(Nodes, change_their_keys_and_keep_their_id_operators_and_sequence) {
    Scene scene(2);
    auto const before = scene.nodes().nodes[0];
    RotateNodeKey act;
    act.node = test::test_node(9);
    act.node.node.id = before.id;
    act.node.node.https_address = "https://node.example";
    ASSERT_EQ(scene.decide(act), std::nullopt);
    auto const& after = scene.nodes().nodes[0];
    EXPECT_EQ(after.id, before.id);
    EXPECT_EQ(after.node_key, act.node.node.node_key);
    EXPECT_EQ(after.https_address, act.node.node.https_address);
    EXPECT_EQ(after.operators.size(), 1U);
    RemoveNode impossible;
    impossible.node = test::test_node(9).node.id;
    EXPECT_EQ(scene.decide(impossible), Rejection::unknown_node);
}

TEST(Nodes, replace_log_key_and_origin_together) {
    Scene scene(2);
    ChangeLog act;
    act.log_key = test::test_key("log", 2).public_key();
    act.origin = "second.example/log";
    ASSERT_EQ(scene.decide(act), std::nullopt);
    EXPECT_EQ(scene.nodes().log_key, act.log_key);
    EXPECT_EQ(scene.nodes().origin, act.origin);
    EXPECT_EQ(scene.nodes().number, 2U);
}

TEST(SigningKey, is_retired_by_a_quorum_when_its_node_does_not) {
    Scene scene(2);
    auto const key = test::test_key("signing");
    PublishSigningKey publish{
        {scene.network.asks(1, 1)}, SigningAlgorithm::eddsa, base::to_buffer(key.public_key())};
    auto const kid = token::make_key_id(key.public_key());
    ASSERT_EQ(scene.submit(test::make_entry(publish, {scene.network.signer(1), {base::to_buffer(kid), key}})),
              std::nullopt);
    RetireKey act;
    act.kid = kid;
    act.compromised = true;
    ASSERT_EQ(scene.decide(act), std::nullopt);
    EXPECT_EQ(scene.world.state.find_signing_key(kid)->ends, test::world_time);
    EXPECT_EQ(scene.nodes().nodes[1].signing_keys[0].ends, test::world_time);
    EXPECT_EQ(scene.decide(act), Rejection::retirement_not_shorter);
}

TEST(Issuance, is_signed_by_its_node_in_sequence) {
    Scene scene(1);
    Issuance const wanted{{scene.network.asks(1)}, 3, test::test_bytes<Sha256Digest>("root")};
    auto const entry = test::make_entry(wanted, {scene.network.signer()});
    EXPECT_EQ(scene.submit(entry), std::nullopt);
    EXPECT_EQ(scene.submit(entry), Rejection::wrong_sequence);
}

// --- formats

TEST(Act, decodes_to_what_was_encoded_and_to_nothing_when_cut) {
    Scene scene(2);
    std::vector<Act> const acts = {Suspend{},      Restore{},          RecoverAccount{},      add_node(7),
                                   RemoveNode{},   RotateNodeKey{},    scene.policy_change(), ChangeLog{},
                                   ChangeKeyset{}, grant(NodeId{}, 3), RevokeOperator{},      RetireKey{}};
    EXPECT_EQ(acts.size(), std::variant_size_v<Act>);
    for (auto const& act : acts) {
        auto const bytes = encode_act(act);
        EXPECT_EQ(decode_act(bytes), act);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_EQ(decode_act(base::ByteView(bytes).first(size)), std::nullopt);
        auto longer = bytes;
        longer.push_back(0);
        EXPECT_EQ(decode_act(longer), std::nullopt);
    }
    RecoverAccount by_key;
    by_key.begin.key_version = AccountVersion{1};
    EXPECT_EQ(decode_act(encode(by_key)), std::nullopt);
}

// G17
TEST(Execute, refuses_an_entry_of_operators_with_any_byte_changed_or_cut) {
    Scene scene(2);
    Act const act = add_node(5);
    auto const expect_refused = [&](Entry const& entry) {
        auto const bytes = encode(entry);
        for (std::size_t place = 0; place < bytes.size(); ++place) {
            auto changed = bytes;
            changed[place] ^= 0x01;
            ASSERT_FALSE(scene.world.submit(changed).has_value()) << place;
            ASSERT_FALSE(scene.world.submit(base::ByteView(bytes).first(place)).has_value()) << place;
        }
        ASSERT_TRUE(scene.world.submit(bytes).has_value());
        ASSERT_FALSE(scene.world.submit(bytes).has_value()); // G16: nor twice
    };
    auto const proposed = scene.operators.propose(act);
    expect_refused(proposed);
    expect_refused(scene.operators.approve(leaf_of(proposed), 1));
    expect_refused(scene.operators.apply(leaf_of(proposed), act));
}

// --- the walk of a verifier

struct Walk {
    Scene scene{1};
    NodeList start = make_node_list(scene.nodes());
    std::vector<base::ByteBuffer> entries;

    void take(Act const& act) {
        auto const change = scene.operators.agree(act);
        auto const entry = scene.operators.apply(change, act);
        ASSERT_EQ(scene.submit(entry), std::nullopt);
        entries.push_back(encode(entry));
    }
    Walk() {
        for (std::uint64_t number = 1; number <= 4; ++number)
            take(add_node(number));
        RotateNodeKey rotate;
        rotate.node = test::test_node(9);
        rotate.node.node.id = scene.nodes().nodes[2].id;
        take(rotate);
        ChangeLog log;
        log.log_key = test::test_key("log", 2).public_key();
        log.origin = "second.example/log";
        take(log);
        RemoveNode remove;
        remove.node = scene.nodes().nodes[0].id;
        take(remove);
    }
};

TEST(NodeListWalk, ends_at_the_list_in_force) {
    Walk const walk;
    auto const end = walk_node_lists(walk.start, walk.entries);
    ASSERT_TRUE(end.has_value());
    EXPECT_EQ(*end, make_node_list(walk.scene.nodes()));
    EXPECT_EQ(end->number, 8U);
    EXPECT_EQ(walk_node_lists(walk.start, {}), walk.start);
}

TEST(NodeListWalk, stops_at_a_step_left_out_or_taken_twice_or_not_signed) {
    Walk const walk;
    using Fault = WalkFault;
    for (std::size_t place = 0; place + 1 < walk.entries.size(); ++place) {
        auto changed = walk.entries;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(place));
        auto const end = walk_node_lists(walk.start, changed);
        ASSERT_FALSE(end.has_value()) << place;
        EXPECT_EQ(end.error().position, place);
        auto twice = walk.entries;
        twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(place), twice[place]);
        EXPECT_FALSE(walk_node_lists(walk.start, twice).has_value()) << place;
    }
    auto unsigned_entry = decode_entry(walk.entries[4])->entry;
    unsigned_entry.evidence.pop_back();
    auto changed = walk.entries;
    changed[4] = encode(unsigned_entry);
    EXPECT_EQ(walk_node_lists(walk.start, changed).error(),
              (Fault{.position = 4, .reason = WalkReason::unsigned_list}));
    changed[4] = encode(walk.scene.operators.propose(walk.scene.policy_change()));
    EXPECT_EQ(walk_node_lists(walk.start, changed).error(),
              (Fault{.position = 4, .reason = WalkReason::not_a_change}));
    for (std::size_t place = 0; place < walk.entries[4].size(); ++place) {
        changed = walk.entries;
        changed[4][place] ^= 1;
        auto const end = walk_node_lists(walk.start, changed);
        // What is not of the list, network and name of the change, is the ledger's business.
        EXPECT_TRUE(!end || *end == make_node_list(walk.scene.nodes())) << place;
    }
}

} // namespace
} // namespace bulla::ledger
