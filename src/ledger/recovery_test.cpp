// Recoveries, suspension and the erasure of suspended accounts: what the rules allow, told as stories, and a
// slow model that agrees with them on random ones.
#include "support/test_operators.hpp"

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

StatementDigest digest_of(BeginRecovery const& statement) {
    return digest_statement(EntryKind::begin_recovery, encode(statement));
}

struct Scene {
    TestNetwork network{2};
    LedgerWorld world{network};
    TestOperators operators{world};
    TestAccount alice{network, 1};

    Scene() { accept(alice.register_entry()); }

    std::optional<Rejection> submit(Entry const& entry) {
        auto const result = world.submit(entry);
        if (!result)
            return result.error();
        alice.accepted(entry);
        return std::nullopt;
    }
    void accept(Entry const& entry) {
        auto const rejection = submit(entry);
        ASSERT_FALSE(rejection.has_value()) << name(*rejection);
    }
    // An act about alice.
    std::optional<Rejection> decide(Act const& act, std::vector<test::TestSigner> const& signers = {}) {
        auto const change = operators.agree(act);
        auto entry = operators.apply(change, act);
        if (auto const* const recover = std::get_if<RecoverAccount>(&act))
            for (auto const& signer : signers)
                entry.evidence.push_back(
                    {.signer = signer.id,
                     .parts = {base::to_buffer(signer.key.sign(digest_of(recover->begin)))}});
        return submit(entry);
    }
    std::optional<Rejection> recover_by_operators(std::uint64_t device) {
        RecoverAccount act;
        act.begin = alice.begin_statement(std::nullopt, device);
        auto const key = alice.device_key(device);
        return decide(act, {alice.signer(alice.device(device), key)});
    }
    void suspend() {
        Suspend act;
        act.label = alice.label;
        ASSERT_EQ(decide(act), std::nullopt);
    }
    void restore() {
        Restore act;
        act.label = alice.label;
        ASSERT_EQ(decide(act), std::nullopt);
    }
    AccountVersion add_recovery(std::uint64_t which = 0) {
        accept(alice.add_recovery(which));
        return alice.version;
    }
    StatementDigest begin(AccountVersion key_version, std::uint64_t device, std::uint64_t which = 0) {
        accept(alice.begin_recovery(key_version, device, which));
        return digest_of(alice.begin_statement(key_version, device));
    }
    // The next block is this much later.
    void wait(std::chrono::milliseconds time) {
        world.close_block();
        world.time += time;
    }
    void delay_recovery_by_key(std::chrono::milliseconds delay) {
        ChangePolicy act;
        act.policy = world.state.policy();
        act.policy.delays.recovery_by_key = delay;
        ASSERT_TRUE(operators.decide(act).has_value());
    }
    AccountRow const& row() const { return *world.state.find_account(alice.label); }
    AccountState const& state() const { return *row().state; }
    Entry cancel(StatementDigest const& begin) const {
        auto const key = alice.password_key();
        return alice.cancel_recovery(begin, alice.signer(alice.password(), key));
    }
};

// --- by a recovery key

TEST(Recovery, by_a_key_without_delay_begins_and_ends_in_one_block) {
    Scene scene;
    auto const version = scene.add_recovery();
    scene.accept(scene.alice.add_device(1));
    auto const epoch = scene.state().epoch;
    auto const begin = scene.begin(version, 7);
    EXPECT_EQ(scene.state().find(scene.alice.id_of(scene.alice.recovery())), nullptr);
    EXPECT_EQ(scene.state().recovery->key_version, version);
    scene.accept(scene.alice.finish_recovery(begin, 7));
    ASSERT_EQ(scene.state().credentials.size(), 1U);
    EXPECT_EQ(scene.state().credentials[0].key, scene.alice.device(7));
    EXPECT_EQ(scene.state().credentials[0].added_version, scene.alice.version);
    EXPECT_EQ(scene.state().epoch, epoch.next());
    EXPECT_FALSE(scene.state().recovery.has_value());
    EXPECT_EQ(scene.submit(scene.alice.end_sessions()), Rejection::wrong_signer); // the password has gone
}

