// Sign-in by passkeys and other keys, on a node without HTTP. Catalogue: D2, D3, D5, D6, D10, D11, D13.
#include "service/key_login.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"
#include "service/client_walk.hpp"
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

#include <map>
#include <set>
#include <thread>

namespace bulla::service {
namespace {

using base::ByteBuffer;

// An authenticator with one EdDSA passkey, and the same key used as a device key.
struct Key {
    crypto::Ed25519KeyPair pair;
    ByteBuffer webauthn_id;
    std::uint8_t flags = 0x05;
    std::uint32_t count = 0;

    static Key make(std::string_view name) {
        auto const seed = crypto::sha256(base::as_bytes(name));
        return {.pair = crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed)),
                .webauthn_id = base::to_buffer(base::as_bytes(name))};
    }
    ledger::PublicKey public_key() const { return ledger::PublicKey(pair.public_key()); }
    ledger::NewCredential credential() const {
        ledger::NewCredential made;
        made.kind = ledger::CredentialKind::passkey;
        made.public_key = public_key();
        made.webauthn_id = webauthn_id;
        return made;
    }
    ledger::CredentialId id(ledger::Label const& label, ledger::CredentialKind kind) const {
        return credential::credential_id(credential::CredentialOwner::from(label), kind, public_key());
    }
    std::vector<ByteBuffer> assertion(credential::StatementDigest const& digest, std::string_view origin,
                                      std::string_view rp_id = "localhost") {
        ++count;
        std::array<std::uint8_t, 1> const flag_byte = {flags};
        auto data = base::concat(crypto::sha256(base::as_bytes(rp_id)), flag_byte, base::u32be(count));
        auto const text = R"({"type":"webauthn.get","challenge":")" + base::to_base64url(digest) +
                          R"(","origin":")" + std::string(origin) + R"(","crossOrigin":false})";
        auto client_data = base::to_buffer(base::as_bytes(text));
        auto const signature = pair.sign(base::concat(data, crypto::sha256(base::ByteView(client_data))));
        return {std::move(data), std::move(client_data), base::to_buffer(signature)};
    }
};

class KeyLoginTest : public testing::Test {
protected:
    static constexpr std::string_view origin = "http://localhost:8080";

    static Settings settings_for(std::filesystem::path const& data) {
        Settings settings;
        settings.data = data;
        return settings;
    }
    Application& application() { return node->application(); }
    Ground const& ground() { return application().ground(); }

    Served<Registered> try_register(std::string_view name, Key& signer) {
        auto const offer = application().registration().begin(name, std::nullopt, prefix);
        if (!offer)
            return std::unexpected{offer.error()};
        EXPECT_FALSE(offer->response.has_value());
        ledger::Register statement;
        statement.asks = {.network = offer->network,
                          .label = offer->label,
                          .version = offer->version,
                          .previous = offer->previous,
                          .not_after = offer->time + entry_validity};
        statement.credential = signer.credential();
        statement.opening = ledger::hash_opening(*offer->opening);
        auto bytes = ledger::encode(statement);
        auto const digest = ledger::digest_statement(ledger::EntryKind::register_account, bytes);
        auto const id = signer.id(offer->label, ledger::CredentialKind::passkey);
        ledger::Evidence evidence{.signer = base::to_buffer(id), .parts = signer.assertion(digest, origin)};
        return node->wait(application().registration().finish(
            offer->id,
            {.opaque_record = std::nullopt, .statement = std::move(bytes), .evidence = {evidence}}));
    }
    Registered sign_up(std::string_view name, Key& signer) { return try_register(name, signer).value(); }

