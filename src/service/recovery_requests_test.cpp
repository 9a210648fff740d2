// Recovery by operators, from the request to the finish, with the client's own walk against the service.
// Catalogue: D14, E9, E13, H5, K5.
#include "service/recovery_requests.hpp"

#include "service/test_people.hpp"

namespace bulla::service {
namespace {

using std::chrono::hours;
constexpr std::string_view new_password = "a quiet river runs by";

class RecoveryRequestsTest : public NodeTest {
protected:
    explicit RecoveryRequestsTest(std::chrono::seconds change_delay = {})
        : NodeTest(with_delay(change_delay)) {}

    RecoveryRequests& requests() { return node.application().recovery_requests(); }
    // alice, who lets operators help.
    void sign_up_and_allow() {
        node.sign_up();
        owner.change<ledger::AllowOperatorRecovery>();
    }
    RecoveryRequestAsked ask(std::string_view name = "alice") { return requests().ask(name, here).value(); }
    RequestState state_of(RequestId const& id) { return requests().look(id).value().state; }

    Result<NewPasswordWalk::MadeRecovery, ServiceFault> try_walk(RequestId const& id) {
        auto walk = NewPasswordWalk::start(secret(new_password), randomness);
        auto const offer = TRY(requests().offer(id, walk.request(), here));
        return std::move(walk)
            .finish_recovery(offer, owner.keys(), {.username = "alice", .recovery_key = nullptr}, randomness)
            .value();
    }
    struct Made {
        RequestId id;
        NewPasswordWalk::MadeRecovery made;
        ledger::Act act;
    };
    // Asked, accepted, and the new password made.
    Made make() {
        auto const asked = ask();
        EXPECT_TRUE(requests().accept(asked.number));
        auto made = try_walk(asked.id).value();
        EXPECT_TRUE(requests().make(asked.id, made.begin));
        auto const listed = requests().list();
        auto const found = std::ranges::find(listed, asked.number, &RecoveryRequest::number);
        return {.id = asked.id, .made = std::move(made), .act = found->act().value()};
    }
    Served<RecoveryBegun> begin(RequestId const& id) {
        return node.wait(requests().begin(id, operators.audit().waiting));
    }
    Served<sequencer::Receipt> finish(Made const& request) {
        return node.wait(node.application().recovery().finish(request.made.end, here));
    }

private:
    static Settings with_delay(std::chrono::seconds delay) {
        Settings settings;
        settings.change_delay = delay;
        return settings;
    }
};

class DelayedRecoveryRequestsTest : public RecoveryRequestsTest {
protected:
    DelayedRecoveryRequestsTest() : RecoveryRequestsTest(hours{24}) {}
};

TEST_F(RecoveryRequestsTest, E13_lead_from_a_name_to_a_new_password_in_the_open) {
    sign_up_and_allow();
    auto const old = owner.sign_in();
    auto const asked = ask();
    EXPECT_EQ(state_of(asked.id), RequestState::asked);
    auto const listed = requests().list();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].number, asked.number);
    EXPECT_EQ(listed[0].label, owner.label());

    ASSERT_TRUE(requests().accept(asked.number));
    EXPECT_EQ(state_of(asked.id), RequestState::accepted);
    auto const made = try_walk(asked.id).value();
    auto const digest = requests().make(asked.id, made.begin);
    ASSERT_TRUE(digest);
    EXPECT_EQ(*digest, made.end.begin);
    EXPECT_EQ(requests().list()[0].credential(), made.credential); // both sides read the same fingerprint

    auto const proposed = operators.propose(requests().list()[0].act().value());
    ASSERT_TRUE(proposed);
    auto const begun = begin(asked.id);
    ASSERT_TRUE(begun);
    EXPECT_EQ(begun->begin, made.end.begin);
    EXPECT_EQ(begun->finish_from, begun->receipt.time + hours{72});
    EXPECT_FALSE(owner.state().recovery->key_version);
    EXPECT_EQ(requests().look(asked.id)->finish_from, begun->finish_from);
    EXPECT_TRUE(node.log_in(test_password)); // until it ends nothing is replaced

    clock.advance(hours{72} - std::chrono::milliseconds{1});
    EXPECT_EQ(node.wait(node.application().recovery().finish(made.end, here)).error().kind,
              ServiceFaultKind::conflict);
    clock.advance(std::chrono::milliseconds{1});
    ASSERT_TRUE(node.wait(node.application().recovery().finish(made.end, here)));
    EXPECT_TRUE(node.log_in(new_password));
    EXPECT_FALSE(node.log_in(test_password));
    EXPECT_FALSE(node.tokens().check_bearer(old.token));
    EXPECT_EQ(store::hash_record(owner.side_row().opaque_record), owner.state().password()->key.record);
    EXPECT_EQ(requests().look(asked.id).error().kind, ServiceFaultKind::unknown_request);
}