// K5
TEST(Recovery, is_not_finished_a_millisecond_before_its_delay_has_passed) {
    Scene scene;
    scene.delay_recovery_by_key(1h);
    auto const begin = scene.begin(scene.add_recovery(), 7);
    scene.wait(1h - 1ms);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(begin, 7)), Rejection::recovery_too_early);
    scene.wait(1ms);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(begin, 7)), std::nullopt);
}

// K5
TEST(Recovery, that_is_cancelled_and_finished_in_one_block_is_what_came_first) {
    Scene cancelled_first;
    auto begin = cancelled_first.begin(cancelled_first.add_recovery(), 7);
    cancelled_first.accept(cancelled_first.cancel(begin));
    EXPECT_EQ(cancelled_first.submit(cancelled_first.alice.finish_recovery(begin, 7)),
              Rejection::unknown_recovery);
    EXPECT_NE(cancelled_first.state().password(), nullptr);

    Scene finished_first;
    begin = finished_first.begin(finished_first.add_recovery(), 7);
    finished_first.accept(finished_first.alice.finish_recovery(begin, 7));
    EXPECT_EQ(finished_first.submit(finished_first.cancel(begin)), Rejection::unknown_recovery);
}

TEST(Recovery, by_a_key_is_not_cancelled_by_what_was_added_after_the_key) {
    Scene scene;
    auto const version = scene.add_recovery();
    scene.accept(scene.alice.add_device(1));
    auto const begin = scene.begin(version, 7);
    auto const device_key = scene.alice.device_key(1);
    auto const by_device =
        scene.alice.cancel_recovery(begin, scene.alice.signer(scene.alice.device(1), device_key));
    EXPECT_EQ(scene.submit(by_device), Rejection::younger_credential);
    EXPECT_EQ(scene.submit(scene.cancel(begin)), std::nullopt);
}

TEST(Recovery, gives_way_to_an_older_key_and_not_to_a_younger_one) {
    Scene scene;
    auto const older = scene.add_recovery(1);
    auto const younger = scene.add_recovery(2);
    auto const first = scene.begin(younger, 7, 2);
    auto const second = scene.begin(older, 8, 1);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(first, 7)), Rejection::unknown_recovery);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(second, 8)), std::nullopt);

    Scene other;
    auto const old_key = other.add_recovery(1);
    auto const young_key = other.add_recovery(2);
    other.begin(old_key, 8, 1);
    EXPECT_EQ(other.submit(other.alice.begin_recovery(young_key, 7, 2)), Rejection::recovery_pending);
}

TEST(RecoveryKey, that_is_revoked_recovers_for_72_hours_and_then_no_more) {
    for (bool const is_late : {false, true}) {
        Scene scene;
        auto const version = scene.add_recovery();
        auto const id = scene.alice.id_of(scene.alice.recovery());
        scene.accept(scene.alice.entry(RevokeCredential{{scene.alice.asks()}, id}));
        EXPECT_EQ(scene.state().find(id)->ends, test::world_time + 72h);
        EXPECT_EQ(scene.submit(scene.alice.entry(RevokeCredential{{scene.alice.asks()}, id})),
                  Rejection::already_revoked);
        scene.wait(is_late ? 72h : 72h - 1ms);
        EXPECT_EQ(scene.submit(scene.alice.begin_recovery(version, 7)),
                  is_late ? std::optional(Rejection::unknown_recovery_key) : std::nullopt);
        // The next entry of the account drops it.
        EXPECT_EQ(scene.state().find(id) != nullptr, is_late);
        scene.accept(scene.alice.end_sessions());
        EXPECT_EQ(scene.state().find(id), nullptr);
    }
}

