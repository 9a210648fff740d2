#include "service/keyring.hpp"

#include "crypto/random.hpp"
#include "service/network_founding.hpp"
#include "service/secret_exchange.hpp"
#include "service/test_node.hpp"
#include "service/test_people.hpp"
#include "support/temporary_directory.hpp"

#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

class KeyringOfNewKeys : public testing::Test {
protected:
    KeyringOfNewKeys() { EXPECT_TRUE(make_keys(files(), randomness)); }
    KeyDirectory files() const { return KeyDirectory::bare(directory.path()); }

    // As a change would name it.
    static ledger::Keyset keyset_of(HeldSecret const& secret) {
        auto const& keys = std::get<std::shared_ptr<KeysetKeys const>>(secret);
        ledger::Keyset keyset{.number = 2, .seeds = {hash_seed(keys->oprf_seed)}};
        keyset.opaque_public_key =
            decltype(keyset.opaque_public_key)::from(keys->opaque_keys.public_key.view());
        return keyset;
    }

    test::TemporaryDirectory directory;
    crypto::SystemRandomness randomness;
};

TEST_F(KeyringOfNewKeys, has_a_new_keyset_again_after_a_start) {
    auto const first = load_keys(files()).value();
    Keyring ring(first);
    auto const keyset = keyset_of(ring.make(SecretKind::keyset, randomness).value());
    auto const again = load_keys(files()).value();
    auto const kept = Keyring(again).find(keyset);
    ASSERT_TRUE(kept && ring.find(keyset));
    EXPECT_TRUE(base::same_secret(kept->oprf_seed, ring.find(keyset)->oprf_seed));
}

TEST_F(KeyringOfNewKeys, has_no_keyset_with_another_seed) {
    auto const keys = load_keys(files()).value();
    Keyring ring(keys);
    auto keyset = keyset_of(ring.make(SecretKind::keyset, randomness).value());
    EXPECT_TRUE(ring.has(secret_of(keyset)));
    keyset.seeds.front().writable()[0] ^= 1;
    EXPECT_FALSE(ring.has(secret_of(keyset)));
    EXPECT_EQ(ring.find(keyset), nullptr);
    keyset.seeds.clear();
    EXPECT_FALSE(ring.has(secret_of(keyset)));
}

TEST_F(KeyringOfNewKeys, lacks_a_policy_with_one_keyset_that_is_not_here) {
    auto const keys = load_keys(files()).value();
    Keyring ring(keys);
    ledger::PolicyRow policy;
    policy.keysets = {keyset_of(ring.make(SecretKind::keyset, randomness).value())};
    EXPECT_TRUE(ring.has_all(policy));
    policy.keysets.emplace_back();
    EXPECT_FALSE(ring.has_all(policy));
}

TEST_F(KeyringOfNewKeys, refuses_a_file_that_is_not_what_its_name_says) {
    auto const name = [&] {
        auto const keys = load_keys(files()).value();
        return name_of(Keyring(keys).make(SecretKind::keyset, randomness).value());
    }();
    auto const file = directory.path() / file_of(name);
    EXPECT_EQ(fs::file_size(file), 64U);
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(64, 'x');
    EXPECT_EQ(load_keys(files()).error().kind, KeyFaultKind::wrong_size);
}

TEST_F(KeyringOfNewKeys, log_keys_and_keysets_have_file_names_of_their_own) {
    auto const keys = load_keys(files()).value();
    Keyring ring(keys);
    for (auto const kind : {SecretKind::keyset, SecretKind::log_key}) {
        auto const name = name_of(ring.make(kind, randomness).value());
        EXPECT_EQ(parse_secret_file(file_of(name)), name);
        EXPECT_EQ(key_size(file_of(name)), secret_size(kind));
        EXPECT_TRUE(is_key_name(file_of(name)));
        EXPECT_EQ(parse_secret_file(file_of(name) + "A"), std::nullopt);
    }
}

