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

enum class Act : std::uint8_t {
    register_name,
    add_device,
    revoke_device,
    revoke_password,
    replace,
    end,
    erase
};
constexpr std::size_t act_count = 7;

struct ModelAccount {
    std::uint64_t version = 0;
    bool registered = false;
    bool has_device = false;
    std::uint64_t password = 0; // its number; has_password says whether it stands
    bool has_password = false;
    std::uint64_t epoch = 0;

    std::optional<Rejection> refusal(Act act) const {
        if (act == Act::register_name)
            return registered ? std::optional(Rejection::label_taken) : std::nullopt;
        if (!registered)
            return version == 0 ? Rejection::unknown_account : Rejection::account_erased;
        if (act == Act::add_device && has_device)
            return Rejection::duplicate_public_key;
        if ((act == Act::revoke_device && !has_device) ||
            ((act == Act::revoke_password || act == Act::replace) && !has_password))
            return Rejection::unknown_credential;
        bool const last =
            (act == Act::revoke_device && !has_password) || (act == Act::revoke_password && !has_device);
        return last ? std::optional(Rejection::last_credential) : std::nullopt;
    }
    void apply(Act act) {
        ++version;
        switch (act) {
        case Act::register_name: {
            *this = {.version = version, .registered = true, .password = password + 1, .has_password = true};
            break;
        }
        case Act::add_device: has_device = true; break;
        case Act::revoke_device: has_device = false; break;
        case Act::revoke_password: has_password = false; break;
        case Act::replace: ++password; break;
        case Act::end: ++epoch; break;
        case Act::erase: registered = has_device = has_password = false; break;
        }
    }
};

// The model, and the account that signs what it does: by the password while there is one, else by the device
// key.
struct Actor {
    TestNetwork const& network;
    TestAccount account;
    ModelAccount model;

    NewCredential authority() const {
        return model.has_password || !model.has_device ? account.password(model.password) : account.device();
    }
    crypto::Ed25519KeyPair authority_key() const {
        return model.has_password || !model.has_device ? account.password_key(model.password)
                                                       : account.device_key();
    }
    Entry make(Act act) const {
        auto const asks = account.asks();
        auto const key = authority_key();
        auto const signer = account.signer(authority(), key);
        auto const revoke = [&](NewCredential const& wanted) {
            return test::make_entry(RevokeCredential{{asks}, account.id_of(wanted)}, {signer});
        };
        switch (act) {
        case Act::register_name: return account.register_entry(model.password + 1);
        case Act::add_device: {
            auto const device_key = account.device_key();
            return test::make_entry(AddCredential{{asks}, account.device()},
                                    {signer, account.signer(account.device(), device_key)});
        }
        case Act::revoke_device: return revoke(account.device());
        case Act::revoke_password: return revoke(account.password(model.password));
        case Act::replace: {
            auto const wanted = account.password(model.password + 1);
            auto const new_key = account.password_key(model.password + 1);
            return test::make_admitted_entry(network, ReplaceCredential{{asks}, wanted},
                                             {signer, account.signer(wanted, new_key)});
        }
        case Act::end: return test::make_entry(EndSessions{{asks}}, {signer});
        case Act::erase: return test::make_entry(Erase{{asks}}, {signer});
        }
        CHECK_UNREACHABLE();
    }
    void accepted(Act act, Entry const& entry) {
        model.apply(act);
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
    EXPECT_EQ(row->state->credentials.size(), std::size_t{actor.model.has_password} + actor.model.has_device);
    EXPECT_EQ(row->state->password() != nullptr, actor.model.has_password);
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
        for (std::size_t number = 0; number < act_count; ++number) {
            auto const act = static_cast<Act>(number);
            auto const& actor = before.actors[who];
            auto const entry = actor.make(act);
            auto const decoded = decode_entry(encode(entry)).value();
            Place const place{
                .network = actor.network.id, .time = test::world_time, .index = LeafIndex{before.index}};
            auto const changes = execute(before.state.load(read_set(decoded), place), decoded);
            auto const refusal = actor.model.refusal(act);
            EXPECT_EQ(changes ? std::nullopt : std::optional(changes.error()), refusal);
            if (!changes || refusal)
                continue;
            History after = before;
            after.state.apply(*changes);
            after.actors[who].accepted(act, entry);
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

std::vector<std::pair<std::size_t, Act>> draw_acts() {
    auto const numbers =
        *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, static_cast<int>(2 * act_count)));
    std::vector<std::pair<std::size_t, Act>> acts;
    for (auto const number : numbers)
        acts.emplace_back(static_cast<std::size_t>(number) / act_count,
                          static_cast<Act>(static_cast<std::size_t>(number) % act_count));
    return acts;
}

struct Run {
    std::vector<Entry> submitted;
    std::vector<Entry> accepted;
    std::vector<base::ByteBuffer> log;
};

Run run(TestNetwork const& network, std::vector<std::pair<std::size_t, Act>> const& acts) {
    LedgerWorld world(network);
    std::array<Actor, 2> actors = {Actor{network, TestAccount(network, 1), {}},
                                   Actor{network, TestAccount(network, 2), {}}};
    Run result;
    for (auto const& [who, act] : acts) {
        auto const entry = actors[who].make(act);
        result.submitted.push_back(entry);
        if (!world.submit(entry))
            continue;
        actors[who].accepted(act, entry);
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
    auto const first = run(network, draw_acts());
    RC_ASSERT(log_of(network, first.submitted) == first.log);
    RC_ASSERT(log_of(network, first.accepted) == first.log);
}

// G16
RC_GTEST_PROP(Execute, refuses_every_replay, ()) {
    static TestNetwork const network;
    auto const first = run(network, draw_acts());
    LedgerWorld world(network);
    for (auto const& entry : first.accepted)
        RC_ASSERT(world.submit(entry).has_value());
    for (auto const& entry : first.accepted)
        RC_ASSERT(!world.submit(entry).has_value());
}

RC_GTEST_PROP(Entry, decodes_to_what_was_encoded, ()) {
    static TestNetwork const network;
    for (auto const& entry : run(network, draw_acts()).submitted) {
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
    for (auto const act :
         {Act::register_name, Act::add_device, Act::replace, Act::end, Act::revoke_device, Act::erase}) {
        auto const entry = alice.make(act);
        expect_every_change_refused(world, entry);
        alice.accepted(act, entry);
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
