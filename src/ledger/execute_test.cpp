// Laws of execute(): it is a function, a refused entry changes nothing, nothing is accepted twice.
#include "ledger/node_rules.hpp"
#include "support/ledger_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::ledger {
namespace {

using test::LedgerWorld;
using test::TestAccount;
using test::TestNetwork;

// --- what one account may do, and the plain model of it
// -------------------------------------------------------

enum class Deed : std::uint8_t {
    register_name,
    add_device,
    revoke_device,
    revoke_password,
    replace,
    end,
    erase,
    allow,
    add_recovery,
    begin,
    finish,
    cancel
};
constexpr std::size_t deed_count = 12;
constexpr std::uint64_t successor = 5; // the device key that recoveries bring

// Each credential by the version that added it; 0: the account has none such.
struct ModelAccount {
    std::uint64_t version = 0;
    bool registered = false;
    std::uint64_t password = 0; // its number
    std::uint64_t password_version = 0;
    std::uint64_t device_version = 0;
    std::uint64_t successor_version = 0;
    std::uint64_t recovery_version = 0;
    std::uint64_t pending = 0; // the version that added the key of a pending recovery
    std::uint64_t epoch = 0;
    bool operator_recovery = false;

    std::uint64_t active_count() const {
        return std::uint64_t{password_version > 0} + (device_version > 0) + (successor_version > 0);
    }
    std::uint64_t authority_version() const {
        if (password_version > 0)
            return password_version;
        return device_version > 0 ? device_version : successor_version;
    }
    std::optional<Rejection> refusal(Deed deed) const {
        if (deed == Deed::register_name)
            return registered ? std::optional(Rejection::label_taken) : std::nullopt;
        if (!registered)
            return version == 0 ? Rejection::unknown_account : Rejection::account_erased;
        if (deed == Deed::begin || deed == Deed::finish || deed == Deed::cancel)
            return refusal_of_recovery(deed);
        if ((deed == Deed::add_device && device_version > 0) ||
            (deed == Deed::add_recovery && recovery_version > 0))
            return Rejection::duplicate_public_key;
        if ((deed == Deed::revoke_device && device_version == 0) ||
            ((deed == Deed::revoke_password || deed == Deed::replace) && password_version == 0))
            return Rejection::unknown_credential;
        bool const takes_one = deed == Deed::revoke_device || deed == Deed::revoke_password;
        return takes_one && active_count() == 1 ? std::optional(Rejection::last_credential) : std::nullopt;
    }
    std::optional<Rejection> refusal_of_recovery(Deed deed) const {
        if (deed == Deed::begin && recovery_version == 0)
            return Rejection::unknown_recovery_key;
        if (deed == Deed::begin)
            return successor_version > 0 || pending > 0 ? std::optional(Rejection::duplicate_public_key)
                                                        : std::nullopt;
        if (pending == 0)
            return Rejection::unknown_recovery;
        bool const is_younger = deed == Deed::cancel && authority_version() > pending;
        return is_younger ? std::optional(Rejection::younger_credential) : std::nullopt;
    }
    void apply(Deed deed) {
        ++version;
        switch (deed) {
        case Deed::register_name: {
            *this = {.version = version,
                     .registered = true,
                     .password = password + 1,
                     .password_version = version};
            break;
        }
        case Deed::add_device: device_version = version; break;
        case Deed::revoke_device: device_version = 0; break;
        case Deed::revoke_password: password_version = 0; break;
        case Deed::replace: {
            ++password;
            password_version = version;
            break;
        }
        case Deed::end: ++epoch; break;
        case Deed::erase: *this = {.version = version, .password = password}; break;
        case Deed::allow: operator_recovery = true; break;
        case Deed::add_recovery: recovery_version = version; break;
        case Deed::begin: pending = std::exchange(recovery_version, 0); break;
        case Deed::finish: {
            password_version = device_version = recovery_version = pending = 0;
            successor_version = version;
            ++epoch;
            break;
        }
        case Deed::cancel: pending = 0; break;
        }
    }
};

// The model, and the account that signs what it does: by the password while there is one, else by the device
// key.
struct Actor {
    TestNetwork const& network;
    TestAccount account;
    ModelAccount model;