TEST_F(RecoveryRequestsTest, E9_answer_the_same_for_who_allows_it_who_does_not_and_who_is_nobody) {
    sign_up_and_allow();
    ASSERT_TRUE(node.try_sign_up("bob"));
    for (std::string_view const name : {"alice", "bob", "nobody", "no such name at all!", ""}) {
        auto const asked = ask(name);
        auto const seen = requests().look(asked.id);
        ASSERT_TRUE(seen) << name;
        EXPECT_EQ(seen->state, RequestState::asked) << name;
        EXPECT_EQ(seen->number, asked.number) << name;
        EXPECT_EQ(seen->ends, asked.ends) << name;
        EXPECT_EQ(requests().offer(asked.id, std::nullopt, here).error().kind, ServiceFaultKind::conflict)
            << name;
        EXPECT_EQ(requests().make(asked.id, {}).error().kind, ServiceFaultKind::conflict) << name;
        EXPECT_EQ(begin(asked.id).error().kind, ServiceFaultKind::conflict) << name;
        clock.advance(hours{24});
        EXPECT_EQ(requests().look(asked.id).error().kind, ServiceFaultKind::unknown_request) << name;
    }
    ask("bob");
    ask("nobody");
    EXPECT_TRUE(requests().list().empty());
    EXPECT_FALSE(requests().accept(number_of(ask("bob").id)));
}

TEST_F(RecoveryRequestsTest, E9_know_their_own_ids_alone) {
    sign_up_and_allow();
    auto const asked = ask();
    for (std::size_t at = 0; at < RequestId::size; ++at) {
        auto other = asked.id;
        other.writable()[at] ^= 1;
        EXPECT_EQ(requests().look(other).error().kind, ServiceFaultKind::unknown_request) << at;
    }
}

TEST_F(RecoveryRequestsTest, E9_are_limited_by_prefix_and_name_and_bounded) {
    sign_up_and_allow();
    for (int count = 0; count < 5; ++count)
        EXPECT_TRUE(requests().ask("alice", elsewhere)) << count;
    EXPECT_EQ(requests().ask("alice", elsewhere).error().kind, ServiceFaultKind::wait);
    EXPECT_EQ(requests().list().size(), asked_requests_of_name_max);

    // One more gives the oldest's place to its own, and the oldest still answers as before.
    auto const oldest = requests().list().front();
    clock.advance(std::chrono::minutes{1});
    auto const mine = ask();
    EXPECT_EQ(requests().list().size(), asked_requests_of_name_max);
    EXPECT_NE(requests().list().front().number, oldest.number);
    EXPECT_EQ(state_of(mine.id), RequestState::asked);
    EXPECT_EQ(requests().accept(oldest.number).error().kind, ServiceFaultKind::unknown_request);
    EXPECT_TRUE(requests().accept(mine.number));
    clock.advance(hours{25});
    EXPECT_TRUE(requests().list().empty());
}

// Whoever asks for the name cannot push out what an operator has accepted.
TEST_F(RecoveryRequestsTest, that_were_accepted_do_not_give_way) {
    sign_up_and_allow();
    auto const asked = ask();
    ASSERT_TRUE(requests().accept(asked.number));
    for (std::uint8_t net = 0; net < 10; ++net)
        EXPECT_TRUE(requests().ask("alice", {10, 1, net}));
    EXPECT_EQ(state_of(asked.id), RequestState::accepted);
    EXPECT_EQ(requests().list().size(), 1 + asked_requests_of_name_max);
}

TEST_F(RecoveryRequestsTest, that_were_accepted_outlive_the_process_and_others_do_not) {
    sign_up_and_allow();
    auto const asked = ask();
    auto const made = make();
    RecoveryAttempts attempts;
    RecoveryRequests later(ground, attempts);
    EXPECT_EQ(later.look(made.id)->state, RequestState::made);
    EXPECT_EQ(later.look(asked.id).error().kind, ServiceFaultKind::unknown_request);
    EXPECT_EQ(later.look(ask("nobody").id).error().kind, ServiceFaultKind::unknown_request);
    ASSERT_EQ(later.list().size(), 1U);
    EXPECT_EQ(later.list()[0].act().value(), std::get<ledger::RecoverAccount>(made.act));
    ASSERT_TRUE(later.drop(later.list()[0].number));
    EXPECT_TRUE(RecoveryRequests(ground, attempts).list().empty());
}

TEST_F(RecoveryRequestsTest, take_a_credential_that_has_signed_and_no_other) {
    sign_up_and_allow();
    auto const asked = ask();
    ASSERT_TRUE(requests().accept(asked.number));
    auto const good = try_walk(asked.id).value().begin;
    auto const try_with = [&](auto change) {
        auto made = good;
        change(made);
        auto const taken = requests().make(asked.id, std::move(made));
        return taken ? std::optional<ServiceFaultKind>() : taken.error().kind;
    };
    using enum ServiceFaultKind;
    EXPECT_EQ(try_with([](NewRecovery& made) { made.statement.back() ^= 1; }), malformed);
    EXPECT_EQ(try_with([](NewRecovery& made) { made.evidence[0].parts[0][5] ^= 1; }), malformed);
    EXPECT_EQ(try_with([](NewRecovery& made) { made.evidence[0].signer[0] ^= 1; }), malformed);
    EXPECT_EQ(try_with([](NewRecovery& made) { made.evidence.clear(); }), malformed);
    EXPECT_EQ(try_with([](NewRecovery& made) { made.opaque_record.reset(); }), malformed);
    EXPECT_EQ(try_with([](NewRecovery& made) { made.opaque_record->back() ^= 1; }), malformed);
    EXPECT_EQ(try_with([](NewRecovery&) {}), std::nullopt);
    EXPECT_EQ(try_with([](NewRecovery&) {}), conflict); // once
}