// K2
TEST(RecoveryKey, signs_nothing_but_the_begin_of_a_recovery) {
    Scene scene;
    scene.add_recovery();
    auto const key = scene.alice.recovery_key();
    auto const signer = scene.alice.signer(scene.alice.recovery(), key);
    EXPECT_EQ(scene.submit(test::make_entry(EndSessions{{scene.alice.asks()}}, {signer})),
              Rejection::wrong_signer);
    EXPECT_EQ(scene.submit(test::make_entry(Erase{{scene.alice.asks()}}, {signer})), Rejection::wrong_signer);
    EXPECT_EQ(scene.state().active_count(), 1U);
}

// K2
TEST(Recovery, statement_is_submitted_again_when_another_entry_came_first) {
    Scene scene;
    auto const version = scene.add_recovery();
    auto entry = scene.alice.begin_recovery(version, 7);
    scene.accept(scene.alice.end_sessions());
    EXPECT_EQ(scene.submit(entry), Rejection::stale_version);
    entry.link = scene.alice.link();
    EXPECT_EQ(scene.submit(entry), std::nullopt);
    entry.link = scene.alice.link();
    EXPECT_EQ(scene.submit(entry), Rejection::unknown_recovery_key); // the key is used up
}

TEST(Recovery, to_a_password_needs_admissions_and_may_name_an_earlier_generation) {
    Scene scene;
    auto const version = scene.add_recovery();
    auto statement = scene.alice.begin_statement(version, 0);
    statement.credential = scene.alice.password(9);
    auto const digest = digest_of(statement);
    auto const key = scene.alice.recovery_key();
    auto const new_key = scene.alice.password_key(9);
    std::vector<test::TestSigner> const signers = {scene.alice.signer(scene.alice.recovery(), key),
                                                   scene.alice.signer(statement.credential, new_key)};
    scene.accept(scene.alice.end_sessions());
    auto entry = scene.alice.linked(statement, signers);
    EXPECT_EQ(scene.submit(entry), Rejection::wrong_admissions);
    entry.admissions = scene.network.admit(digest, test::world_time + 30s);
    EXPECT_EQ(scene.submit(entry), std::nullopt);
    auto finish = scene.alice.linked(FinishRecovery{{scene.alice.recovery_asks()}, digest},
                                     {scene.alice.signer(statement.credential, new_key)});
    EXPECT_EQ(scene.submit(finish), std::nullopt);
    EXPECT_EQ(scene.state().password()->key.generation, statement.credential.generation);
}

TEST(Recovery, entries_are_not_counted) {
    Scene scene;
    auto const version = scene.add_recovery();
    while (scene.state().window.count < counted_entries_max)
        scene.accept(scene.alice.end_sessions());
    EXPECT_EQ(scene.submit(scene.alice.end_sessions()), Rejection::too_many_entries);
    auto const begin = scene.begin(version, 7);
    scene.accept(scene.cancel(begin));
    scene.suspend();
    scene.restore();
    EXPECT_EQ(scene.state().window.count, counted_entries_max);
}

// --- by operators

TEST(Recovery, by_operators_needs_the_accounts_leave_and_72_hours) {
    Scene scene;
    EXPECT_EQ(scene.recover_by_operators(7), Rejection::operator_recovery_forbidden);
    scene.accept(scene.alice.entry(AllowOperatorRecovery{{scene.alice.asks()}}));
    ASSERT_EQ(scene.recover_by_operators(7), std::nullopt);
    auto const begin = digest_of(scene.alice.begin_statement(std::nullopt, 7));
    scene.wait(72h - 1ms);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(begin, 7)), Rejection::recovery_too_early);
    scene.wait(1ms);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(begin, 7)), std::nullopt);
}