    KeyLoginOffer begin(std::string client = "bulla", std::string at = std::string(origin),
                        std::optional<std::string> username = {}) {
        return application()
            .key_login()
            .begin({.client = std::move(client),
                    .origin = std::move(at),
                    .username = std::move(username),
                    .prefix = prefix})
            .value();
    }
    ledger::NamelessLogin statement_for(KeyLoginOffer const& offer) {
        auto const head = ground().head();
        return {.network = offer.network,
                .not_after = offer.time + std::chrono::seconds{60},
                .challenge = offer.challenge,
                .client = "bulla",
                .origin = std::string(origin),
                .checkpoint = {.size = head->size, .root = head->root},
                .request = {}};
    }
    template <class Statement>
    KeyLoginFinish made_of(KeyLoginOffer const& offer, Statement const& statement, Key& signer) {
        auto bytes = ledger::encode(statement);
        auto const digest = credential::statement_digest(ledger::login_domain, bytes);
        return {.id = offer.id,
                .statement = std::move(bytes),
                .evidence = signer.assertion(digest, origin),
                .account = {},
                .username = {},
                .passkey = signer.webauthn_id,
                .credential = {}};
    }
    KeyLoginFinish made_for(ledger::AccountId const& account, Key& signer) {
        auto const offer = begin();
        auto made = made_of(offer, statement_for(offer), signer);
        made.account = account;
        return made;
    }
    Served<IssuedToken> finish(KeyLoginFinish const& made) { return application().key_login().finish(made); }
    bool is_refused(KeyLoginFinish const& made) {
        auto const issued = finish(made);
        return !issued && issued.error().kind == ServiceFaultKind::login_refused;
    }
    void restart() {
        node.reset();
        node = std::make_unique<TestNode>(settings_for(directory.path() / "data"), clock);
    }

    bulla::test::TemporaryDirectory directory;
    SetClock clock;
    AddressPrefix prefix{127, 0, 0};
    std::unique_ptr<TestNode> node =
        std::make_unique<TestNode>(settings_for(directory.path() / "data"), clock);
    Key key = Key::make("alice's key");
};

TEST_F(KeyLoginTest, finds_the_account_by_the_user_handle_and_knows_its_name) {
    auto const account = sign_up("Alice", key).account;
    auto const issued = finish(made_for(account, key));
    ASSERT_TRUE(issued);
    EXPECT_EQ(issued->username, "alice");
    EXPECT_EQ(issued->account, account);
    auto const principal = application().tokens().check_bearer(issued->access_token);
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->client, "bulla");
    EXPECT_EQ(ground().events.count(Event::key_login_good), 1U);
}

TEST_F(KeyLoginTest, finds_the_account_after_a_restart) {
    auto const account = sign_up("alice", key).account;
    restart();
    EXPECT_TRUE(finish(made_for(account, key)));
}

TEST_F(KeyLoginTest, finds_the_account_by_its_name_too) {
    sign_up("alice", key);
    auto const offer = begin("bulla", std::string(origin), "ALICE");
    EXPECT_EQ(offer.passkeys, std::vector<ByteBuffer>{key.webauthn_id});
    auto made = made_of(offer, statement_for(offer), key);
    made.username = "alice";
    EXPECT_TRUE(finish(made));
}

TEST_F(KeyLoginTest, takes_the_form_with_a_name_for_the_present_version_alone) {
    auto const account = sign_up("alice", key).account;
    auto const label = make_label(ground().keys.vrf_key, "alice");
    auto const row = ground().ledger.load_account(label).value().value();
    auto const with = [&](ledger::AccountVersion version, ledger::CredentialId const& id) {
        auto const offer = begin();
        auto const nameless = statement_for(offer);
        ledger::LoginStatement statement;
        statement.asks = {.network = nameless.network,
                          .label = label,
                          .version = version,
                          .previous = row.head.head,
                          .not_after = nameless.not_after};
        statement.challenge = nameless.challenge;
        statement.client = nameless.client;
        statement.origin = nameless.origin;
        statement.credential = id;
        statement.checkpoint = nameless.checkpoint;
        auto made = made_of(offer, statement, key);
        made.account = account;
        return made;
    };
    auto const id = key.id(label, ledger::CredentialKind::passkey);
    EXPECT_TRUE(finish(with(row.head.version, id)));
    EXPECT_TRUE(is_refused(with(row.head.version.next(), id)));
    EXPECT_TRUE(is_refused(with(row.head.version, ledger::CredentialId{})));
}

TEST_F(KeyLoginTest, D2_takes_a_challenge_once_and_only_while_it_lives) {
    auto const account = sign_up("alice", key).account;
    auto made = made_for(account, key);
    EXPECT_TRUE(finish(made));
    EXPECT_TRUE(is_refused(made));
    auto late = made_for(account, key);
    clock.advance(std::chrono::seconds{61});
    EXPECT_TRUE(is_refused(late));
    auto const first = begin(), second = begin();
    auto crossed = made_of(first, statement_for(first), key);
    crossed.account = account;
    crossed.id = second.id;
    EXPECT_TRUE(is_refused(crossed));
}

TEST_F(KeyLoginTest, D2_of_many_at_once_one_begins_a_session) {
    auto const account = sign_up("alice", key).account;
    auto const made = made_for(account, key);
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] { good += finish(made).has_value(); });
    }
    EXPECT_EQ(good, 1);
}

