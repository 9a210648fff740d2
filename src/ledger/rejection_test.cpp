// Every rejection number is reached by an entry that is wrong in that one respect. Those of recoveries,
// operators and nodes: change_rejection_test.cpp.
#include "ledger/node_rules.hpp"
#include "support/ledger_world.hpp"
#include "token/jwk.hpp"

#include <gtest/gtest.h>

namespace bulla::ledger {
namespace {

using credential::CredentialKind;
using test::LedgerWorld;
using test::make_admitted_entry;
using test::make_entry;
using test::TestAccount;
using test::TestNetwork;
using test::world_time;
using namespace std::chrono_literals;

constexpr std::uint16_t rejection_last = 42;

// A network of two nodes, a name that is not registered, and an account with a password.
struct Scene {
    TestNetwork network{2};
    LedgerWorld world{network};
    TestAccount stranger{network, 1};
    TestAccount alice{network, 2};

    Scene() { accept(alice.register_entry()); }

    Rejection refuse(base::ByteView bytes) {
        auto const directory_root = world.state.directory_root();
        auto const network_root = world.state.network_root();
        auto const result = world.submit(bytes);
        EXPECT_FALSE(result.has_value());
        EXPECT_EQ(world.state.directory_root(), directory_root);
        EXPECT_EQ(world.state.network_root(), network_root);
        return result ? Rejection{} : result.error();
    }
    Rejection refuse(Entry const& entry) { return refuse(encode(entry)); }
    void accept(Entry const& entry) {
        auto const result = world.submit(entry);
        ASSERT_TRUE(result.has_value()) << name(result.error());
        alice.accepted(entry);
    }
    void accept_node(Entry const& entry) {
        auto const result = world.submit(entry);
        ASSERT_TRUE(result.has_value()) << name(result.error());
    }
    Entry add_signed(NewCredential const& wanted, crypto::Ed25519KeyPair const& key) {
        auto const password = alice.password_key();
        return make_entry(AddCredential{{alice.asks()}, wanted},
                          {alice.signer(alice.password(), password), alice.signer(wanted, key)});
    }
    Entry register_with(NewCredential const& wanted) {
        auto const key = stranger.password_key();
        auto statement = stranger.register_statement();
        statement.credential = wanted;
        return make_admitted_entry(network, statement, {stranger.signer(wanted, key)});
    }
    Entry publish(std::uint64_t sequence, std::uint64_t key_number, std::size_t node = 0) const {
        auto const key = test::test_key("signing", key_number);
        PublishSigningKey const wanted{
            {network.asks(sequence, node)}, SigningAlgorithm::eddsa, base::to_buffer(key.public_key())};
        return make_entry(wanted, {network.signer(node), {base::to_buffer(*signing_key_id(wanted)), key}});
    }
    enum class Cause : std::uint8_t { rotation, compromise };
    Entry retire(std::uint64_t sequence, std::uint64_t key_number, Cause cause, std::size_t node = 0) const {
        auto const kid = token::make_key_id(test::test_key("signing", key_number).public_key());
        bool const compromised = cause == Cause::compromise;
        return make_entry(RetireSigningKey{{network.asks(sequence, node)}, kid, compromised},
                          {network.signer(node)});
    }
    // What plan() says to an account row that entries cannot make under the present rules.
    Rejection refuse_with_row(AccountRow const& row, Entry const& entry) const {
        auto const decoded = decode_entry(encode(entry)).value();
        WorkingSet const working_set{
            .place = {.network = network.id, .time = world_time, .index = LeafIndex{9}},
            .nodes = network.genesis.nodes,
            .policy = network.genesis.policy,
            .account = row};
        auto const result = execute(working_set, decoded);
        EXPECT_FALSE(result.has_value());
        return result ? Rejection{} : result.error();
    }
};

struct RejectionCase {
    Rejection expected;
    Rejection (*reach)(Scene&);
};

base::ByteBuffer with_kind(Entry entry, std::uint8_t kind) {
    auto bytes = encode(entry);
    bytes[2] = kind; // a3 or a4, key 00, kind below 24
    return bytes;
}

RejectionCase const decoding_cases[] = {
    {Rejection::malformed,
     [](Scene& scene) {
         auto bytes = encode(scene.stranger.register_entry());
         bytes.push_back(0);
         return scene.refuse(bytes);
     }},
    {Rejection::too_large, [](Scene& scene) { return scene.refuse(base::ByteBuffer(entry_size_max + 1)); }},
    {Rejection::unknown_kind,
     [](Scene& scene) {
         base::CborWriter out;
         out.map(1).key(0).uint(entry_kind_last + 1);
         return scene.refuse(out.view());
     }},
    {Rejection::purpose_mismatch,
     [](Scene& scene) {
         return scene.refuse(
             with_kind(scene.alice.erase(), static_cast<std::uint8_t>(EntryKind::end_sessions)));
     }},
    {Rejection::misplaced, [](Scene& scene) { return scene.refuse(encode(scene.network.genesis)); }},
    {Rejection::misplaced, [](Scene& scene) { return scene.refuse(encode(BlockEntry{})); }},
};

RejectionCase const asking_cases[] = {
    {Rejection::wrong_network,
     [](Scene& scene) {
         TestNetwork const other(3);
         return scene.refuse(TestAccount(other, 1).register_entry());
     }},
    {Rejection::wrong_network,
     [](Scene& scene) {
         auto asks = scene.network.asks(1);
         asks.network = NetworkId{};
         return scene.refuse(make_entry(RetireSigningKey{{asks}, KeyId{}, false}, {scene.network.signer()}));
     }},
    {Rejection::statement_expired,
     [](Scene& scene) {
         auto asks = scene.alice.asks();
         asks.not_after = world_time - 1ms;
         return scene.refuse(scene.alice.entry(EndSessions{{asks}}));
     }},
    {Rejection::statement_expired,
     [](Scene& scene) {
         auto asks = scene.network.asks(1);
         asks.not_after = world_time - 1ms;
         return scene.refuse(make_entry(RetireSigningKey{{asks}, KeyId{}, false}, {scene.network.signer()}));
     }},
    {Rejection::sentinel_label,
     [](Scene& scene) {
         scene.stranger.label = Label{};
         return scene.refuse(scene.stranger.register_entry());
     }},
    {Rejection::sentinel_label,
     [](Scene& scene) {
         std::ranges::fill(scene.stranger.label.writable(), std::uint8_t{0xff});
         return scene.refuse(scene.stranger.register_entry());
     }},
    {Rejection::stale_version,
     [](Scene& scene) {
         auto asks = scene.alice.asks();
         asks.version = asks.version.next();
         return scene.refuse(scene.alice.entry(EndSessions{{asks}}));
     }},
    {Rejection::wrong_previous,
     [](Scene& scene) {
         auto asks = scene.alice.asks();
         asks.previous = LeafHash{};
         return scene.refuse(scene.alice.entry(EndSessions{{asks}}));
     }},
    {Rejection::version_exhausted,
     [](Scene& scene) {
         auto row = *scene.world.state.find_account(scene.alice.label);
         row.head.version = AccountVersion{version_max};
         scene.alice.version = row.head.version;
         return scene.refuse_with_row(row, scene.alice.end_sessions());
     }},
    {Rejection::label_taken,
     [](Scene& scene) {
         TestAccount const again(scene.network, 2);
         return scene.refuse(again.register_entry(1));
     }},
    {Rejection::unknown_account, [](Scene& scene) { return scene.refuse(scene.stranger.end_sessions()); }},
    {Rejection::account_erased,
     [](Scene& scene) {
         scene.accept(scene.alice.erase());
         return scene.refuse(scene.alice.end_sessions());
     }},
    {Rejection::name_closed,
     [](Scene& scene) {
         AccountRow const row{.head = {.status = AccountStatus::erased_closed}, .state = std::nullopt};
         return scene.refuse_with_row(row, scene.stranger.register_entry());
     }},
};

RejectionCase const credential_cases[] = {
    {Rejection::credential_kind_not_allowed,
     [](Scene& scene) { return scene.refuse(scene.register_with(scene.stranger.device())); }},
    {Rejection::credential_kind_not_allowed,
     [](Scene& scene) {
         auto wanted = scene.stranger.device();
         wanted.kind = CredentialKind::recovery_key;
         return scene.refuse(scene.register_with(wanted));
     }},
    {Rejection::key_not_registrable, // P-256 where the kind has Ed25519 alone
     [](Scene& scene) {
         auto wanted = scene.alice.device();
         wanted.public_key = credential::PublicKey(credential::P256PublicKey{});
         return scene.refuse(scene.add_signed(wanted, scene.alice.device_key()));
     }},
    {Rejection::credential_kind_not_allowed,
     [](Scene& scene) {
         auto const key = scene.alice.password_key();
         ReplaceCredential const wanted{{scene.alice.asks()}, scene.alice.device()};
         return scene.refuse(make_entry(wanted, {scene.alice.signer(scene.alice.password(), key)}));
     }},
    {Rejection::key_not_registrable,
     [](Scene& scene) {
         auto wanted = scene.alice.device();
         wanted.public_key = credential::PublicKey(Ed25519PublicKey{}); // a point of order 4
         return scene.refuse(scene.add_signed(wanted, scene.alice.device_key()));
     }},
    {Rejection::key_not_registrable,
     [](Scene& scene) {
         PublishSigningKey const wanted{
             {scene.network.asks(1)}, SigningAlgorithm::eddsa, base::ByteBuffer(32, 0)};
         return scene.refuse(make_entry(wanted, {scene.network.signer()}));
     }},
    {Rejection::duplicate_public_key,
     [](Scene& scene) {
         scene.accept(scene.alice.add_device());
         return scene.refuse(scene.alice.add_device());
     }},
    {Rejection::duplicate_public_key, // the same key under another kind
     [](Scene& scene) {
         auto wanted = scene.alice.device();
         wanted.public_key = scene.alice.password().public_key;
         return scene.refuse(scene.add_signed(wanted, scene.alice.password_key()));
     }},
    {Rejection::too_many_credentials,
     [](Scene& scene) {
         for (std::uint64_t which = 1; which < credentials_max; ++which)
             scene.accept(scene.alice.add_device(which));
         return scene.refuse(scene.alice.add_device(credentials_max));
     }},
    {Rejection::second_password,
     [](Scene& scene) {
         return scene.refuse(scene.add_signed(scene.alice.password(1), scene.alice.password_key(1)));
     }},
    {Rejection::unknown_credential,
     [](Scene& scene) {
         return scene.refuse(scene.alice.entry(RevokeCredential{{scene.alice.asks()}, CredentialId{}}));
     }},
    {Rejection::last_credential,
     [](Scene& scene) {
         auto const id = scene.alice.id_of(scene.alice.password());
         return scene.refuse(scene.alice.entry(RevokeCredential{{scene.alice.asks()}, id}));
     }},
    {Rejection::too_many_entries,
     [](Scene& scene) {
         for (std::uint64_t count = 1; count < counted_entries_max; ++count)
             scene.accept(scene.alice.end_sessions());
         return scene.refuse(scene.alice.end_sessions());
     }},
    {Rejection::wrong_generation,
     [](Scene& scene) {
         auto wanted = scene.stranger.password();
         wanted.generation = AccountVersion{2};
         return scene.refuse(scene.register_with(wanted));
     }},
    {Rejection::unknown_keyset,
     [](Scene& scene) {
         auto wanted = scene.stranger.password();
         wanted.keyset = 2;
         return scene.refuse(scene.register_with(wanted));
     }},
    {Rejection::stretching_not_allowed,
     [](Scene& scene) {
         auto wanted = scene.stranger.password();
         wanted.stretching->memory_kib -= 1;
         return scene.refuse(scene.register_with(wanted));
     }},
};

RejectionCase const evidence_cases[] = {
    {Rejection::wrong_evidence_count,
     [](Scene& scene) {
         auto entry = scene.alice.add_device();
         entry.evidence.pop_back();
         return scene.refuse(entry);
     }},
    {Rejection::wrong_evidence_count,
     [](Scene& scene) {
         auto entry = scene.publish(1, 0);
         entry.evidence.pop_back();
         return scene.refuse(entry);
     }},
    {Rejection::wrong_signer,
     [](Scene& scene) {
         auto entry = scene.alice.add_device();
         std::swap(entry.evidence[0], entry.evidence[1]);
         return scene.refuse(entry);
     }},
    {Rejection::wrong_signer,
     [](Scene& scene) {
         auto entry = scene.publish(1, 0);
         entry.evidence[1].signer[0] ^= 1;
         return scene.refuse(entry);
     }},
    {Rejection::wrong_evidence, // a signature
     [](Scene& scene) {
         auto entry = scene.alice.end_sessions();
         entry.evidence[0].parts[0][5] ^= 1;
         return scene.refuse(entry);
     }},
    {Rejection::wrong_evidence, // its shape
     [](Scene& scene) {
         auto entry = scene.alice.end_sessions();
         entry.evidence[0].parts.push_back({});
         return scene.refuse(entry);
     }},
    {Rejection::wrong_evidence, // the new signing key's own
     [](Scene& scene) {
         auto entry = scene.publish(1, 0);
         entry.evidence[1].parts[0][63] ^= 1;
         return scene.refuse(entry);
     }},
    {Rejection::wrong_admissions, // too few
     [](Scene& scene) {
         auto entry = scene.stranger.register_entry();
         entry.admissions.pop_back();
         return scene.refuse(entry);
     }},
    {Rejection::wrong_admissions, // not ascending
     [](Scene& scene) {
         auto entry = scene.stranger.register_entry();
         std::ranges::reverse(entry.admissions);
         return scene.refuse(entry);
     }},
    {Rejection::wrong_admissions, // one node twice
     [](Scene& scene) {
         auto entry = scene.stranger.register_entry();
         entry.admissions[1] = entry.admissions[0];
         return scene.refuse(entry);
     }},
    {Rejection::wrong_admissions, // where none belong
     [](Scene& scene) {
         auto entry = scene.alice.end_sessions();
         entry.admissions = scene.stranger.register_entry().admissions;
         return scene.refuse(entry);
     }},
    {Rejection::admission_expired,
     [](Scene& scene) {
         auto const key = scene.stranger.password_key();
         auto const wanted = scene.stranger.register_statement();
         return scene.refuse(make_admitted_entry(
             scene.network, wanted, {scene.stranger.signer(wanted.credential, key)}, world_time - 1ms));
     }},
    {Rejection::admission_of_stranger,
     [](Scene& scene) {
         auto entry = scene.stranger.register_entry();
         std::ranges::fill(entry.admissions[1].node.writable(), std::uint8_t{0xff});
         return scene.refuse(entry);
     }},
    {Rejection::wrong_admission,
     [](Scene& scene) {
         auto entry = scene.stranger.register_entry();
         entry.admissions[1].until += 1ms;
         return scene.refuse(entry);
     }},
};

RejectionCase const node_cases[] = {
    {Rejection::unknown_node,
     [](Scene& scene) {
         auto asks = scene.network.asks(1);
         asks.signer = NodeId{};
         return scene.refuse(make_entry(RetireSigningKey{{asks}, KeyId{}, false}, {scene.network.signer()}));
     }},
    {Rejection::wrong_sequence, [](Scene& scene) { return scene.refuse(scene.publish(2, 0)); }},
    {Rejection::unsupported_algorithm,
     [](Scene& scene) {
         PublishSigningKey const wanted{
             {scene.network.asks(1)}, SigningAlgorithm::es256, base::ByteBuffer(64, 1)};
         return scene.refuse(make_entry(wanted, {scene.network.signer()}));
     }},
    {Rejection::signing_key_known,
     [](Scene& scene) {
         scene.accept_node(scene.publish(1, 0));
         scene.accept_node(scene.retire(
             2, 0, Scene::Cause::compromise)); // it has left the node's row, and still does not return
         return scene.refuse(scene.publish(3, 0));
     }},
    {Rejection::too_many_signing_keys,
     [](Scene& scene) {
         scene.accept_node(scene.publish(1, 0));
         scene.accept_node(scene.publish(2, 1));
         return scene.refuse(scene.publish(3, 2));
     }},
    {Rejection::unknown_signing_key,
     [](Scene& scene) { return scene.refuse(scene.retire(1, 0, Scene::Cause::rotation)); }},
    {Rejection::foreign_signing_key,
     [](Scene& scene) {
         scene.accept_node(scene.publish(1, 0));
         return scene.refuse(scene.retire(1, 0, Scene::Cause::rotation, 1));
     }},
    {Rejection::retirement_not_shorter,
     [](Scene& scene) {
         scene.accept_node(scene.publish(1, 0));
         scene.accept_node(scene.retire(2, 0, Scene::Cause::rotation));
         return scene.refuse(scene.retire(3, 0, Scene::Cause::rotation));
     }},
};

std::vector<RejectionCase> all_cases() {
    std::vector<RejectionCase> cases;
    auto const add = [&](auto const& group) {
        cases.insert(cases.end(), std::begin(group), std::end(group));
    };
    add(decoding_cases);
    add(asking_cases);
    add(credential_cases);
    add(evidence_cases);
    add(node_cases);
    return cases;
}

class EachRejection : public testing::TestWithParam<RejectionCase> {};

TEST_P(EachRejection, is_given_for_its_one_fault_and_changes_nothing) {
    Scene scene;
    EXPECT_EQ(name(GetParam().reach(scene)), name(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(Rejection, EachRejection, testing::ValuesIn(all_cases()), [](auto const& parameter) {
    return std::to_string(parameter.index) + "_" + std::string(name(parameter.param.expected));
});

// H5, K1, K2, K6
TEST(Rejection, has_a_case_for_every_number) {
    for (std::uint16_t number = 1; number <= rejection_last; ++number)
        EXPECT_TRUE(
            number == std::to_underlying(Rejection::unsupported_kind) || // every kind has its rules now

            std::ranges::count(all_cases(), static_cast<Rejection>(number), &RejectionCase::expected) > 0)
            << number;
}

} // namespace
} // namespace bulla::ledger
