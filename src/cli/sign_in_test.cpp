// Registration, login, change and erasure through the whole service on a real data directory: what http
// calls, without HTTP. The time is the test's own.
#include "base/encoding.hpp"
#include "crypto/random.hpp"
#include "crypto/start.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"
#include "service/proof.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace bulla::cli {
namespace {

using namespace std::chrono_literals;
using service::ServiceFaultKind;

class TestClock final : public base::Clock {
public:
    base::Timestamp now() const override { return now_; }
    void advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

private:
    std::atomic<base::Timestamp> now_{base::from_unix_milliseconds(1'800'000'000'000)};
};

service::Settings settings_for(std::filesystem::path const& data) {
    service::Settings settings;
    settings.data = data;
    return settings;
}

SecretBytes secret(std::string_view text) {
    return SecretBytes::from(base::as_bytes(text));
}

constexpr std::string_view password = "correct horse battery staple";

// One run of a node on a data directory.
class Node {
public:
    Node(std::filesystem::path const& path, TestClock& clock)
        : settings_(settings_for(path)), data_(service::open_data(settings_, clock, randomness_).value()),
          sequencer_(data_.open_chain().value(), *data_.ledger, clock) {
        application_ = std::make_unique<service::Application>(
            settings_, service::Parts{.keys = data_.keys,
                                      .signing_keys = std::move(data_.signing_keys),
                                      .network = data_.network,
                                      .sequencer = sequencer_,
                                      .ledger = *data_.ledger,
                                      .live = *data_.live,
                                      .argon2_pool = pool_,
                                      .disk_pool = pool_,
                                      .clock = clock,
                                      .randomness = randomness_});
        EXPECT_TRUE(run(application_->signing_keys().settle()));
    }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> result;
        boost::asio::co_spawn(
            context_,
            [&result, work = std::move(work)]() mutable -> boost::asio::awaitable<void> {
                result.emplace(co_await std::move(work));
            },
            [](std::exception_ptr error) {
                if (error)
                    std::rethrow_exception(error);
            });
        context_.restart();
        context_.run();
        return *std::move(result);
    }

    service::Served<service::Registered> sign_up(std::string name, std::string_view typed) {
        return run(application_->plain_form().register_account(std::move(name), secret(typed), prefix_));
    }
    service::Served<service::IssuedToken> log_in(std::string name, std::string_view typed) {
        return run(application_->plain_form().login(std::move(name), secret(typed), prefix_));
    }
    service::Application& application() { return *application_; }
    service::Principal principal(std::string_view token) {
        return application_->tokens().check_bearer(token).value();
    }
    service::NetworkKeys network_keys() const {
        return {.network = data_.network,
                .opaque_public_key = data_.keys.opaque_keys.public_key,
                .vrf_public_key = data_.keys.vrf_key.public_key()};
    }
    merkle::VerifierKey log_key() const {
        return merkle::VerifierKey::make(data_.genesis.nodes.origin, merkle::NoteKeyType::ed25519,
                                         data_.genesis.nodes.log_key);
    }
    // The walk of a login as a client on its own machine runs it; what the form does not hand out is in it.
    service::LoginWalk::Made walk_login(std::string const& name, std::string_view typed) {
        auto walk = service::LoginWalk::start(secret(typed), randomness_);
        auto const offer = application_->login()
                               .begin({.username = name,
                                       .ke1 = walk.request(),
                                       .client = "cli",
                                       .origin = "cli",
                                       .prefix = prefix_})
                               .value();
        return std::move(walk).finish(offer, network_keys(), "cli", "cli").value();
    }
    service::Served<service::LoginOffer> try_offer(std::string const& name, base::ByteBuffer const& ke1) {
        return application_->login().begin(
            {.username = name, .ke1 = ke1, .client = "cli", .origin = "cli", .prefix = prefix_});
    }
    service::LoginOffer offer(std::string const& name, base::ByteBuffer const& ke1) {
        return try_offer(name, ke1).value();
    }
    service::LoginOffer offer(std::string const& name) {
        return offer(name, service::LoginWalk::start(secret(password), randomness_).request());
    }
    bool end_sessions(std::string const& name, std::string const& token) {
        auto const made = walk_login(name, password);
        ledger::EndSessions statement;
        statement.asks = service::next_entry(made.parameters, network_keys().network);
        auto const bytes = ledger::encode(statement);
        auto const kind = ledger::EntryKind::end_sessions;
        return run(application_->accounts().change(
                       principal(token), {.kind = kind,
                                          .statement = bytes,
                                          .evidence = {service::make_evidence(
                                              kind, bytes, made.parameters.credential, made.password_key)}}))
            .has_value();
    }
    base::Randomness& randomness() { return randomness_; }
    base::ByteBuffer const& prefix() const { return prefix_; }

private:
    boost::asio::io_context context_{1};
    net::WorkerPool pool_{{.name = "argon2", .threads = 1, .queue_max = 4}};
    crypto::SystemRandomness randomness_;
    base::ByteBuffer prefix_{127, 0, 0};
    service::Settings settings_;
    service::DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    std::unique_ptr<service::Application> application_;
};

