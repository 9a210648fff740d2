// Registration, login, change and erasure through the whole service on a real data directory: what http
// calls, without HTTP. The time is the test's own.
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

    service::Served<service::Registered> sign_up(std::string name, std::string_view password) {
        return run(application_->plain_form().register_account(std::move(name), secret(password), prefix_));
    }
    service::Served<service::IssuedToken> log_in(std::string name, std::string_view password) {
        return run(application_->plain_form().login(std::move(name), secret(password), prefix_));
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
    service::LoginWalk::Made walk_login(std::string const& name, std::string_view password) {
        auto walk = service::LoginWalk::start(secret(password), randomness_);
        auto const offer = application_->login()
                               .begin({.username = name,
                                       .ke1 = walk.request(),
                                       .client = "cli",
                                       .origin = "cli",
                                       .prefix = prefix_})
                               .value();
        return std::move(walk).finish(offer, network_keys(), "cli", "cli").value();
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

constexpr std::string_view password = "correct horse battery staple";

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
    EXPECT_TRUE(node.application().tokens().end_session(principal, principal.session).value());
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
    auto const made = node.walk_login("alice", password);
    ledger::EndSessions statement;
    statement.asks = service::next_entry(made.parameters, node.network_keys().network);
    auto const bytes = ledger::encode(statement);
    auto const kind = ledger::EntryKind::end_sessions;
    auto const receipt = node.run(node.application().accounts().change(
        node.principal(token),
        {.kind = kind,
         .statement = bytes,
         .evidence = {service::make_evidence(kind, bytes, made.parameters.credential, made.password_key)}}));
    ASSERT_TRUE(receipt);
    EXPECT_EQ(node.application().tokens().check_bearer(token).error(), service::BearerFault::ended);
    EXPECT_TRUE(node.application().tokens().check_bearer(other));
    EXPECT_TRUE(node.log_in("alice", password));
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
    auto const proved = service::check_account_proof(file, "alice", node.log_key());
    ASSERT_TRUE(proved);
    ASSERT_TRUE(proved->row && proved->row->state);
    EXPECT_EQ(proved->row->state->credentials.size(), 1u);
    EXPECT_EQ(proved->label, principal.label);
    EXPECT_EQ(service::check_account_proof(file, "bob", node.log_key()).error(),
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
        EXPECT_FALSE(service::check_account_proof(changed, "alice", node.log_key())) << at;
    }
}

} // namespace
} // namespace bulla::cli