TEST_F(KeyLoginTest, D2_refuses_a_statement_for_anything_else) {
    auto const account = sign_up("alice", key).account;
    using Change = void (*)(ledger::NamelessLogin&);
    for (Change const change :
         {Change([](auto& s) { s.network = {}; }), Change([](auto& s) { s.challenge = {}; }),
          Change([](auto& s) { s.client = "cli"; }), Change([](auto& s) { s.origin = "http://localhost"; }),
          Change([](auto& s) { s.request = ledger::RequestHash{}; }),
          Change([](auto& s) { s.not_after = s.not_after - std::chrono::minutes{5}; }),
          Change([](auto& s) { s.not_after = s.not_after + std::chrono::minutes{5}; })}) {
        auto const offer = begin();
        auto statement = statement_for(offer);
        change(statement);
        auto made = made_of(offer, statement, key);
        made.account = account;
        EXPECT_TRUE(is_refused(made));
    }
}

TEST_F(KeyLoginTest, D3_on_a_page_is_for_that_page_and_on_the_command_line_for_none) {
    auto const account = sign_up("alice", key).account;
    auto const policy = ground().head()->policy;
    EXPECT_TRUE(is_known_client(*policy, "bulla", origin));
    EXPECT_TRUE(is_known_client(*policy, "cli", "cli"));
    EXPECT_FALSE(is_known_client(*policy, "cli", origin));
    EXPECT_FALSE(is_known_client(*policy, "bulla", "cli"));
    EXPECT_FALSE(is_known_client(*policy, "bulla", "http://localhost:8081"));
    EXPECT_FALSE(is_known_client(*policy, "other", origin));
    auto const offer = begin("cli", "cli");
    auto statement = statement_for(offer);
    statement.client = statement.origin = "cli";
    auto made = made_of(offer, statement, key);
    made.account = account;
    EXPECT_TRUE(is_refused(made));
}

TEST_F(KeyLoginTest, D5_D6_D13_looks_at_flags_and_counter) {
    auto const account = sign_up("alice", key).account;
    auto const with = [&](std::uint8_t flags, std::uint32_t count) {
        key.flags = flags;
        key.count = count - 1;
        return finish(made_for(account, key)).has_value();
    };
    EXPECT_FALSE(with(0x01, 10)); // D13: not verified now
    EXPECT_TRUE(with(0x05, 10));
    EXPECT_FALSE(with(0x05, 10));
    EXPECT_FALSE(with(0x05, 9));
    EXPECT_FALSE(with(0x05, 0));
    EXPECT_EQ(ground().events.count(Event::sign_count_refused), 3U);
    EXPECT_FALSE(with(0x0d, 11)); // was not eligible for backup before
    EXPECT_TRUE(with(0x05, 11));
    restart();
    EXPECT_FALSE(with(0x05, 11));
    EXPECT_TRUE(with(0x05, 12));
}

TEST_F(KeyLoginTest, D10_the_same_webauthn_id_in_two_accounts_opens_each_to_its_own_key) {
    auto const alice = sign_up("alice", key).account;
    auto other = Key::make("bob's key");
    other.webauthn_id = key.webauthn_id;
    auto const bob = sign_up("bob", other).account;
    EXPECT_TRUE(finish(made_for(alice, key)));
    EXPECT_TRUE(finish(made_for(bob, other)));
    EXPECT_TRUE(is_refused(made_for(alice, other)));
    EXPECT_TRUE(is_refused(made_for(bob, key)));
}

TEST_F(KeyLoginTest, D11_needs_to_be_told_whose_it_is_without_contradiction) {
    auto const alice = sign_up("alice", key).account;
    auto other = Key::make("bob's key");
    sign_up("bob", other);
    auto made = made_for(alice, key);
    made.account.reset();
    EXPECT_TRUE(is_refused(made));
    made = made_for(alice, key);
    made.passkey.reset();
    EXPECT_TRUE(is_refused(made));
    made = made_for(alice, key);
    made.username = "bob";
    EXPECT_TRUE(is_refused(made));
    made = made_for(ledger::AccountId{}, key);
    EXPECT_TRUE(is_refused(made));
    auto const offer = begin("bulla", std::string(origin), "bob");
    made = made_of(offer, statement_for(offer), key);
    made.account = alice;
    EXPECT_TRUE(is_refused(made));
}

