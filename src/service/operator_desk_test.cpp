// Operators who sign in and decide, at one node. Catalogue: H5, H6, H9.
#include "service/operator_desk.hpp"

#include "service/network_founding.hpp"
#include "service/test_people.hpp"
#include "support/test_operators.hpp"

namespace bulla::service {
namespace {

using ledger::EntryKind;

Settings with_delay(std::chrono::seconds delay) {
    Settings settings;
    settings.change_delay = delay;
    return settings;
}

class OperatorDeskTest : public NodeTest {
protected:
    explicit OperatorDeskTest(std::chrono::seconds delay = {}) : NodeTest(with_delay(delay)) {}

    OperatorDesk& desk() { return node.application().operator_desk(); }
    crypto::Ed25519KeyPair const& key() { return operators.key(); }
    ledger::Node const& node_row() { return operators.node_row(); }
    OperatorPrincipal me() { return operators.me(); }

    OperatorLogin answer(OperatorLoginOffer const& offer, crypto::Ed25519KeyPair const& by,
                         std::string const& origin = "cli") {
        auto statement = ledger::encode(
            OperatorLoginStatement{.network = ground.network,
                                   .challenge = offer.challenge,
                                   .origin = origin,
                                   .checkpoint = {.size = offer.head->size, .root = offer.head->root},
                                   .not_after = offer.time + std::chrono::seconds{60}});
        auto const digest = credential::statement_digest(operator_login_domain, statement);
        return {.id = offer.id,
                .statement = std::move(statement),
                .parts = {base::to_buffer(by.sign(digest))},
                .credential = std::nullopt};
    }
    Served<OperatorToken> sign_in(crypto::Ed25519KeyPair const& by) {
        return desk().finish(answer(desk().begin("cli", here).value(), by));
    }
    ledger::GrantOperator grant(crypto::Ed25519KeyPair const& person) {
        ledger::GrantOperator act;
        act.node = node_row().id;
        act.person = {.kind = ledger::CredentialKind::device_key,
                      .public_key = ledger::PublicKey(person.public_key())};
        return act;
    }
    ledger::Label alice() { return owner.label(); }
    ledger::Suspend suspend() {
        ledger::Suspend act;
        act.label = alice();
        return act;
    }
    OperatorAudit::View audit() { return operators.audit(); }
};

class DelayedOperatorDeskTest : public OperatorDeskTest {
protected:
    DelayedOperatorDeskTest() : OperatorDeskTest(std::chrono::hours{24}) {}
};

TEST_F(OperatorDeskTest, lets_an_operator_in_for_a_quarter_of_an_hour) {
    auto const token = sign_in(key());
    ASSERT_TRUE(token);
    EXPECT_EQ(token->who.node, ground.node);
    EXPECT_EQ(desk().check(token->access_token)->person.id, node_row().operators[0].id);
    clock.advance(std::chrono::minutes{15} - std::chrono::milliseconds{1});
    EXPECT_TRUE(desk().check(token->access_token));
    clock.advance(std::chrono::milliseconds{1});
    EXPECT_FALSE(desk().check(token->access_token));
}

TEST_F(OperatorDeskTest, lets_nobody_else_in) {
    EXPECT_EQ(sign_in(ground.keys.node_key).error().kind, ServiceFaultKind::login_refused);
    EXPECT_EQ(sign_in(crypto::Ed25519KeyPair::generate(randomness)).error().kind,
              ServiceFaultKind::login_refused);
    EXPECT_FALSE(desk().begin("https://elsewhere.example", here));
    node.sign_up();
    for (auto const& token : {node.token(), std::string(), std::string(43, 'A'), std::string("AA")})
        EXPECT_FALSE(desk().check(token)) << token;
}

TEST_F(OperatorDeskTest, takes_each_challenge_once_in_time_and_from_where_it_was_asked) {
    auto const offer = desk().begin("cli", here).value();
    auto const good = answer(offer, key());
    EXPECT_TRUE(desk().finish(good));
    EXPECT_FALSE(desk().finish(good));

    auto const first = desk().begin("cli", here).value();
    auto crossed = answer(first, key());
    crossed.id = desk().begin("cli", here).value().id;
    EXPECT_FALSE(desk().finish(crossed));
    EXPECT_FALSE(desk().finish(answer(desk().begin("cli", here).value(), key(), "http://localhost:8080")));
    auto const late = answer(desk().begin("cli", here).value(), key());
    clock.advance(std::chrono::seconds{61});
    EXPECT_FALSE(desk().finish(late));
}

TEST_F(OperatorDeskTest, suspends_and_restores_and_the_ledger_tells_who_did_it) {
    node.sign_up();
    auto const done = operators.decide(suspend());
    ASSERT_TRUE(done);
    EXPECT_FALSE(node.log_in(test_password));
    ledger::Restore restore;
    restore.label = alice();
    ASSERT_TRUE(operators.decide(restore));
    EXPECT_TRUE(node.log_in(test_password));

    // H9: each change has its entries, and the proposal names its operator.
    auto const deeds = audit().deeds;
    ASSERT_EQ(deeds.size(), 4U);
    EXPECT_EQ(deeds[3].kind, EntryKind::propose_change);
    EXPECT_EQ(deeds[3].person, node_row().operators[0].id);
    EXPECT_EQ(deeds[2].kind, EntryKind::apply_change);
    EXPECT_EQ(deeds[2].change, deeds[3].change);
    EXPECT_EQ(deeds[2].index, done->index);
    EXPECT_EQ(deeds[2].time, done->time);
    EXPECT_TRUE(audit().waiting.empty());
}

TEST_F(OperatorDeskTest, ends_the_token_of_who_is_no_operator_any_more) {
    auto const person = crypto::Ed25519KeyPair::generate(randomness);
    ASSERT_TRUE(operators.decide(grant(person)));
    auto const token = sign_in(person).value();
    EXPECT_TRUE(desk().check(token.access_token));
    ledger::RevokeOperator revoke;
    revoke.node = node_row().id;
    revoke.person = token.who.person.id;
    ASSERT_TRUE(operators.decide(revoke));
    EXPECT_FALSE(desk().check(token.access_token));
    EXPECT_FALSE(sign_in(person));
}

TEST_F(OperatorDeskTest, H6_never_leaves_a_node_without_an_operator) {
    ledger::RevokeOperator revoke;
    revoke.node = node_row().id;
    revoke.person = node_row().operators[0].id;
    EXPECT_EQ(operators.decide(revoke).error().rejection, ledger::Rejection::last_operator);
    EXPECT_EQ(node_row().operators.size(), 1U);
}

TEST_F(OperatorDeskTest, H5_takes_nothing_but_what_operators_decide_and_only_from_themselves) {
    node.sign_up();
    auto const who = me();
    for (auto const kind : {EntryKind::add_credential, EntryKind::replace_credential, EntryKind::erase,
                            EntryKind::begin_recovery, EntryKind::finish_recovery, EntryKind::end_sessions})
        EXPECT_FALSE(node.wait(desk().submit(who, {.kind = kind, .statement = {}, .evidence = {}})));
    // Somebody else's statement under one's own token; and a recovery that nobody has asked for.
    auto const person = crypto::Ed25519KeyPair::generate(randomness);
    ASSERT_TRUE(operators.decide(grant(person)));
    auto const other = sign_in(person).value().who;
    ledger::ProposeChange statement;
    statement.act = ledger::encode_act(suspend());
    statement.asks = {.network = ground.network,
                      .signer = other.person.id,
                      .sequence = other.person.sequence.next(),
                      .not_after = ground.entry_time() + entry_validity};
    auto bytes = ledger::encode(statement);
    auto evidence = make_evidence(statement.kind, bytes, other.person.id, person);
    EXPECT_EQ(
        node.wait(desk().submit(me(), {.kind = statement.kind, .statement = bytes, .evidence = {evidence}}))
            .error()
            .kind,
        ServiceFaultKind::malformed);
    ledger::RecoverAccount recover;
    recover.begin.asks = {.network = ground.network,
                          .label = alice(),
                          .not_after = ground.entry_time() + std::chrono::hours{1}};
    recover.begin.credential = {.kind = ledger::CredentialKind::device_key,
                                .public_key = ledger::PublicKey(person.public_key())};
    EXPECT_EQ(operators.decide(recover).error().kind, ServiceFaultKind::unknown_request); // nobody asked
}

// Of a node that runs elsewhere.
ledger::AddNode addition(std::uint64_t number) {
    ledger::AddNode act;
    act.node = bulla::test::test_node(number);
    act.first_operator = bulla::test::test_operator(number);
    return act;
}

TEST_F(OperatorDeskTest, has_a_new_list_of_nodes_signed_by_the_nodes) {
    ASSERT_TRUE(operators.decide(addition(1)));
    EXPECT_EQ(ground.head()->nodes->nodes.size(), 2U);
    EXPECT_EQ(ground.head()->nodes->number, 2U);
    // Of two nodes both must sign, and the other one is not reached.
    auto const proposed = operators.propose(addition(2)).value();
    EXPECT_EQ(operators.apply(proposed.leaf_hash, addition(2)).error().rejection,
              ledger::Rejection::no_quorum);
}

TEST_F(OperatorDeskTest, signs_one_list_of_a_number_as_long_as_its_change_can_come) {
    ListSigning signing(ground, nullptr);
    auto const gather = [&](ledger::LeafHash const& change, ledger::Act const& act) {
        ledger::ApplyChange statement;
        statement.change = change;
        statement.act = ledger::encode_act(act);
        return node.wait(signing.gather(statement));
    };
    auto const first = operators.propose(addition(1)).value().leaf_hash;
    auto const second = operators.propose(addition(2)).value().leaf_hash;
    EXPECT_EQ(gather(first, addition(1)).value().size(), 1U);
    EXPECT_EQ(gather(first, addition(1)).value().size(), 1U);
    EXPECT_EQ(gather(second, addition(2)).error().kind, ServiceFaultKind::busy);
    EXPECT_TRUE(gather(first, addition(2)).value().empty()); // not what was proposed
    EXPECT_TRUE(gather(first, suspend()).value().empty());
    ASSERT_TRUE(operators.object(first));
    EXPECT_TRUE(gather(first, addition(1)).value().empty());
    EXPECT_EQ(gather(second, addition(2)).value().size(), 1U);
}

TEST_F(DelayedOperatorDeskTest, signs_no_list_before_the_delay_is_over) {
    auto const proposed = operators.propose(addition(1)).value();
    EXPECT_EQ(operators.apply(proposed.leaf_hash, addition(1)).error().rejection,
              ledger::Rejection::change_too_early);
    clock.advance(std::chrono::hours{24});
    EXPECT_TRUE(operators.apply(proposed.leaf_hash, addition(1)));
}

TEST_F(OperatorDeskTest, a_start_takes_the_keys_that_the_list_names_by_now) {
    auto const& keys = ground.keys.directory;
    auto const list = make_node_list(*ground.head()->nodes);
    auto const card = plan_rotation({*list.find(ground.node)}, keys, {"cosigner"}, randomness).value();
    auto const open_copy = [&](std::string const& name) {
        auto const copy = directory.path() / name;
        std::filesystem::copy(directory.path() / "data", copy, std::filesystem::copy_options::recursive);
        Settings settings;
        settings.data = copy;
        return open_data(settings, clock, randomness).value().keys.cosigner_key.public_key();
    };
    EXPECT_NE(card.node.node.cosigner_key, ground.keys.cosigner_key.public_key());
    EXPECT_EQ(open_copy("before"), ground.keys.cosigner_key.public_key());
    ledger::RotateNodeKey rotate;
    rotate.node = card.node;
    ASSERT_TRUE(operators.decide(rotate));
    EXPECT_EQ(open_copy("after"), card.node.node.cosigner_key);
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "after" / "keys" / "cosigner.next"));
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "data" / "keys" / "cosigner.next"));
}

