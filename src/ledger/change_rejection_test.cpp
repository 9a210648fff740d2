// Every rejection of recoveries, operators and nodes is reached by an entry that is wrong in that one
// respect.
#include "support/test_operators.hpp"

#include <gtest/gtest.h>

namespace bulla::ledger {
namespace {

using namespace std::chrono_literals;
using test::TestAccount;
using test::TestNetwork;

constexpr std::uint16_t rejection_first = 43;
constexpr std::uint16_t rejection_last = 74;

// Two nodes, an account with a recovery key (version 2), a client of the first node.
struct Scene {
    TestNetwork network{2};
    test::LedgerWorld world{network};
    test::TestOperators operators{world};
    TestAccount alice{network, 1};

    Scene() {
        take(alice.register_entry());
        take(alice.add_recovery());
        accept(operators.entry(client_of(0)));
    }
    void accept(Entry const& entry) {
        auto const result = world.submit(entry);
        ASSERT_TRUE(result.has_value()) << name(result.error());
    }
    void take(Entry const& entry) {
        accept(entry);
        alice.accepted(entry);
    }
    Rejection refuse(Entry const& entry) {
        auto const directory_root = world.state.directory_root();
        auto const network_root = world.state.network_root();
        auto const size = world.log.size();
        auto const result = world.submit(entry);
        EXPECT_FALSE(result.has_value());
        EXPECT_EQ(world.state.directory_root(), directory_root);
        EXPECT_EQ(world.state.network_root(), network_root);
        EXPECT_EQ(world.log.size(), size);
        return result ? Rejection{} : result.error();
    }
    Rejection refuse(Act const& act) {
        auto const change = operators.agree(act);
        return refuse(operators.apply(change, act));
    }
    RegisterClient client_of(std::size_t node) const {
        RegisterClient wanted;
        wanted.row.node = operators.node(node).id;
        return wanted;
    }
    GrantRole role() const {
        GrantRole wanted;
        wanted.label = alice.label;
        wanted.registered = AccountVersion{1};
        wanted.role = "editor";
        return wanted;
    }
    ChangePolicy policy() const {
        ChangePolicy act;
        act.policy = world.state.policy();
        return act;
    }
    StatementDigest begin() {
        take(alice.begin_recovery(AccountVersion{2}, 7));
        return world.state.find_account(alice.label)->state->recovery->begin;
    }
    test::TestSigner password() const { return alice.signer(alice.password(), password_key); }
    crypto::Ed25519KeyPair password_key = alice.password_key();