TEST_F(KeyLoginTest, offers_made_up_passkeys_that_never_change_for_names_that_nobody_has) {
    auto const of = [&](std::string name) {
        return begin("bulla", std::string(origin), std::move(name)).passkeys;
    };
    auto const before = of("nobody");
    EXPECT_NE(of("nobody2"), before);
    restart();
    EXPECT_EQ(of("nobody"), before);
    EXPECT_TRUE(begin().passkeys.empty());
}

// An account with several passkeys must not be told apart by their number.
TEST_F(KeyLoginTest, makes_up_one_two_or_three_different_passkeys) {
    std::map<std::size_t, int> names_of_count;
    for (int i = 0; i < 100; ++i) {
        auto const made_up = begin("bulla", std::string(origin), "nobody" + std::to_string(i)).passkeys;
        ++names_of_count[made_up.size()];
        EXPECT_EQ(std::set(made_up.begin(), made_up.end()).size(), made_up.size());
    }
    // The keys are new in each run. Each count is there, but for one run in 10^7.
    EXPECT_EQ(names_of_count.size(), 3U);
    EXPECT_EQ(names_of_count.begin()->first, 1U);
    EXPECT_EQ(names_of_count.rbegin()->first, 3U);
}

TEST_F(KeyLoginTest, is_refused_to_a_password_key) {
    node->sign_up();
    auto const label = make_label(ground().keys.vrf_key, "alice");
    auto const row = ground().ledger.load_account(label).value().value();
    auto const offer = begin();
    auto made = made_of(offer, statement_for(offer), key);
    made.passkey.reset();
    made.username = "alice";
    made.credential = row.state->password()->id;
    made.evidence = {made.evidence.back()};
    EXPECT_TRUE(is_refused(made));
}

TEST_F(KeyLoginTest, is_limited_by_where_it_comes_from_and_closes_no_name) {
    sign_up("alice", key);
    std::size_t begun = 0;
    while (application().key_login().begin({"bulla", std::string(origin), "alice", prefix}) && begun < 1000)
        ++begun;
    EXPECT_EQ(begun, 120U);
    AddressPrefix const elsewhere{10, 0, 0};
    EXPECT_TRUE(application().key_login().begin({"bulla", std::string(origin), "alice", elsewhere}));
}

TEST_F(KeyLoginTest, ends_with_the_account_and_does_not_open_the_one_that_comes_after_it) {
    auto const before = sign_up("alice", key).account;
    auto const label = make_label(ground().keys.vrf_key, "alice");
    auto const row = ground().ledger.load_account(label).value().value();
    ledger::Erase statement;
    statement.asks = {.network = ground().network,
                      .label = label,
                      .version = row.head.version.next(),
                      .previous = row.head.head,
                      .not_after = clock.now() + std::chrono::seconds{60}};
    auto bytes = ledger::encode(statement);
    auto const digest = ledger::digest_statement(ledger::EntryKind::erase, bytes);
    auto const id = key.id(label, ledger::CredentialKind::passkey);
    auto const issued = finish(made_for(before, key)).value();
    auto const principal = application().tokens().check_bearer(issued.access_token).value();
    EXPECT_TRUE(application().accounts().name_credential(principal, id, "My key"));
    EXPECT_EQ(application().accounts().view(principal).value().names.at(id), "My key");
    ASSERT_TRUE(node->wait(application().accounts().change(
        principal, {.kind = ledger::EntryKind::erase,
                    .statement = std::move(bytes),
                    .evidence = {{.signer = base::to_buffer(id), .parts = key.assertion(digest, origin)}}})));
    EXPECT_TRUE(is_refused(made_for(before, key)));
    EXPECT_EQ(ground().ledger.find_label(before).value(), std::nullopt);
    EXPECT_TRUE(ground().ledger.load_names(label).value().empty());
    auto const after = sign_up("alice", key).account;
    EXPECT_NE(after, before);
    EXPECT_TRUE(is_refused(made_for(before, key)));
    EXPECT_TRUE(finish(made_for(after, key)));
}

// A password for an account that has none, allowed by its passkey.
class FirstPassword : public KeyLoginTest {
protected:
    static constexpr std::string_view secret = "a quiet river runs";