TEST(Recovery, by_operators_is_cancelled_by_any_active_credential_and_by_the_accounts_ban) {
    Scene scene;
    scene.accept(scene.alice.entry(AllowOperatorRecovery{{scene.alice.asks()}}));
    ASSERT_EQ(scene.recover_by_operators(7), std::nullopt);
    EXPECT_EQ(scene.recover_by_operators(8), Rejection::recovery_pending);
    scene.accept(scene.alice.add_device(1)); // younger than all of it
    auto const key = scene.alice.device_key(1);
    auto const begin = digest_of(scene.alice.begin_statement(std::nullopt, 7));
    scene.accept(scene.alice.cancel_recovery(begin, scene.alice.signer(scene.alice.device(1), key)));
    ASSERT_EQ(scene.recover_by_operators(8), std::nullopt);
    scene.accept(scene.alice.entry(ForbidOperatorRecovery{{scene.alice.asks()}}));
    EXPECT_FALSE(scene.state().recovery.has_value());
    EXPECT_EQ(scene.recover_by_operators(9), Rejection::operator_recovery_forbidden);
}

TEST(Recovery, by_operators_gives_way_to_a_recovery_key) {
    Scene scene;
    auto const version = scene.add_recovery();
    scene.accept(scene.alice.entry(AllowOperatorRecovery{{scene.alice.asks()}}));
    ASSERT_EQ(scene.recover_by_operators(7), std::nullopt);
    auto const begin = scene.begin(version, 8);
    EXPECT_EQ(scene.recover_by_operators(9), Rejection::recovery_pending);
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(begin, 8)), std::nullopt);
}

// K6
TEST(Recovery, by_operators_is_none_without_the_new_credentials_own_signature) {
    Scene scene;
    scene.accept(scene.alice.entry(AllowOperatorRecovery{{scene.alice.asks()}}));
    RecoverAccount act;
    act.begin = scene.alice.begin_statement(std::nullopt, 7);
    EXPECT_EQ(scene.decide(act), Rejection::wrong_evidence_count);
    auto const other = scene.alice.device_key(8);
    EXPECT_EQ(scene.decide(act, {scene.alice.signer(scene.alice.device(7), other)}),
              Rejection::wrong_evidence);
    EXPECT_EQ(scene.decide(act, {scene.alice.signer(scene.alice.device(8), other)}), Rejection::wrong_signer);
}

// --- suspension

TEST(Suspension, stops_operators_and_no_entry_of_the_account) {
    Scene scene;
    scene.accept(scene.alice.entry(AllowOperatorRecovery{{scene.alice.asks()}}));
    ASSERT_EQ(scene.recover_by_operators(7), std::nullopt);
    scene.suspend();
    EXPECT_EQ(scene.row().head.status, AccountStatus::suspended);
    EXPECT_FALSE(scene.state().recovery.has_value());
    EXPECT_EQ(scene.recover_by_operators(8), Rejection::account_suspended);
    scene.accept(scene.alice.add_device(1));
    scene.accept(scene.alice.end_sessions());
    EXPECT_EQ(scene.row().head.status, AccountStatus::suspended);
    Suspend again;
    again.label = scene.alice.label;
    EXPECT_EQ(scene.decide(again), Rejection::account_suspended);
    scene.restore();
    EXPECT_EQ(scene.row().head.status, AccountStatus::active);
    Restore once_more;
    once_more.label = scene.alice.label;
    EXPECT_EQ(scene.decide(once_more), Rejection::not_suspended);
}

TEST(Suspension, lets_a_recovery_by_key_go_on) {
    Scene scene;
    auto const begin = scene.begin(scene.add_recovery(), 7);
    scene.suspend();
    EXPECT_EQ(scene.submit(scene.alice.finish_recovery(begin, 7)), std::nullopt);
    EXPECT_EQ(scene.row().head.status, AccountStatus::suspended);
}