// H5: no operator can put another credential in the request's place, or begin without one.
TEST_F(RecoveryRequestsTest, H5_begin_with_their_own_credential_alone) {
    sign_up_and_allow();
    auto const request = make();
    auto swapped = std::get<ledger::RecoverAccount>(request.act);
    auto const thief = crypto::Ed25519KeyPair::generate(randomness);
    swapped.begin.credential.public_key = ledger::PublicKey(thief.public_key());
    EXPECT_EQ(operators.decide(swapped).error().kind, ServiceFaultKind::unknown_request);
    EXPECT_EQ(begin(request.id).error().kind, ServiceFaultKind::conflict);
    ASSERT_TRUE(operators.decide(request.act)); // an operator may begin it as well
    EXPECT_EQ(state_of(request.id), RequestState::begun);
}

TEST_F(RecoveryRequestsTest, D14_begin_nothing_once_the_owner_forbids_it) {
    sign_up_and_allow();
    auto const request = make();
    auto const proposed = operators.propose(request.act).value();
    owner.change<ledger::ForbidOperatorRecovery>();
    EXPECT_EQ(begin(request.id).error().kind, ServiceFaultKind::conflict); // as one that was not kept
    EXPECT_EQ(operators.apply(proposed.leaf_hash, request.act).error().kind,
              ServiceFaultKind::unknown_request);
    // Allowed again, nothing comes back.
    owner.change<ledger::AllowOperatorRecovery>();
    EXPECT_TRUE(requests().list().empty());
    EXPECT_FALSE(owner.state().recovery);
}

// The record of a new password goes with the account; on the disk too.
TEST_F(RecoveryRequestsTest, go_with_an_account_that_is_erased) {
    sign_up_and_allow();
    make();
    owner.change<ledger::Erase>();
    RecoveryAttempts attempts;
    EXPECT_TRUE(requests().of(owner.label()).empty());
    EXPECT_TRUE(RecoveryRequests(ground, attempts).of(owner.label()).empty());
}

TEST_F(RecoveryRequestsTest, D14_are_seen_by_the_owner_who_cancels_what_they_begin) {
    sign_up_and_allow();
    auto const request = make();
    ASSERT_EQ(requests().of(owner.label()).size(), 1U);
    EXPECT_TRUE(requests().of(make_label(ground.keys.vrf_key, "bob")).empty());
    ASSERT_TRUE(operators.propose(request.act));
    ASSERT_TRUE(begin(request.id));
    ASSERT_TRUE(owner.cancel_recovery(request.made.end.begin));
    EXPECT_FALSE(owner.side_row().recovering_record);
    clock.advance(hours{73});
    EXPECT_FALSE(finish(request));
    EXPECT_TRUE(node.log_in(test_password));
    EXPECT_EQ(requests().look(request.id).error().kind, ServiceFaultKind::unknown_request);
}

TEST_F(DelayedRecoveryRequestsTest, K5_wait_for_the_time_of_the_change_and_for_its_approval) {
    sign_up_and_allow();
    auto const request = make();
    EXPECT_EQ(begin(request.id).error().kind, ServiceFaultKind::conflict);
    auto const proposed = operators.propose(request.act).value();
    clock.advance(hours{24} - std::chrono::milliseconds{1});
    EXPECT_EQ(begin(request.id).error().kind, ServiceFaultKind::conflict);
    ASSERT_TRUE(operators.object(proposed.leaf_hash));
    clock.advance(hours{24});
    EXPECT_EQ(begin(request.id).error().kind, ServiceFaultKind::conflict);
    ledger::ApproveChange approve;
    approve.change = proposed.leaf_hash;
    ASSERT_TRUE(operators.submit(approve, operators.key(), operators.me()));
    EXPECT_TRUE(begin(request.id));
    // A change that was decided late is still good: the statement lives as long as it.
    clock.advance(hours{72});
    EXPECT_TRUE(finish(request));
}

TEST_F(DelayedRecoveryRequestsTest, live_as_long_as_a_proposed_change) {
    sign_up_and_allow();
    auto const request = make();
    clock.advance(hours{23});
    ASSERT_TRUE(operators.propose(request.act));
    clock.advance(ledger::change_lifetime - std::chrono::milliseconds{1});
    EXPECT_TRUE(begin(request.id));
    clock.advance(hours{72} + recovery_finish_validity - hours{1});
    EXPECT_TRUE(finish(request));
}

} // namespace
} // namespace bulla::service