    FirstPassword() {
        principal = application()
                        .tokens()
                        .check_bearer(finish(made_for(sign_up("alice", key).account, key))->access_token)
                        .value();
    }
    // Its evidence lacks the passkey's.
    std::pair<PendingId, NewPassword> make() {
        auto const& keys = ground().keys;
        crypto::SystemRandomness randomness;
        auto walk = NewPasswordWalk::start(SecretBytes::from(base::as_bytes(secret)), randomness);
        auto const offer =
            application().accounts().begin_password_change(principal, walk.request(), prefix).value();
        auto made = std::move(walk).finish_addition(offer,
                                                    {.network = ground().network,
                                                     .opaque_public_key = keys.opaque_keys.public_key,
                                                     .vrf_public_key = keys.vrf_key.public_key()},
                                                    randomness);
        return {offer.id, std::move(made).value().new_password};
    }
    Served<sequencer::Receipt> submit(std::pair<PendingId, NewPassword> made) {
        return node->wait(
            application().accounts().finish_password_change(principal, made.first, std::move(made.second)));
    }
    void allow(NewPassword& made, Key& signer) {
        auto const digest = ledger::digest_statement(ledger::EntryKind::add_credential, made.statement);
        auto const id = signer.id(principal.label, ledger::CredentialKind::passkey);
        made.evidence.insert(made.evidence.begin(),
                             {.signer = base::to_buffer(id), .parts = signer.assertion(digest, origin)});
    }
    Principal principal;
};

TEST_F(FirstPassword, opens_the_account_beside_its_passkey) {
    EXPECT_FALSE(node->log_in(secret));
    auto made = make();
    allow(made.second, key);
    ASSERT_TRUE(submit(std::move(made)));
    EXPECT_TRUE(node->log_in(secret));
    EXPECT_FALSE(node->log_in(test_password));
    EXPECT_TRUE(finish(made_for(principal.account, key)));
    restart();
    EXPECT_TRUE(node->log_in(secret));
}

// D14
TEST_F(FirstPassword, is_refused_without_a_credential_that_allows_it) {
    EXPECT_FALSE(submit(make()));
    auto made = make();
    auto stranger = Key::make("mallory's key");
    allow(made.second, stranger);
    EXPECT_FALSE(submit(std::move(made)));
    EXPECT_FALSE(node->log_in(secret));
}

TEST_F(FirstPassword, is_refused_when_its_record_is_another_and_when_there_is_one) {
    auto other_record = make();
    allow(other_record.second, key);
    other_record.second.opaque_record->back() ^= 1;
    EXPECT_FALSE(submit(std::move(other_record)));
    auto first = make();
    allow(first.second, key);
    ASSERT_TRUE(submit(std::move(first)));
    auto second = make();
    allow(second.second, key);
    EXPECT_FALSE(submit(std::move(second)));
}

TEST_F(KeyLoginTest, a_registration_without_a_password_is_counted_as_one_with_it) {
    for (int i = 0; i < 10; ++i) {
        auto other = Key::make("key " + std::to_string(i));
        EXPECT_TRUE(try_register("name" + std::to_string(i), other));
    }
    auto const eleventh = try_register("alice", key);
    ASSERT_FALSE(eleventh);
    EXPECT_EQ(eleventh.error().kind, ServiceFaultKind::wait);
}

// --- the counter by itself

TEST(SignCount, D6_follows_only_what_is_below_it) {
    auto const follows = [](std::uint32_t now, std::uint32_t last) {
        return may_follow({.flags = 5, .count = now}, SignCount{.flags = 0, .count = last});
    };
    EXPECT_TRUE(follows(0, 0));
    EXPECT_TRUE(follows(1, 0));
    EXPECT_FALSE(follows(0, 1));
    EXPECT_FALSE(follows(7, 7));
    EXPECT_FALSE(follows(6, 7));
    EXPECT_TRUE(follows(0xffff'ffff, 7));
    EXPECT_FALSE(follows(0, 0xffff'ffff));
}

TEST(SignCount, row_is_read_as_it_was_written_and_nothing_else_is) {
    for (SignCount const count :
         {SignCount{}, SignCount{.flags = 8, .count = 1}, SignCount{0, 0xffff'ffff}}) {
        auto const row = count.encode();
        auto const read = SignCount::decode(row);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->flags, count.flags);
        EXPECT_EQ(read->count, count.count);
        EXPECT_FALSE(SignCount::decode(base::ByteView(row).first(5)));
    }
    EXPECT_FALSE(SignCount::decode(ByteBuffer(6, 0)));
    EXPECT_FALSE(SignCount::read(ByteBuffer(36, 0)));
}

} // namespace
} // namespace bulla::service