// K8
TEST(Suspension, closes_the_name_of_an_account_that_is_erased_under_it_until_it_is_restored) {
    Scene scene;
    scene.suspend();
    scene.accept(scene.alice.erase());
    EXPECT_EQ(scene.row().head.status, AccountStatus::erased_closed);
    EXPECT_EQ(scene.submit(scene.alice.register_entry(3)), Rejection::name_closed);
    Suspend suspend;
    suspend.label = scene.alice.label;
    EXPECT_EQ(scene.decide(suspend), Rejection::account_erased);
    scene.restore();
    EXPECT_EQ(scene.row().head.status, AccountStatus::erased);
    EXPECT_TRUE(scene.row().head.commitment.is_zero());
    EXPECT_EQ(scene.submit(scene.alice.register_entry(3)), std::nullopt);
    EXPECT_EQ(scene.row().head.status, AccountStatus::active);
}

// --- the slow model: everything that ever happened is kept, and each question walks through it

struct ModelKey {
    std::uint64_t which = 0;
    std::uint64_t version = 0;
    std::optional<base::Timestamp> ends = std::nullopt;
    bool is_used = false;
};
struct ModelRecovery {
    std::uint64_t device = 0;
    std::optional<std::uint64_t> key_version;
    base::Timestamp finish_from;
};

struct Model {
    std::vector<ModelKey> keys;
    std::optional<ModelRecovery> pending;
    bool is_allowed = false;
    bool is_suspended = false;
    std::optional<std::uint64_t> holder; // the device that has recovered; none: the password

    ModelKey* usable(std::size_t place, base::Timestamp time) {
        if (place >= keys.size() || keys[place].is_used || (keys[place].ends && *keys[place].ends <= time))
            return nullptr;
        return &keys[place];
    }
};

enum class Step : std::uint8_t {
    add_key,
    revoke_key,
    begin_by_key,
    begin_by_operators,
    finish,
    cancel,
    allow,
    forbid,
    suspend,
    restore,
    wait
};
constexpr int step_count = 11;
constexpr std::chrono::milliseconds delay_by_key = 10h;

// Runs one step in both; whether they agree on accepting it.
class Duel {
public:
    Duel() { scene_.delay_recovery_by_key(delay_by_key); }