class SignIn : public testing::Test {
protected:
    test::TemporaryDirectory directory;
    TestClock clock;
    std::filesystem::path data() const { return directory.path() / "data"; }
};

TEST_F(SignIn, a_registered_account_logs_in_and_its_token_names_it) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("Alice", password));
    auto const issued = node.log_in("alice", password);
    ASSERT_TRUE(issued);
    auto const principal = node.principal(issued->access_token);
    EXPECT_EQ(principal.username, "alice");
    EXPECT_EQ(principal.account, issued->account);
}

TEST_F(SignIn, a_taken_name_is_refused_in_every_spelling) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const again = node.sign_up("ALICE", "some other passphrase");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ServiceFaultKind::username_taken);
}

// E9
TEST_F(SignIn, wrong_password_unknown_name_and_impossible_name_are_refused_alike) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    for (auto const* const name : {"alice", "nobody", "no body", ""}) {
        auto const refused = node.log_in(name, "wrong horse battery staple");
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().kind, ServiceFaultKind::login_refused) << name;
    }
    EXPECT_EQ(node.log_in("alice", "").error().kind, ServiceFaultKind::login_refused);
}

// E7
TEST_F(SignIn, a_fifth_wrong_guess_in_a_row_makes_the_name_wait) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    std::optional<ServiceFaultKind> last;
    for (int guess = 0; guess < 8 && last != ServiceFaultKind::wait; ++guess)
        last = node.log_in("alice", "wrong horse battery staple").error().kind;
    EXPECT_EQ(last, ServiceFaultKind::wait);
    EXPECT_EQ(node.log_in("alice", password).error().kind, ServiceFaultKind::wait);
    clock.advance(1h);
    EXPECT_TRUE(node.log_in("alice", password));
}

TEST_F(SignIn, accounts_sessions_and_tokens_are_there_after_a_restart) {
    std::string token;
    {
        Node node(data(), clock);
        ASSERT_TRUE(node.sign_up("alice", password));
        token = node.log_in("alice", password)->access_token;
    }
    Node node(data(), clock);
    EXPECT_EQ(node.principal(token).username, "alice");
    EXPECT_TRUE(node.log_in("alice", password));
}

TEST_F(SignIn, a_token_is_refused_when_its_time_is_over) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const token = node.log_in("alice", password)->access_token;
    clock.advance(16min);
    EXPECT_EQ(node.application().tokens().check_bearer(token).error(), service::BearerFault::expired);
}

// A25
TEST_F(SignIn, a_logged_out_session_ends_its_tokens_and_no_others) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const first = node.log_in("alice", password);
    auto const second = node.log_in("alice", password);
    auto const principal = node.principal(first->access_token);
    EXPECT_TRUE(node.application().tokens().end_session(principal.account, principal.session).value());
    EXPECT_EQ(node.application().tokens().check_bearer(first->access_token).error(),
              service::BearerFault::ended);
    EXPECT_TRUE(node.application().tokens().check_bearer(second->access_token));
}

// A25
TEST_F(SignIn, end_sessions_on_the_ledger_ends_every_token_of_the_account) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    ASSERT_TRUE(node.sign_up("bob", password));
    auto const token = node.log_in("alice", password)->access_token;
    auto const other = node.log_in("bob", password)->access_token;
    ASSERT_TRUE(node.end_sessions("alice", token));
    EXPECT_EQ(node.application().tokens().check_bearer(token).error(), service::BearerFault::ended);
    EXPECT_TRUE(node.application().tokens().check_bearer(other));
    EXPECT_TRUE(node.log_in("alice", password));
}

// A25
TEST_F(SignIn, what_was_ended_stays_ended_after_a_restart) {
    std::string logged_out;
    std::string ended;
    std::string living;
    {
        Node node(data(), clock);
        ASSERT_TRUE(node.sign_up("alice", password));
        ASSERT_TRUE(node.sign_up("bob", password));
        logged_out = node.log_in("bob", password)->access_token;
        living = node.log_in("bob", password)->access_token;
        ended = node.log_in("alice", password)->access_token;
        auto const principal = node.principal(logged_out);
        ASSERT_TRUE(node.application().tokens().end_session(principal.account, principal.session).value());
        ASSERT_TRUE(node.end_sessions("alice", ended));
    }
    Node node(data(), clock);
    EXPECT_EQ(node.application().tokens().check_bearer(logged_out).error(), service::BearerFault::ended);
    EXPECT_EQ(node.application().tokens().check_bearer(ended).error(), service::BearerFault::ended);
    EXPECT_TRUE(node.application().tokens().check_bearer(living));
}

