#include "service/password_keyset.hpp"

#include "crypto/random.hpp"
#include "service/test_node.hpp"
#include "service/test_people.hpp"
#include "support/temporary_directory.hpp"

namespace bulla::service {
namespace {

class NewKeyset : public testing::Test {
protected:
    NewKeyset() {
        Settings settings;
        settings.data = directory.path() / "data";
        node = std::make_unique<TestNode>(settings, clock);
    }
    Application& application() { return node->application(); }
    Ground const& ground() { return application().ground(); }
    std::uint32_t newest() { return ground().head()->policy->keysets.back().number; }

    ledger::ChangeKeyset make_act() {
        auto const secret = node->wait(application().make_shared_secret(SecretKind::keyset)).value();
        auto const& keys = std::get<std::shared_ptr<KeysetKeys const>>(secret);
        ledger::ChangeKeyset act;
        act.keyset = ground().head()->policy->keysets.back();
        ++act.keyset.number;
        act.keyset.seeds = {hash_seed(keys->oprf_seed)};
        act.keyset.opaque_public_key =
            decltype(act.keyset.opaque_public_key)::from(keys->opaque_keys.public_key.view());
        return act;
    }
    void put_in_force(ledger::ChangeKeyset const& act) {
        TestOperator operators(*node);
        auto const change = operators.propose(act).value().leaf_hash;
        ASSERT_TRUE(operators.apply(change, act));
    }
    ledger::AccountRow alice() {
        return *ground().ledger.load_account(make_label(ground().keys.vrf_key, "alice")).value();
    }
    std::uint32_t keyset_of_alice() { return alice().state->password()->key.keyset.value(); }
    ledger::AccountVersion version_of_alice() { return alice().head.version; }
    // What one blinded password comes to under the name's key: the first 32 bytes of KE2.
    base::ByteBuffer evaluation(std::string const& name) {
        auto const offer = application().login().begin(
            {.username = name, .ke1 = ke1, .client = "cli", .origin = "cli", .prefix = {127, 0, 0}});
        auto const bytes = base::ByteView(offer.value().ke2).first(32);
        return {bytes.begin(), bytes.end()};
    }

    test::TemporaryDirectory directory;
    SetClock clock;
    std::unique_ptr<TestNode> node;
    crypto::SystemRandomness randomness;
    base::ByteBuffer ke1 =
        LoginWalk::start(SecretBytes::from(base::as_bytes(test_password)), randomness).request();
};

TEST_F(NewKeyset, takes_a_password_over_when_its_owner_signs_in) {
    node->sign_up();
    put_in_force(make_act());
    EXPECT_EQ(keyset_of_alice(), 1U);
    auto const token = node->token();
    EXPECT_EQ(keyset_of_alice(), 2U);
    EXPECT_TRUE(node->tokens().check_bearer(token)); // the session is of the new record
    auto const version = version_of_alice();
    node->token();
    EXPECT_EQ(version_of_alice(), version);
}

TEST_F(NewKeyset, takes_nothing_over_for_a_wrong_password) {
    node->sign_up();
    put_in_force(make_act());
    EXPECT_FALSE(node->log_in("not the password at all"));
    EXPECT_EQ(keyset_of_alice(), 1U);
}

TEST_F(NewKeyset, is_the_one_of_new_people) {
    put_in_force(make_act());
    node->sign_up();
    EXPECT_EQ(keyset_of_alice(), 2U);
    node->token();
    EXPECT_EQ(keyset_of_alice(), 2U);
}

// Otherwise whoever asks before and after would see which names nothing has changed for.
TEST_F(NewKeyset, changes_the_answer_for_a_name_that_is_not_there_when_its_neighbour_moves) {
    node->sign_up();
    auto const known = evaluation("alice");
    auto const unknown = evaluation("nobody");
    put_in_force(make_act());
    EXPECT_EQ(evaluation("alice"), known);
    EXPECT_EQ(evaluation("nobody"), unknown);
    node->token();
    EXPECT_NE(evaluation("alice"), known);
    EXPECT_NE(evaluation("nobody"), unknown);
}

TEST_F(NewKeyset, that_is_not_here_closes_passwords_for_known_and_unknown_names_alike) {
    node->sign_up();
    auto act = make_act();
    act.keyset.seeds.front().writable()[0] ^= 1;
    put_in_force(act);
    for (std::string const name : {"alice", "nobody"}) {
        auto const offer = application().login().begin(
            {.username = name, .ke1 = ke1, .client = "cli", .origin = "cli", .prefix = {127, 0, 0}});
        EXPECT_EQ(offer.error().kind, ServiceFaultKind::busy) << name;
    }
    EXPECT_EQ(node->try_sign_up("bob").error().kind, ServiceFaultKind::busy);
    auto const wants = application().wants();
    EXPECT_NE(std::ranges::find(wants, Application::Want::keysets), wants.end());
}

} // namespace
} // namespace bulla::service