    bool agrees(Step step, std::size_t choice) {
        auto const time = scene_.world.time;
        auto& alice = scene_.alice;
        auto const next = alice.version.number() + 1;
        switch (step) {
        case Step::add_key: {
            auto const which = model_.keys.size();
            if (which >= 12)
                return true;
            auto const new_key = alice.recovery_key(which);
            auto const accepted =
                submit(test::make_entry(AddCredential{{alice.asks()}, alice.recovery(which)},
                                        {holder(), alice.signer(alice.recovery(which), new_key)}));
            model_.keys.push_back({.which = which, .version = next});
            return accepted;
        }
        case Step::revoke_key: {
            auto* const key = model_.usable(choice, time);
            auto const which = choice < model_.keys.size() ? model_.keys[choice].which : 99;
            auto const accepted = submit(test::make_entry(
                RevokeCredential{{alice.asks()}, alice.id_of(alice.recovery(which))}, {holder()}));
            bool const expected = key != nullptr && !key->ends;
            if (expected)
                key->ends = time + 72h;
            return accepted == expected;
        }
        case Step::begin_by_key: {
            auto* const key = model_.usable(choice, time);
            auto const device = fresh_device();
            auto const which =
                choice < model_.keys.size() ? model_.keys[choice] : ModelKey{.which = 99, .version = 1};
            auto const accepted =
                submit(alice.begin_recovery(AccountVersion{which.version}, device, which.which));
            bool const expected = key != nullptr && (!model_.pending || !model_.pending->key_version ||
                                                     *model_.pending->key_version > key->version);
            if (expected) {
                key->is_used = true;
                model_.pending = {device, key->version, time + delay_by_key};
            }
            return accepted == expected;
        }
        case Step::begin_by_operators: {
            auto const device = fresh_device();
            bool const expected = model_.is_allowed && !model_.is_suspended && !model_.pending;
            bool const accepted = !scene_.recover_by_operators(device);
            if (expected)
                model_.pending = {device, std::nullopt, time + 72h};
            return accepted == expected;
        }
        case Step::finish: {
            auto const device = model_.pending ? model_.pending->device : 50;
            bool const expected = model_.pending && model_.pending->finish_from <= time;
            bool const accepted = submit(alice.finish_recovery(pending_digest(), device));
            if (expected) {
                model_.keys.clear();
                for (std::uint64_t which = 0; which < 12; ++which) // numbers do not return
                    model_.keys.push_back({.which = 99, .version = 1, .is_used = true});
                model_.holder = device;
                model_.pending.reset();
            }
            return accepted == expected;
        }
        case Step::cancel: {
            // The holder of a recovered account is younger than every key it has had, and has none.
            bool const accepted = submit(alice.cancel_recovery(pending_digest(), holder()));
            bool const expected = model_.pending.has_value();
            model_.pending.reset();
            return accepted == expected;
        }
        case Step::allow:
            model_.is_allowed = true;
            return submit(test::make_entry(AllowOperatorRecovery{{alice.asks()}}, {holder()}));
        case Step::forbid:
            model_.is_allowed = false;
            if (model_.pending && !model_.pending->key_version)
                model_.pending.reset();
            return submit(test::make_entry(ForbidOperatorRecovery{{alice.asks()}}, {holder()}));
        case Step::suspend: {
            Suspend act;
            act.label = alice.label;
            bool const accepted = !scene_.decide(act);
            bool const expected = !std::exchange(model_.is_suspended, true);
            if (expected && model_.pending && !model_.pending->key_version)
                model_.pending.reset();
            return accepted == expected;
        }
        case Step::restore: {
            Restore act;
            act.label = alice.label;
            bool const accepted = !scene_.decide(act);
            return accepted == std::exchange(model_.is_suspended, false);
        }
        case Step::wait: {
            scene_.wait(choice * 8h);
            return true;
        }
        }
        CHECK_UNREACHABLE();
    }
    // What the state must show of the model.
    bool is_as_modelled() const {
        auto const& state = scene_.state();
        auto const status = model_.is_suspended ? AccountStatus::suspended : AccountStatus::active;
        return state.recovery.has_value() == model_.pending.has_value() &&
               state.operator_recovery == model_.is_allowed && scene_.row().head.status == status &&
               state.active_count() == 1 && (state.password() == nullptr) == model_.holder.has_value() &&
               decode<AccountState>(encode(state)).has_value() &&
               scene_.row().head.commitment == commit(state);
    }

private:
    bool submit(Entry const& entry) { return !scene_.submit(entry); }
    std::uint64_t fresh_device() { return ++device_number_; }
    test::TestSigner holder() {
        auto const& alice = scene_.alice;
        if (!model_.holder) {
            holder_key_.emplace(alice.password_key());
            return alice.signer(alice.password(), *holder_key_);
        }
        holder_key_.emplace(alice.device_key(*model_.holder));
        return alice.signer(alice.device(*model_.holder), *holder_key_);
    }
    StatementDigest pending_digest() const {
        return scene_.state().recovery ? scene_.state().recovery->begin : StatementDigest{};
    }

    Scene scene_;
    Model model_;
    std::uint64_t device_number_ = 100;
    std::optional<crypto::Ed25519KeyPair> holder_key_;
};

RC_GTEST_PROP(Recovery, is_what_the_slow_model_says_after_any_steps, ()) {
    auto const steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, step_count), rc::gen::inRange(0, 4)));
    Duel duel;
    for (auto const& [step, choice] : steps) {
        RC_ASSERT(duel.agrees(static_cast<Step>(step), static_cast<std::size_t>(choice)));
        RC_ASSERT(duel.is_as_modelled());
    }
}

} // namespace
} // namespace bulla::ledger