    template <class Kind>
    Kind about_alice() const {
        Kind act;
        act.label = alice.label;
        return act;
    }
    RecoverAccount recover() const {
        RecoverAccount act;
        act.begin = alice.begin_statement(std::nullopt, 7);
        return act;
    }
    void suspend() {
        ASSERT_TRUE(operators.decide(about_alice<Suspend>()).has_value());
        alice.version = alice.version.next();
        alice.head = world.state.find_account(alice.label)->head.head;
    }
    GrantOperator grant_again() const {
        auto act = grant(0);
        act.person.public_key = operators.node().operators[0].public_key;
        return act;
    }
    GrantOperator grant(std::uint64_t number) const {
        GrantOperator act;
        act.node = operators.node().id;
        act.person = test::test_operator(number);
        return act;
    }
};

struct RejectionCase {
    Rejection expected;
    Rejection (*reach)(Scene&);
};

RejectionCase const recovery_cases[] = {
    {Rejection::already_revoked,
     [](Scene& scene) {
         auto const id = scene.alice.id_of(scene.alice.recovery());
         scene.take(scene.alice.entry(RevokeCredential{{scene.alice.asks()}, id}));
         return scene.refuse(scene.alice.entry(RevokeCredential{{scene.alice.asks()}, id}));
     }},
    {Rejection::needs_quorum,
     [](Scene& scene) {
         return scene.refuse(
             scene.alice.linked(scene.alice.begin_statement(std::nullopt, 7), {scene.password()}));
     }},
    {Rejection::unknown_recovery_key,
     [](Scene& scene) { return scene.refuse(scene.alice.begin_recovery(AccountVersion{1}, 7)); }},
    {Rejection::recovery_pending,
     [](Scene& scene) {
         scene.take(scene.alice.add_recovery(1));
         auto const younger = scene.alice.version;
         scene.begin();
         return scene.refuse(scene.alice.begin_recovery(younger, 8, 1));
     }},
    {Rejection::unknown_recovery,
     [](Scene& scene) { return scene.refuse(scene.alice.finish_recovery(StatementDigest{}, 7)); }},
    {Rejection::unknown_recovery,
     [](Scene& scene) {
         scene.begin();
         return scene.refuse(scene.alice.cancel_recovery(StatementDigest{}, scene.password()));
     }},
    {Rejection::recovery_too_early,
     [](Scene& scene) {
         auto act = scene.policy();
         act.policy.delays.recovery_by_key = 1ms;
         EXPECT_TRUE(scene.operators.decide(act).has_value());
         auto const begin = scene.begin();
         return scene.refuse(scene.alice.finish_recovery(begin, 7));
     }},
    {Rejection::younger_credential,
     [](Scene& scene) {
         scene.take(scene.alice.add_device(1));
         auto const begin = scene.begin();
         auto const key = scene.alice.device_key(1);
         return scene.refuse(
             scene.alice.cancel_recovery(begin, scene.alice.signer(scene.alice.device(1), key)));
     }},
    {Rejection::operator_recovery_forbidden, [](Scene& scene) { return scene.refuse(scene.recover()); }},
    {Rejection::account_suspended,
     [](Scene& scene) {
         scene.take(scene.alice.entry(AllowOperatorRecovery{{scene.alice.asks()}}));
         scene.suspend();
         return scene.refuse(scene.recover());
     }},
    {Rejection::account_suspended,
     [](Scene& scene) {
         scene.suspend();
         return scene.refuse(scene.about_alice<Suspend>());
     }},
    {Rejection::not_suspended, [](Scene& scene) { return scene.refuse(scene.about_alice<Restore>()); }},
    {Rejection::credential_kind_not_allowed, // a recovery that would leave no active credential
     [](Scene& scene) {
         auto statement = scene.alice.begin_statement(AccountVersion{2}, 7);
         statement.credential = scene.alice.recovery(3);
         return scene.refuse(scene.alice.linked(statement, {scene.password()}));
     }},
    {Rejection::duplicate_public_key, // the one that a pending recovery will bring
     [](Scene& scene) {
         scene.begin();
         return scene.refuse(scene.alice.add_device(7));
     }},
    {Rejection::malformed, // a place in the chain where none belongs
     [](Scene& scene) {
         auto entry = scene.alice.end_sessions();
         entry.link = scene.alice.link();
         return scene.refuse(entry);
     }},
    {Rejection::malformed, // and none where one does
     [](Scene& scene) {
         auto entry = scene.alice.begin_recovery(AccountVersion{2}, 7);
         entry.link.reset();
         return scene.refuse(entry);
     }},
    {Rejection::wrong_previous,
     [](Scene& scene) {
         auto entry = scene.alice.begin_recovery(AccountVersion{2}, 7);
         entry.link->previous = LeafHash{};
         return scene.refuse(entry);
     }},
};

RejectionCase const operator_cases[] = {
    {Rejection::unknown_operator,
     [](Scene& scene) {
         auto entry = scene.operators.entry(scene.role());
         auto statement = decode<GrantRole>(entry.statement).value();
         statement.asks.signer = CredentialId{};
         entry.statement = encode(statement);
         return scene.refuse(entry);
     }},
    {Rejection::wrong_sequence,
     [](Scene& scene) {
         auto const entry = scene.operators.propose(scene.policy());
         scene.accept(scene.operators.propose(scene.policy()));
         return scene.refuse(entry);
     }},
    {Rejection::client_known,
     [](Scene& scene) { return scene.refuse(scene.operators.entry(scene.client_of(0))); }},
    {Rejection::unknown_client,
     [](Scene& scene) {
         RemoveClient wanted;
         wanted.client = test::test_bytes<ClientId>("other");
         return scene.refuse(scene.operators.entry(wanted));
     }},
    {Rejection::foreign_client,
     [](Scene& scene) { return scene.refuse(scene.operators.entry(RemoveClient{}, 1)); }},
    {Rejection::foreign_client, // registered for another node
     [](Scene& scene) {
         auto wanted = scene.client_of(1);
         wanted.client = test::test_bytes<ClientId>("other");
         return scene.refuse(scene.operators.entry(wanted, 0));
     }},
    {Rejection::malformed, // more than a client may hold
     [](Scene& scene) {
         auto wanted = scene.client_of(0);
         wanted.client = test::test_bytes<ClientId>("other");
         wanted.row.metadata.resize(client_size_max + 1);
         return scene.refuse(scene.operators.entry(wanted));
     }},
    {Rejection::role_known,
     [](Scene& scene) {
         scene.accept(scene.operators.entry(scene.role()));
         return scene.refuse(scene.operators.entry(scene.role()));
     }},
    {Rejection::unknown_role,
     [](Scene& scene) {
         RevokeRole wanted;
         wanted.label = scene.alice.label;
         wanted.registered = AccountVersion{1};
         wanted.role = "editor";
         return scene.refuse(scene.operators.entry(wanted));
     }},
    {Rejection::malformed, // a role without a name
     [](Scene& scene) {
         auto wanted = scene.role();
         wanted.role.clear();
         return scene.refuse(scene.operators.entry(wanted));
     }},
    {Rejection::unknown_account,
     [](Scene& scene) {
         auto wanted = scene.role();
         wanted.label = test::test_bytes<Label>("nobody");
         return scene.refuse(scene.operators.entry(wanted));
     }},
    {Rejection::empty_issuance,
     [](Scene& scene) {
         return scene.refuse(
             test::make_entry(Issuance{{scene.network.asks(1)}, 0, {}}, {scene.network.signer()}));
     }},
};

RejectionCase const change_cases[] = {
    {Rejection::unknown_change,
     [](Scene& scene) { return scene.refuse(scene.operators.approve(LeafHash{})); }},
    {Rejection::unknown_change,
     [](Scene& scene) { return scene.refuse(scene.operators.apply(LeafHash{}, scene.policy())); }},
    {Rejection::malformed, // an act that is none
     [](Scene& scene) {
         ProposeChange wanted;
         wanted.act = {0xa1, 0x00, 0x18, 0x63};
         return scene.refuse(scene.operators.entry(wanted));
     }},
    {Rejection::wrong_act,
     [](Scene& scene) {
         auto const change = scene.operators.agree(scene.grant(10));
         return scene.refuse(scene.operators.apply(change, scene.grant(11)));
     }},
    {Rejection::wrong_network,
     [](Scene& scene) {
         auto const change = scene.operators.agree(scene.grant(10));
         auto entry = scene.operators.apply(change, scene.grant(10));
         auto statement = decode<ApplyChange>(entry.statement).value();
         statement.asks.network = NetworkId{};
         entry.statement = encode(statement);
         return scene.refuse(entry);
     }},
    {Rejection::change_expired,
     [](Scene& scene) {
         auto const change = scene.operators.agree(scene.grant(10));
         scene.world.close_block();
         scene.world.time += change_lifetime;
         return scene.refuse(scene.operators.apply(change, scene.grant(10)));
     }},
    {Rejection::change_too_early,
     [](Scene& scene) {
         auto act = scene.policy();
         act.policy.delays.change = 1ms;
         EXPECT_TRUE(scene.operators.decide(act).has_value());
         return scene.refuse(scene.grant(10));
     }},
    {Rejection::no_quorum,
     [](Scene& scene) {
         auto const change = scene.operators.agree(scene.grant(10));
         scene.accept(scene.operators.object(change, 1));
         return scene.refuse(scene.operators.apply(change, scene.grant(10)));
     }},
    {Rejection::wrong_evidence_count, // an act that nobody signs
     [](Scene& scene) {
         auto const change = scene.operators.agree(scene.grant(10));
         auto entry = scene.operators.apply(change, scene.grant(10));
         entry.evidence = scene.operators.propose(scene.policy()).evidence;
         return scene.refuse(entry);
     }},
    {Rejection::node_known,
     [](Scene& scene) {
         AddNode act;
         act.node.node = scene.operators.node(1);
         act.first_operator = test::test_operator(10);
         return scene.refuse(act);
     }},
    {Rejection::unsound_node_list, // the id of another key
     [](Scene& scene) {
         AddNode act;
         act.node = test::test_node(5);
         act.node.node.id = test::test_node(6).node.id;
         return scene.refuse(act);
     }},
    {Rejection::unsound_node_list, // one key for two uses
     [](Scene& scene) {
         AddNode act;
         act.node = test::test_node(5);
         act.node.node.cosigner_key = act.node.node.node_key;
         return scene.refuse(act);
     }},
    {Rejection::unsound_node_list, // no name of a log
     [](Scene& scene) {
         ChangeLog act;
         act.log_key = test::test_key("log", 2).public_key();
         return scene.refuse(act);
     }},
    {Rejection::unknown_node,
     [](Scene& scene) {
         auto act = scene.grant(10);
         act.node = NodeId{};
         return scene.refuse(act);
     }},
    {Rejection::wrong_kids,
     [](Scene& scene) {
         RemoveNode act;
         act.node = scene.operators.node(1).id;
         act.kids = {KeyId{}};
         return scene.refuse(act);
     }},
    {Rejection::last_node,
     [](Scene& scene) {
         RemoveNode act;
         act.node = scene.operators.node(1).id;
         EXPECT_TRUE(scene.operators.decide(act).has_value());
         act.node = scene.operators.node(0).id;
         return scene.refuse(act);
     }},
    {Rejection::wrong_signer, // a list signed by one node twice
     [](Scene& scene) {
         AddNode act;
         act.node = test::test_node(5);
         act.first_operator = test::test_operator(5);
         auto const change = scene.operators.agree(act);
         auto entry = scene.operators.apply(change, act);
         entry.evidence[1] = entry.evidence[0];
         return scene.refuse(entry);
     }},
    {Rejection::wrong_evidence, // a list not signed
     [](Scene& scene) {
         AddNode act;
         act.node = test::test_node(5);
         act.first_operator = test::test_operator(5);
         auto const change = scene.operators.agree(act);
         auto entry = scene.operators.apply(change, act);
         entry.evidence[1].parts[0][9] ^= 1;
         return scene.refuse(entry);
     }},
};

RejectionCase const act_cases[] = {
    {Rejection::operator_known, [](Scene& scene) { return scene.refuse(scene.grant_again()); }},
    {Rejection::credential_kind_not_allowed,
     [](Scene& scene) {
         auto act = scene.grant(10);
         act.person.kind = credential::CredentialKind::recovery_key;
         return scene.refuse(act);
     }},
    {Rejection::key_not_registrable,
     [](Scene& scene) {
         auto act = scene.grant(10);
         act.person.public_key = credential::PublicKey(Ed25519PublicKey{});
         return scene.refuse(act);
     }},
    {Rejection::too_many_operators,
     [](Scene& scene) {
         for (std::uint64_t number = 1; number < operators_max; ++number) {
             auto act = scene.grant(100 + number);
             EXPECT_TRUE(scene.operators.decide(act).has_value());
         }
         return scene.refuse(scene.grant(10));
     }},
    {Rejection::last_operator,
     [](Scene& scene) {
         RevokeOperator act;
         act.node = scene.operators.node().id;
         act.person = scene.operators.node().operators[0].id;
         return scene.refuse(act);
     }},
    {Rejection::unknown_operator,
     [](Scene& scene) {
         RevokeOperator act;
         act.node = scene.operators.node().id;
         return scene.refuse(act);
     }},
    {Rejection::rp_id_changed,
     [](Scene& scene) {
         auto act = scene.policy();
         act.policy.rp_id = "elsewhere.example";
         return scene.refuse(act);
     }},
    {Rejection::unsound_policy, // an origin that would end its JSON string
     [](Scene& scene) {
         auto act = scene.policy();
         act.policy.origins.emplace_back("https://a\",\"crossOrigin\":false,\"");
         return scene.refuse(act);
     }},
    {Rejection::unsound_policy, // operators' recoveries in less than 72 hours
     [](Scene& scene) {
         auto act = scene.policy();
         act.policy.delays.recovery_by_operators = 72h - 1ms;
         auto const change = scene.operators.agree(act);
         scene.world.close_block();
         scene.world.time += 72h;
         return scene.refuse(scene.operators.apply(change, act));
     }},
    {Rejection::unsound_policy, // a delay that no proposal outlives
     [](Scene& scene) {
         auto act = scene.policy();
         act.policy.delays.change = change_lifetime;
         return scene.refuse(act);
     }},
    {Rejection::unsound_keyset,
     [](Scene& scene) {
         ChangeKeyset act;
         act.keyset = scene.world.state.policy().keysets.back();
         return scene.refuse(act);
     }},
};

std::vector<RejectionCase> all_cases() {
    std::vector<RejectionCase> cases;
    auto const add = [&](auto const& group) {
        cases.insert(cases.end(), std::begin(group), std::end(group));
    };
    add(recovery_cases);
    add(operator_cases);
    add(change_cases);
    add(act_cases);
    return cases;
}

class EachChangeRejection : public testing::TestWithParam<RejectionCase> {};

TEST_P(EachChangeRejection, is_given_for_its_one_fault_and_changes_nothing) {
    Scene scene;
    EXPECT_EQ(name(GetParam().reach(scene)), name(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(ChangeRejection, EachChangeRejection, testing::ValuesIn(all_cases()),
                         [](auto const& parameter) {
                             return std::to_string(parameter.index) + "_" +
                                    std::string(name(parameter.param.expected));
                         });

TEST(ChangeRejection, has_a_case_for_every_number) {
    for (std::uint16_t number = rejection_first; number <= rejection_last; ++number)
        EXPECT_TRUE(
            std::ranges::count(all_cases(), static_cast<Rejection>(number), &RejectionCase::expected) > 0)
            << number;
}

} // namespace
} // namespace bulla::ledger