// A24
TEST_F(SignIn, a_token_of_another_network_is_refused) {
    Node here(data(), clock);
    Node elsewhere(directory.path() / "elsewhere", clock);
    ASSERT_TRUE(here.sign_up("alice", password));
    ASSERT_TRUE(elsewhere.sign_up("alice", password));
    auto const token = elsewhere.log_in("alice", password)->access_token;
    EXPECT_EQ(here.application().tokens().check_bearer(token).error(), service::BearerFault::malformed);
}

// H3
TEST_F(SignIn, a_neighbours_session_is_as_unknown_as_one_that_never_was) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    ASSERT_TRUE(node.sign_up("bob", password));
    auto const alice = node.principal(node.log_in("alice", password)->access_token);
    auto const token = node.log_in("bob", password)->access_token;
    auto& tokens = node.application().tokens();
    EXPECT_FALSE(tokens.end_session(alice.account, node.principal(token).session).value());
    EXPECT_FALSE(tokens.end_session(alice.account, token::SessionId{}).value());
    EXPECT_TRUE(tokens.check_bearer(token));
    EXPECT_EQ(tokens.sessions(alice.account).value().size(), 1);
}

// E5
TEST_F(SignIn, the_last_message_of_a_login_counts_once_in_time_and_for_its_own_login) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto& login = node.application().login();
    auto const first = node.walk_login("alice", password).finish;
    auto const second = node.walk_login("alice", password).finish;

    auto crossed = first;
    crossed.id = second.id;
    EXPECT_EQ(login.finish(crossed).error().kind, ServiceFaultKind::login_refused);
    EXPECT_EQ(login.finish(second).error().kind, ServiceFaultKind::login_refused); // consumed by that try
    EXPECT_TRUE(login.finish(first));
    EXPECT_EQ(login.finish(first).error().kind, ServiceFaultKind::login_refused);

    auto const late = node.walk_login("alice", password).finish;
    clock.advance(61s);
    EXPECT_EQ(login.finish(late).error().kind, ServiceFaultKind::login_refused);

    auto wrong = node.walk_login("alice", password).finish;
    auto const right = wrong;
    wrong.ke3[0] ^= 1;
    EXPECT_EQ(login.finish(wrong).error().kind, ServiceFaultKind::login_refused);
    EXPECT_EQ(login.finish(right).error().kind, ServiceFaultKind::login_refused);
}

// E7
TEST_F(SignIn, spellings_of_one_name_share_its_guesses) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    std::vector<std::string> const spellings = {"alice", "ALICE", "Alice", "\uff41lice", "ALICE"};
    for (auto const& name : spellings)
        EXPECT_EQ(node.log_in(name, "wrong horse battery staple").error().kind,
                  ServiceFaultKind::login_refused)
            << name;
    EXPECT_EQ(node.log_in("aLiCe", password).error().kind, ServiceFaultKind::wait);
}

// E7
TEST_F(SignIn, a_verified_login_forgives_the_failures_before_it) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    for (int round = 0; round < 3; ++round) {
        for (int guess = 0; guess < 4; ++guess)
            EXPECT_EQ(node.log_in("alice", "wrong horse battery staple").error().kind,
                      ServiceFaultKind::login_refused);
        EXPECT_TRUE(node.log_in("alice", password));
        clock.advance(10min); // the prefix has a bucket of its own
    }
}

// E9
TEST_F(SignIn, the_first_half_of_a_login_is_alike_for_names_that_are_there_and_names_that_are_not) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const known = node.offer("alice");
    for (auto const* const name : {"nobody", "no body", ""}) {
        auto const unknown = node.offer(name);
        EXPECT_EQ(unknown.ke2.size(), known.ke2.size());
        EXPECT_EQ(unknown.sealed_parameters.size(), known.sealed_parameters.size());
        EXPECT_EQ(unknown.network, known.network);
        EXPECT_EQ(unknown.stretching, known.stretching);
    }
}

// E4: the evaluated element is a function of name and blinded element alone; all else is drawn anew.
TEST_F(SignIn, an_unknown_name_is_answered_consistently) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    for (auto const* const name : {"alice", "nobody"}) {
        auto const walk = service::LoginWalk::start(secret(password), node.randomness());
        auto const first = node.offer(name, walk.request());
        auto const second = node.offer(name, walk.request());
        EXPECT_TRUE(std::ranges::equal(std::span(first.ke2).first(32), std::span(second.ke2).first(32)));
        EXPECT_FALSE(std::ranges::equal(std::span(first.ke2).subspan(32), std::span(second.ke2).subspan(32)));
    }
}