class TwoNodesWithSecrets : public testing::Test {
protected:
    TwoNodesWithSecrets() {
        std::vector<NewNode> const places{
            {directory.path() / "one", "http://127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
            {directory.path() / "two", "http://127.0.0.1:4", "127.0.0.1:5", "127.0.0.1:6"}};
        crypto::SystemRandomness randomness;
        EXPECT_TRUE(found_network(places, Settings{}, clock.now(), randomness));
        one = open(places[0]);
        two = open(places[1]);
    }
    std::unique_ptr<TestNode> open(NewNode const& place) {
        Settings settings;
        settings.data = place.data;
        auto node = std::make_unique<TestNode>(settings, clock);
        EXPECT_TRUE(node->application().join_network(
            {.vrf_public_key = ground(node).keys.vrf_key.public_key(), .lacking = lacking, .disk = pool}));
        return node;
    }
    static Ground const& ground(std::unique_ptr<TestNode> const& node) {
        return node->application().ground();
    }

    // What node two sends node one for it, opened.
    std::optional<SecretBytes> ask_two(SecretName const& name) {
        NodeMessage const asking{.purpose = NodePurpose::ask_secret,
                                 .from = ground(one).node,
                                 .to = ground(two).node,
                                 .question = {},
                                 .time = clock.now(),
                                 .body = ledger::encode(SecretRequest{.kind = name.kind, .id = name.id})};
        auto const envelope =
            two->wait(two->application().peers()->answer(*seal_message(ground(one), asking)));
        auto const message = open_envelope(ground(one), *envelope);
        EXPECT_EQ(message->purpose, NodePurpose::secret);
        auto const sealed = ledger::decode<SharedKeysAnswer>(message->body).value().sealed;
        auto const from = channel_key_of(*ground(one).head()->nodes, ground(two).node);
        return ground(one).keys.network->channel.open(*from, sealed);
    }
    ledger::ChangeKeyset make_change() {
        auto const secret = two->wait(two->application().make_shared_secret(SecretKind::keyset)).value();
        auto const& keys = std::get<std::shared_ptr<KeysetKeys const>>(secret);
        ledger::ChangeKeyset act;
        act.keyset = ground(two).head()->policy->keysets.back();
        act.keyset.number = 2;
        act.keyset.seeds = {hash_seed(keys->oprf_seed)};
        act.keyset.opaque_public_key =
            decltype(act.keyset.opaque_public_key)::from(keys->opaque_keys.public_key.view());
        return act;
    }

    test::TemporaryDirectory directory;
    SetClock clock;
    sequencer::LackingRecords lacking;
    net::WorkerPool pool{{.name = "secret", .threads = 1, .queue_max = 4}};
    std::unique_ptr<TestNode> one, two;
};

TEST_F(TwoNodesWithSecrets, give_a_secret_once_their_own_ledger_names_it) {
    auto const act = make_change();
    auto const wanted = secret_of(act.keyset);
    EXPECT_FALSE(ask_two(wanted.name));
    EXPECT_TRUE(TestOperator(*two).propose(act));
    auto const bytes = ask_two(wanted.name);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_TRUE(is_the_wanted(*open_secret(SecretKind::keyset, bytes->expose()), wanted));
}

TEST_F(TwoNodesWithSecrets, give_nothing_that_they_have_not_got) {
    auto act = make_change();
    act.keyset.opaque_public_key.writable()[0] ^= 1;
    EXPECT_TRUE(TestOperator(*two).propose(act));
    EXPECT_FALSE(ask_two(secret_of(act.keyset).name));
}

TEST_F(TwoNodesWithSecrets, lack_what_is_proposed_and_made_elsewhere) {
    auto const act = make_change();
    EXPECT_TRUE(TestOperator(*one).propose(act));
    EXPECT_EQ(one->application().peers()->secrets()->find_lacking().value(),
              std::vector{secret_of(act.keyset)});
    EXPECT_TRUE(TestOperator(*two).propose(act));
    EXPECT_TRUE(two->application().peers()->secrets()->find_lacking().value().empty());
}

} // namespace
} // namespace bulla::service