    std::uint64_t device_number() const { return model.device_version > 0 ? 0 : successor; }
    bool is_by_password() const { return model.password_version > 0 || model.active_count() == 0; }
    NewCredential authority() const {
        return is_by_password() ? account.password(model.password) : account.device(device_number());
    }
    crypto::Ed25519KeyPair authority_key() const {
        return is_by_password() ? account.password_key(model.password) : account.device_key(device_number());
    }
    StatementDigest begin_digest() const {
        return digest_statement(EntryKind::begin_recovery,
                                encode(account.begin_statement(
                                    AccountVersion{std::max<std::uint64_t>(model.pending, 1)}, successor)));
    }
    Entry make(Deed deed) const {
        auto const asks = account.asks();
        auto const key = authority_key();
        auto const signer = account.signer(authority(), key);
        auto const revoke = [&](NewCredential const& wanted) {
            return test::make_entry(RevokeCredential{{asks}, account.id_of(wanted)}, {signer});
        };
        switch (deed) {
        case Deed::register_name: return account.register_entry(model.password + 1);
        case Deed::add_device: {
            auto const device_key = account.device_key();
            return test::make_entry(AddCredential{{asks}, account.device()},
                                    {signer, account.signer(account.device(), device_key)});
        }
        case Deed::revoke_device: return revoke(account.device());
        case Deed::revoke_password: return revoke(account.password(model.password));
        case Deed::replace: {
            auto const wanted = account.password(model.password + 1);
            auto const new_key = account.password_key(model.password + 1);
            return test::make_admitted_entry(network, ReplaceCredential{{asks}, wanted},
                                             {signer, account.signer(wanted, new_key)});
        }
        case Deed::end: return test::make_entry(EndSessions{{asks}}, {signer});
        case Deed::erase: return test::make_entry(Erase{{asks}}, {signer});
        case Deed::allow: return test::make_entry(AllowOperatorRecovery{{asks}}, {signer});
        case Deed::add_recovery: {
            auto const recovery_key = account.recovery_key();
            return test::make_entry(AddCredential{{asks}, account.recovery()},
                                    {signer, account.signer(account.recovery(), recovery_key)});
        }
        case Deed::begin:
            return account.begin_recovery(AccountVersion{std::max<std::uint64_t>(model.recovery_version, 1)},
                                          successor);
        case Deed::finish: return account.finish_recovery(begin_digest(), successor);
        case Deed::cancel: return account.cancel_recovery(begin_digest(), signer);
        }
        CHECK_UNREACHABLE();
    }
    void accepted(Deed deed, Entry const& entry) {
        model.apply(deed);
        account.accepted(entry);
    }
};

void expect_as_modelled(MemoryState const& state, Actor const& actor) {
    auto const* const row = state.find_account(actor.account.label);
    ASSERT_EQ(row != nullptr, actor.model.version > 0);
    if (row == nullptr)
        return;
    EXPECT_EQ(row->head.version.number(), actor.model.version);
    EXPECT_EQ(row->head.head, actor.account.head);
    ASSERT_EQ(row->state.has_value(), actor.model.registered);
    EXPECT_EQ(row->head.is_erased(), !actor.model.registered);
    if (!row->state)
        return;
    EXPECT_EQ(row->head.commitment, commit(*row->state));
    EXPECT_EQ(row->state->epoch.number(), actor.model.epoch);
    EXPECT_EQ(row->state->active_count(), actor.model.active_count());
    EXPECT_EQ(row->state->credentials.size(),
              actor.model.active_count() + (actor.model.recovery_version > 0 ? 1 : 0));
    EXPECT_EQ(row->state->password() != nullptr, actor.model.password_version > 0);
    EXPECT_EQ(row->state->operator_recovery, actor.model.operator_recovery);
    ASSERT_EQ(row->state->recovery.has_value(), actor.model.pending > 0);
    if (row->state->recovery)
        EXPECT_EQ(row->state->recovery->key_version->number(), actor.model.pending);
    EXPECT_TRUE(std::ranges::is_sorted(row->state->credentials, {}, &Credential::id));
}

// --- every short history
// --------------------------------------------------------------------------------------

struct History {
    MemoryState state;
    std::array<Actor, 2> actors;
    std::uint64_t index = 2;
};

std::uint64_t walk(History const& before, std::size_t depth) {
    std::uint64_t accepted_count = 0;
    for (std::size_t who = 0; depth > 0 && who < before.actors.size(); ++who) {
        for (std::size_t number = 0; number < deed_count; ++number) {
            auto const deed = static_cast<Deed>(number);
            auto const& actor = before.actors[who];
            auto const entry = actor.make(deed);
            auto const decoded = decode_entry(encode(entry)).value();
            Place const place{
                .network = actor.network.id, .time = test::world_time, .index = LeafIndex{before.index}};
            auto const changes = execute(before.state.load(read_set(decoded), place), decoded);
            auto const refusal = actor.model.refusal(deed);
            EXPECT_EQ(changes ? std::nullopt : std::optional(changes.error()), refusal);
            if (!changes || refusal)
                continue;
            History after = before;
            after.state.apply(*changes);
            after.actors[who].accepted(deed, entry);
            ++after.index;
            expect_as_modelled(after.state, after.actors[who]);
            expect_as_modelled(after.state, after.actors[1 - who]);
            accepted_count += 1 + walk(after, depth - 1);
        }
    }
    return accepted_count;
}

TEST(Execute, agrees_with_the_plain_model_on_every_history_of_four_entries_over_two_accounts) {
    TestNetwork const network;
    History const start{
        .state = MemoryState(network.genesis),
        .actors = {Actor{network, TestAccount(network, 1), {}}, Actor{network, TestAccount(network, 2), {}}}};
    EXPECT_GT(walk(start, 4), 200U);
}

// --- laws
// -----------------------------------------------------------------------------------------------------

std::vector<std::pair<std::size_t, Deed>> draw_deeds() {
    auto const numbers =
        *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, static_cast<int>(2 * deed_count)));
    std::vector<std::pair<std::size_t, Deed>> deeds;
    for (auto const number : numbers)
        deeds.emplace_back(static_cast<std::size_t>(number) / deed_count,
                           static_cast<Deed>(static_cast<std::size_t>(number) % deed_count));
    return deeds;
}