// E2, E9
TEST_F(SignIn, a_first_message_that_is_none_is_refused_alike_for_every_name) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const good = service::LoginWalk::start(secret(password), node.randomness()).request();
    std::vector<base::ByteBuffer> bad = {{},
                                         base::ByteBuffer(95, 0),
                                         base::ByteBuffer(97, 0),
                                         base::ByteBuffer(96, 0),
                                         base::ByteBuffer(96, 0xff)};
    for (std::ptrdiff_t const element : {0, 64}) {
        bad.push_back(good);
        bad.back()[static_cast<std::size_t>(element) + 31] ^= 0x80; // not canonical
        bad.push_back(good);
        std::fill_n(bad.back().begin() + element, 32, std::uint8_t{0}); // the identity
    }
    for (auto const& ke1 : bad)
        for (auto const* const name : {"alice", "nobody"}) {
            auto const refused = node.try_offer(name, ke1);
            ASSERT_FALSE(refused) << base::to_hex(ke1);
            EXPECT_EQ(refused.error().kind, ServiceFaultKind::malformed);
        }
}

TEST_F(SignIn, after_a_change_the_new_password_counts_and_the_old_one_does_not) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const principal = node.principal(node.log_in("alice", password)->access_token);
    auto const present = node.walk_login("alice", password);
    auto walk = service::NewPasswordWalk::start(secret("a quite different passphrase"), node.randomness());
    auto const offer =
        node.application().accounts().begin_password_change(principal, walk.request(), node.prefix()).value();
    auto made = std::move(walk)
                    .finish_change(offer, node.network_keys(),
                                   {.credential = present.parameters.credential, .key = present.password_key},
                                   node.randomness())
                    .value();
    ASSERT_TRUE(node.run(node.application().accounts().finish_password_change(principal, offer.id,
                                                                              std::move(made.new_password))));
    EXPECT_EQ(node.log_in("alice", password).error().kind, ServiceFaultKind::login_refused);
    EXPECT_TRUE(node.log_in("alice", "a quite different passphrase"));
}

// F3
TEST_F(SignIn, an_erased_name_registered_again_is_another_account) {
    Node node(data(), clock);
    auto const first = node.sign_up("alice", password);
    ASSERT_TRUE(first);
    auto const token = node.log_in("alice", password)->access_token;
    auto const made = node.walk_login("alice", password);
    ledger::Erase statement;
    statement.asks = service::next_entry(made.parameters, node.network_keys().network);
    auto const bytes = ledger::encode(statement);
    auto const kind = ledger::EntryKind::erase;
    ASSERT_TRUE(node.run(node.application().accounts().change(
        node.principal(token),
        {.kind = kind,
         .statement = bytes,
         .evidence = {service::make_evidence(kind, bytes, made.parameters.credential, made.password_key)}})));
    EXPECT_EQ(node.log_in("alice", password).error().kind, ServiceFaultKind::login_refused);
    EXPECT_FALSE(node.application().tokens().check_bearer(token));
    auto const second = node.sign_up("alice", "an entirely new passphrase");
    ASSERT_TRUE(second);
    EXPECT_NE(second->account, first->account);
    EXPECT_TRUE(node.log_in("alice", "an entirely new passphrase"));
    EXPECT_FALSE(node.application().tokens().check_bearer(token));
}

TEST_F(SignIn, the_proof_of_an_account_holds_for_its_name_alone) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    ASSERT_TRUE(node.sign_up("bob", password));
    auto const principal = node.principal(node.log_in("alice", password)->access_token);
    auto const file = node.application().accounts().prove(principal.label).value();
    auto const proved = service::check_account_proof(file, "alice", {node.log_key()});
    ASSERT_TRUE(proved);
    ASSERT_TRUE(proved->row && proved->row->state);
    EXPECT_EQ(proved->row->state->credentials.size(), 1u);
    EXPECT_EQ(proved->label, principal.label);
    EXPECT_EQ(service::check_account_proof(file, "bob", {node.log_key()}).error(),
              service::AccountProofFault::wrong_name);
    EXPECT_LE(file.size(), 3500u);
}

TEST_F(SignIn, a_proof_with_any_byte_changed_is_refused) {
    Node node(data(), clock);
    ASSERT_TRUE(node.sign_up("alice", password));
    auto const principal = node.principal(node.log_in("alice", password)->access_token);
    auto const file = node.application().accounts().prove(principal.label).value();
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto changed = file;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(service::check_account_proof(changed, "alice", {node.log_key()})) << at;
    }
}

} // namespace
} // namespace bulla::cli
