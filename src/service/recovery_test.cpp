// Recovery by code, with the client's own walk against the service. Catalogue: E13, K5.
#include "service/recovery.hpp"

#include "credential/recovery_code.hpp"
#include "service/test_people.hpp"

namespace bulla::service {
namespace {

using credential::RecoveryCode;
using std::chrono::hours;
constexpr std::string_view new_password = "a quiet river runs by";

Settings with_delay(std::chrono::seconds delay) {
    Settings settings;
    settings.recovery_delay = delay;
    return settings;
}

class RecoveryTest : public NodeTest {
protected:
    explicit RecoveryTest(std::chrono::seconds delay = {}) : NodeTest(with_delay(delay)) {}

    Recovery& recovery() { return node.application().recovery(); }

    RecoveryCode add_code() {
        auto const by = owner.sign_in();
        auto code = RecoveryCode::generate(randomness);
        auto const key = code.derive_key(ground.network);
        ledger::AddCredential statement;
        statement.asks = next_entry(by.parameters, ground.network);
        statement.credential.kind = ledger::CredentialKind::recovery_key;
        statement.credential.public_key = ledger::PublicKey(key.public_key());
        auto const id = credential::credential_id(credential::CredentialOwner::from(statement.asks.label),
                                                  statement.credential.kind, statement.credential.public_key);
        EXPECT_TRUE(
            owner.change(by, statement, {make_evidence(statement.kind, ledger::encode(statement), id, key)}));
        return code;
    }

    RecoveryProof prove(RecoveryChallengeOffer const& asked, crypto::Ed25519KeyPair const& key,
                        std::optional<base::ByteBuffer> request) {
        return {.id = asked.id,
                .public_key = key.public_key(),
                .signature = key.sign(recovery_proof_message(asked.network, asked.challenge)),
                .registration_request = std::move(request)};
    }
    Served<RecoveryOffer> try_prove(std::string_view name, crypto::Ed25519KeyPair const& key) {
        return recovery().prove(prove(recovery().ask(name, here).value(), key, std::nullopt), here);
    }