TEST_F(DelayedOperatorDeskTest, shows_a_change_until_its_time_has_come) {
    node.sign_up();
    auto const proposed = operators.propose(suspend());
    ASSERT_TRUE(proposed);
    EXPECT_EQ(operators.apply(proposed->leaf_hash, suspend()).error().kind, ServiceFaultKind::conflict);
    auto const waiting = audit().waiting;
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].change, proposed->leaf_hash);
    EXPECT_EQ(waiting[0].act_bytes, ledger::encode_act(suspend()));
    EXPECT_EQ(waiting[0].row.approvals.size(), 1U);
    clock.advance(std::chrono::hours{24});
    EXPECT_TRUE(operators.apply(proposed->leaf_hash, suspend()));
    EXPECT_TRUE(audit().waiting.empty());
}

TEST_F(DelayedOperatorDeskTest, drops_a_change_that_was_objected_to_when_its_life_is_over) {
    node.sign_up();
    auto const proposed = operators.propose(suspend()).value();
    ASSERT_TRUE(operators.object(proposed.leaf_hash));
    EXPECT_TRUE(audit().waiting.at(0).row.approvals.empty());
    clock.advance(std::chrono::hours{24});
    EXPECT_EQ(operators.apply(proposed.leaf_hash, suspend()).error().rejection, ledger::Rejection::no_quorum);
    clock.advance(ledger::change_lifetime);
    EXPECT_TRUE(audit().waiting.empty());
}

} // namespace
} // namespace bulla::service