struct Run {
    std::vector<Entry> submitted;
    std::vector<Entry> accepted;
    std::vector<base::ByteBuffer> log;
};

Run run(TestNetwork const& network, std::vector<std::pair<std::size_t, Deed>> const& deeds) {
    LedgerWorld world(network);
    std::array<Actor, 2> actors = {Actor{network, TestAccount(network, 1), {}},
                                   Actor{network, TestAccount(network, 2), {}}};
    Run result;
    for (auto const& [who, deed] : deeds) {
        auto const entry = actors[who].make(deed);
        result.submitted.push_back(entry);
        if (!world.submit(entry))
            continue;
        actors[who].accepted(deed, entry);
        result.accepted.push_back(entry);
    }
    world.close_block();
    result.log = world.log;
    return result;
}

std::vector<base::ByteBuffer> log_of(TestNetwork const& network, std::vector<Entry> const& entries) {
    LedgerWorld world(network);
    for (auto const& entry : entries)
        static_cast<void>(world.submit(entry).has_value());
    world.close_block();
    return world.log;
}

RC_GTEST_PROP(Execute, gives_the_same_log_for_the_same_entries_and_refused_ones_leave_no_trace, ()) {
    static TestNetwork const network;
    auto const first = run(network, draw_deeds());
    RC_ASSERT(log_of(network, first.submitted) == first.log);
    RC_ASSERT(log_of(network, first.accepted) == first.log);
}

// G16
RC_GTEST_PROP(Execute, refuses_every_replay, ()) {
    static TestNetwork const network;
    auto const first = run(network, draw_deeds());
    LedgerWorld world(network);
    for (auto const& entry : first.accepted)
        RC_ASSERT(world.submit(entry).has_value());
    for (auto const& entry : first.accepted)
        RC_ASSERT(!world.submit(entry).has_value());
}

RC_GTEST_PROP(Entry, decodes_to_what_was_encoded, ()) {
    static TestNetwork const network;
    for (auto const& entry : run(network, draw_deeds()).submitted) {
        auto const bytes = encode(entry);
        auto const decoded = decode_entry(bytes);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(decoded->entry == entry);
        RC_ASSERT(decoded->leaf_hash == merkle::hash_leaf(bytes));
        std::visit([&](auto const& statement) { RC_ASSERT(encode(statement) == entry.statement); },
                   decoded->statement);
    }
}

// --- every byte counts
// ----------------------------------------------------------------------------------------

void expect_every_change_refused(LedgerWorld& world, Entry const& entry) {
    auto const bytes = encode(entry);
    for (std::size_t place = 0; place < bytes.size(); ++place) {
        for (unsigned const bits : {0x01U, 0x80U, 0xffU}) {
            auto changed = bytes;
            changed[place] = static_cast<std::uint8_t>(changed[place] ^ bits);
            ASSERT_FALSE(world.submit(changed).has_value()) << place;
        }
        ASSERT_FALSE(world.submit(base::ByteView(bytes).first(place)).has_value()) << place;
    }
    ASSERT_TRUE(world.submit(bytes).has_value());
}

// G17
TEST(Execute, refuses_an_entry_with_any_byte_changed_or_cut) {
    TestNetwork const network;
    LedgerWorld world(network);
    Actor alice{network, TestAccount(network, 1), {}};
    for (auto const deed :
         {Deed::register_name, Deed::add_device, Deed::replace, Deed::end, Deed::add_recovery, Deed::allow,
          Deed::begin, Deed::cancel, Deed::revoke_device, Deed::erase}) {
        auto const entry = alice.make(deed);
        expect_every_change_refused(world, entry);
        alice.accepted(deed, entry);
    }
    auto const key = test::test_key("signing");
    PublishSigningKey const publish{
        {network.asks(1)}, SigningAlgorithm::eddsa, base::to_buffer(key.public_key())};
    auto const kid = *signing_key_id(publish);
    expect_every_change_refused(world,
                                test::make_entry(publish, {network.signer(), {base::to_buffer(kid), key}}));
    expect_every_change_refused(
        world, test::make_entry(RetireSigningKey{{network.asks(2)}, kid, false}, {network.signer()}));
}

} // namespace
} // namespace bulla::ledger