    struct Walked {
        PendingId id;
        NewPasswordWalk::MadeRecovery made;
    };
    Walked walk(RecoveryCode const& code, std::string_view password = new_password) {
        auto const key = code.derive_key(ground.network);
        auto walk = NewPasswordWalk::start(secret(password), randomness);
        auto const offer =
            recovery().prove(prove(recovery().ask("alice", here).value(), key, walk.request()), here).value();
        return {.id = offer.id,
                .made = std::move(walk)
                            .finish_recovery(offer, owner.keys(), {.username = "alice", .recovery_key = &key},
                                             randomness)
                            .value()};
    }
    Served<RecoveryBegun> begin(Walked const& walked) {
        return node.wait(recovery().begin(walked.id, walked.made.begin));
    }
    Served<sequencer::Receipt> finish(Walked const& walked) {
        return node.wait(recovery().finish(walked.made.end, here));
    }
};

class DelayedRecoveryTest : public RecoveryTest {
protected:
    DelayedRecoveryTest() : RecoveryTest(hours{72}) {}
};

TEST_F(RecoveryTest, E13_brings_a_new_password_by_a_code_and_by_no_code_twice) {
    node.sign_up();
    auto const code = add_code();
    auto const old = owner.sign_in();
    auto const walked = walk(code);
    auto const begun = begin(walked);
    ASSERT_TRUE(begun);
    EXPECT_EQ(begun->finish_from, begun->receipt.time);
    ASSERT_TRUE(finish(walked));

    EXPECT_TRUE(node.log_in(new_password));
    EXPECT_FALSE(node.log_in(test_password));
    EXPECT_EQ(owner.state().credentials.size(), 1U); // recovery keys went too
    EXPECT_FALSE(owner.side_row().recovering_record);
    EXPECT_EQ(store::hash_record(owner.side_row().opaque_record), owner.state().password()->key.record);
    EXPECT_FALSE(node.tokens().check_bearer(old.token));

    EXPECT_EQ(try_prove("alice", code.derive_key(ground.network)).error().kind,
              ServiceFaultKind::login_refused);
    EXPECT_FALSE(finish(walked)); // replayed
}

TEST_F(RecoveryTest, E13_tells_a_name_without_this_key_and_one_that_is_not_there_the_same) {
    node.sign_up();
    auto const code = add_code();
    auto const stranger = RecoveryCode::generate(randomness);
    for (std::string_view const name : {"alice", "nobody", "no such name at all!", ""})
        EXPECT_EQ(try_prove(name, stranger.derive_key(ground.network)).error().kind,
                  ServiceFaultKind::login_refused)
            << name;
    EXPECT_EQ(try_prove("nobody", code.derive_key(ground.network)).error().kind,
              ServiceFaultKind::login_refused);
}

// The ledger shows recovery keys to everybody; who only knows one is nobody.
TEST_F(RecoveryTest, E13_wants_a_signature_over_its_own_challenge_once) {
    node.sign_up();
    auto const key = add_code().derive_key(ground.network);
    auto const first = recovery().ask("alice", here).value();
    auto const second = recovery().ask("alice", here).value();
    auto crossed = prove(first, key, std::nullopt);
    crossed.id = second.id;
    EXPECT_FALSE(recovery().prove(crossed, here));
    auto forged = prove(first, RecoveryCode::generate(randomness).derive_key(ground.network), std::nullopt);
    forged.public_key = key.public_key();
    EXPECT_FALSE(recovery().prove(forged, here));

    auto const third = recovery().ask("alice", elsewhere).value();
    auto const good = prove(third, key, std::nullopt);
    EXPECT_TRUE(recovery().prove(good, here));
    EXPECT_FALSE(recovery().prove(good, here));
    auto const late = prove(recovery().ask("alice", elsewhere).value(), key, std::nullopt);
    clock.advance(std::chrono::minutes{6});
    EXPECT_FALSE(recovery().prove(late, here));
}

TEST_F(RecoveryTest, E9_has_limits_by_prefix_and_name_that_a_stranger_uses_up_for_itself_alone) {
    for (int count = 0; count < 5; ++count)
        EXPECT_TRUE(recovery().ask("alice", elsewhere)) << count;
    auto const refused = recovery().ask("alice", elsewhere);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ServiceFaultKind::wait);
    EXPECT_GT(refused.error().retry_after->count(), 0);
    EXPECT_TRUE(recovery().ask("alice", here));
    for (int count = 5; count < 20; ++count)
        EXPECT_TRUE(recovery().ask("name" + std::to_string(count), elsewhere)) << count;
    EXPECT_FALSE(recovery().ask("name", elsewhere));
    clock.advance(std::chrono::minutes{61});
    EXPECT_TRUE(recovery().ask("alice", elsewhere));
}

TEST_F(RecoveryTest, takes_what_it_offered_and_nothing_else) {
    node.sign_up();
    auto const code = add_code();
    auto const begin_with = [&](auto change) {
        auto walked = walk(code);
        change(walked.made.begin);
        auto const begun = begin(walked);
        return begun ? std::optional<ServiceFaultKind>() : begun.error().kind;
    };
    EXPECT_EQ(begin_with([](NewRecovery& made) { made.opaque_record.reset(); }), ServiceFaultKind::malformed);
    EXPECT_EQ(begin_with([](NewRecovery& made) { made.opaque_record->back() ^= 1; }),
              ServiceFaultKind::malformed);
    EXPECT_EQ(begin_with([](NewRecovery& made) { made.statement.back() ^= 1; }), ServiceFaultKind::malformed);
    EXPECT_EQ(begin_with([](NewRecovery& made) { std::swap(made.evidence[0], made.evidence[1]); }),
              ServiceFaultKind::refused);
    EXPECT_FALSE(owner.state().recovery);
}

TEST_F(DelayedRecoveryTest, K5_cannot_end_before_its_time_and_the_old_password_works_until_then) {
    node.sign_up();
    auto const walked = walk(add_code());
    auto const begun = begin(walked);
    ASSERT_TRUE(begun);
    EXPECT_EQ(begun->finish_from, begun->receipt.time + hours{72});
    EXPECT_EQ(store::hash_record(owner.side_row().recovering_record),
              owner.state().recovery->credential.record);
    clock.advance(hours{72} - std::chrono::milliseconds{1});
    EXPECT_EQ(finish(walked).error().kind, ServiceFaultKind::conflict);
    EXPECT_TRUE(node.log_in(test_password));
    clock.advance(std::chrono::milliseconds{1});
    EXPECT_TRUE(finish(walked));
    EXPECT_TRUE(node.log_in(new_password));
}

TEST_F(DelayedRecoveryTest, is_cancelled_by_the_password_that_is_older_than_the_code) {
    node.sign_up();
    auto const walked = walk(add_code());
    ASSERT_TRUE(begin(walked));
    ASSERT_TRUE(owner.cancel_recovery(walked.made.end.begin));
    EXPECT_FALSE(owner.state().recovery);
    EXPECT_FALSE(owner.side_row().recovering_record);
    clock.advance(hours{73});
    EXPECT_FALSE(finish(walked));
    EXPECT_TRUE(node.log_in(test_password));
}

// The link is filled in again: entries of the account's owner do not hold a recovery up.
TEST_F(DelayedRecoveryTest, goes_on_after_other_entries_of_the_account) {
    node.sign_up();
    auto const code = add_code();
    auto const walked = walk(code);
    add_code();
    ASSERT_TRUE(begin(walked));
    add_code();
    clock.advance(hours{72});
    EXPECT_TRUE(finish(walked));
}

TEST_F(DelayedRecoveryTest, gives_way_to_one_by_an_older_code_alone) {
    node.sign_up();
    auto const older = add_code();
    auto const younger = add_code();
    auto const first = walk(younger);
    ASSERT_TRUE(begin(first));
    auto const second = walk(older, "another quiet river");
    ASSERT_TRUE(begin(second));
    EXPECT_EQ(owner.state().recovery->begin, second.made.end.begin);
    EXPECT_EQ(store::hash_record(owner.side_row().recovering_record),
              owner.state().recovery->credential.record);
    clock.advance(hours{72});
    EXPECT_FALSE(finish(first));
    EXPECT_TRUE(finish(second));
    EXPECT_TRUE(node.log_in("another quiet river"));
}

} // namespace
} // namespace bulla::service
