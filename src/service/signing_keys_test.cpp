// Publishing and retiring on a real data directory, with the test's own clock: what stands in the ledger,
// which files there are, and whose tokens are accepted, also after a death between two steps.
#include "service/signing_keys.hpp"

#include "crypto/random.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ledger::KeyId;
constexpr std::string_view password = "correct horse battery staple";

class SetClock final : public base::Clock {
public:
    base::Timestamp now() const override { return now_; }
    void advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

private:
    std::atomic<base::Timestamp> now_{base::from_unix_milliseconds(1'800'000'000'000)};
};

// One run of a node; its start has settled the keys.
class NodeRun {
public:
    NodeRun(Settings settings, SetClock& clock)
        : settings_(std::move(settings)), data_(open_data(settings_, clock, randomness_).value()),
          sequencer_(data_.open_chain().value(), *data_.ledger, clock),
          application_(settings_, {.keys = data_.keys,
                                   .signing_keys = std::move(data_.signing_keys),
                                   .network = data_.network,
                                   .sequencer = sequencer_,
                                   .ledger = *data_.ledger,
                                   .live = *data_.live,
                                   .argon2_pool = pool_,
                                   .disk_pool = pool_,
                                   .clock = clock,
                                   .randomness = randomness_}) {
        EXPECT_TRUE(wait(keys().settle()));
    }

    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        auto result = boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future);
        context_.restart();
        context_.run();
        return result.get();
    }
    SigningKeys& keys() { return application_.signing_keys(); }
    KeyId signing() { return keys().in_force()->kid; }
    KeyId rotate() { return wait(keys().rotate()).value(); }
    SigningKeyFaultKind fault_of_rotation() { return wait(keys().rotate()).error().kind; }

    void sign_up() {
        EXPECT_TRUE(wait(application_.plain_form().register_account(
            "alice", SecretBytes::from(base::as_bytes(password)), prefix_)));
    }
    std::string token() {
        return wait(application_.plain_form().login("alice", SecretBytes::from(base::as_bytes(password)),
                                                    prefix_))
            .value()
            .access_token;
    }
    Tokens& tokens() { return application_.tokens(); }
    ledger::SigningKeyRow row(KeyId const& kid) {
        return data_.ledger->load_signing_key(kid).value().value();
    }
    ledger::NodePart asks() {
        auto const& node = sequencer_.heads().newest()->nodes->nodes[0];
        return {.network = data_.network,
                .signer = node.id,
                .sequence = node.sequence.next(),
                .not_after = base::from_unix_milliseconds(1'900'000'000'000)};
    }
    // One entry of a rotation, without the steps around it.
    void retire_alone(KeyId const& kid) { order(ledger::RetireSigningKey{{asks()}, kid, false}, nullptr); }
    void publish_alone(SigningKey const& made) {
        order(ledger::PublishSigningKey{{asks()},
                                        ledger::SigningAlgorithm::eddsa,
                                        base::to_buffer(made.key.public_key())},
              &made);
    }

private:
    template <class Statement>
    void order(Statement const& statement, SigningKey const* second_signer) {
        ledger::Entry entry{.kind = Statement::kind,
                            .statement = ledger::encode(statement),
                            .evidence = {},
                            .admissions = {}};
        auto const digest = ledger::digest_statement(entry.kind, entry.statement);
        entry.evidence = {{.signer = base::to_buffer(statement.asks.signer),
                           .parts = {base::to_buffer(data_.keys.node_key.sign(digest))}}};
        if (second_signer != nullptr)
            entry.evidence.push_back({.signer = base::to_buffer(second_signer->kid),
                                      .parts = {base::to_buffer(second_signer->key.sign(digest))}});
        EXPECT_TRUE(wait(sequencer_.order({.entry = ledger::encode(entry), .side_writes = {}})));
    }

    boost::asio::io_context context_{1};
    net::WorkerPool pool_{{.name = "pool", .threads = 1, .queue_max = 4}};
    crypto::SystemRandomness randomness_;
    base::ByteBuffer prefix_{127, 0, 0};
    Settings settings_;
    DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    Application application_;
};

class SigningKeysOfNode : public testing::Test {
protected:
    SigningKeysOfNode() {
        settings.data = directory.path() / "data";
        settings.token_lifetime = 24h;
        start();
    }
    void start() {
        run.reset();
        run = std::make_unique<NodeRun>(settings, clock);
    }
    fs::path file(KeyId const& kid) const {
        return settings.data / "keys" / ("signing-" + token::print_key_id(kid));
    }
    std::set<fs::path> key_files() const {
        std::set<fs::path> files;
        for (auto const& entry : fs::directory_iterator(settings.data / "keys"))
            if (entry.path().filename().string().starts_with("signing"))
                files.insert(entry.path());
        return files;
    }
    std::size_t published() const {
        auto const set = run->tokens().key_set();
        std::size_t count = 0;
        for (auto place = set.find("\"kid\""); place != std::string::npos;
             place = set.find("\"kid\"", place + 1))
            ++count;
        return count;
    }

    test::TemporaryDirectory directory;
    Settings settings;
    SetClock clock;
    std::unique_ptr<NodeRun> run;
};

TEST_F(SigningKeysOfNode, the_first_start_publishes_one_that_a_later_start_finds) {
    auto const first = run->signing();
    start();
    EXPECT_EQ(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(first)});
    EXPECT_EQ(published(), 1U);
}

TEST_F(SigningKeysOfNode, a_rotation_signs_with_the_new_one_and_goes_on_verifying_with_the_old_one) {
    run->sign_up();
    auto const before = run->token();
    auto const first = run->signing();
    auto const second = run->rotate();
    EXPECT_NE(second, first);
    EXPECT_EQ(run->signing(), second);
    EXPECT_EQ(published(), 2U);
    EXPECT_EQ(run->row(first).ends, clock.now() + 24h);
    EXPECT_EQ(run->row(second).ends, std::nullopt);
    EXPECT_EQ(key_files(), std::set{file(second)});
    EXPECT_TRUE(run->tokens().check_bearer(before));
    EXPECT_TRUE(run->tokens().check_bearer(run->token()));
    start();
    EXPECT_EQ(run->signing(), second);
    EXPECT_TRUE(run->tokens().check_bearer(before));
}

TEST_F(SigningKeysOfNode, the_old_one_ends_when_the_last_token_it_signed_has_expired) {
    run->sign_up();
    auto const last = run->token();
    run->rotate();
    clock.advance(24h - 1ms);
    EXPECT_EQ(published(), 2U);
    EXPECT_TRUE(run->tokens().check_bearer(last));
    clock.advance(1ms);
    EXPECT_EQ(published(), 1U);
    EXPECT_FALSE(run->tokens().check_bearer(last));
}

TEST_F(SigningKeysOfNode, a_second_rotation_waits_for_the_end_of_the_first_key) {
    run->rotate();
    auto const second = run->signing();
    EXPECT_EQ(run->fault_of_rotation(), SigningKeyFaultKind::no_room);
    EXPECT_EQ(run->signing(), second);
    clock.advance(24h);
    EXPECT_NE(run->rotate(), second);
}

TEST_F(SigningKeysOfNode, a_stolen_key_ends_at_once_and_another_one_signs) {
    run->sign_up();
    auto const stolen = run->token();
    EXPECT_TRUE(run->tokens().check_bearer(stolen)); // remembered: the next check is not a first sight
    auto const first = run->signing();
    ASSERT_TRUE(run->wait(run->keys().end_now(first)));
    EXPECT_EQ(run->tokens().check_bearer(stolen).error(), BearerFault::malformed);
    EXPECT_EQ(published(), 1U);
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(run->signing())});
    EXPECT_TRUE(run->tokens().check_bearer(run->token()));
    EXPECT_EQ(run->wait(run->keys().end_now(first)).error().kind, SigningKeyFaultKind::ended);
}

TEST_F(SigningKeysOfNode, a_key_that_only_verifies_can_be_ended_too) {
    run->sign_up();
    auto const before = run->token();
    auto const first = run->signing();
    auto const second = run->rotate();
    ASSERT_TRUE(run->wait(run->keys().end_now(first)));
    EXPECT_FALSE(run->tokens().check_bearer(before));
    EXPECT_EQ(run->signing(), second);
}

TEST_F(SigningKeysOfNode, a_clock_set_back_does_not_bring_a_stolen_key_back) {
    run->sign_up();
    auto const stolen = run->token();
    clock.advance(1min);
    ASSERT_TRUE(run->wait(run->keys().end_now(run->signing())));
    clock.advance(-30s);
    EXPECT_FALSE(run->tokens().check_bearer(stolen));
}

TEST_F(SigningKeysOfNode, an_unknown_key_cannot_be_ended) {
    EXPECT_EQ(run->wait(run->keys().end_now(KeyId{})).error().kind, SigningKeyFaultKind::unknown_key);
}

TEST_F(SigningKeysOfNode, a_key_grown_old_is_followed_by_another_also_across_a_restart) {
    auto const first = run->signing();
    clock.advance(settings.signing_key_lifetime - 1s);
    start();
    EXPECT_EQ(run->signing(), first);
    clock.advance(1s);
    EXPECT_TRUE(run->wait(run->keys().settle()));
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(published(), 2U);
}

TEST_F(SigningKeysOfNode, a_file_made_and_not_published_before_a_death_is_erased) {
    auto const first = run->signing();
    run.reset();
    crypto::SystemRandomness randomness;
    auto const made = make_signing_key(settings.data / "keys", randomness, clock.now()).value();
    start();
    EXPECT_FALSE(fs::exists(file(made.kid)));
    EXPECT_EQ(run->signing(), first);
}

TEST_F(SigningKeysOfNode, half_a_key_file_left_by_a_death_is_erased) {
    run.reset();
    std::ofstream(settings.data / "keys" / "signing.tmp") << "half";
    start();
    EXPECT_EQ(key_files().size(), 1U);
}

TEST_F(SigningKeysOfNode, a_death_between_publishing_and_retiring_is_made_good) {
    run->sign_up();
    auto const before = run->token();
    auto const first = run->signing();
    crypto::SystemRandomness randomness;
    auto const second = make_signing_key(settings.data / "keys", randomness, clock.now()).value();
    run->publish_alone(second);
    start();
    EXPECT_EQ(run->signing(), second.kid);
    EXPECT_EQ(run->row(first).ends, clock.now() + 24h);
    EXPECT_EQ(key_files(), std::set{file(second.kid)});
    EXPECT_TRUE(run->tokens().check_bearer(before));
}

TEST_F(SigningKeysOfNode, a_death_between_retiring_and_erasing_the_file_is_made_good) {
    auto const first = run->signing();
    fs::copy_file(file(first), directory.path() / "kept");
    auto const second = run->rotate();
    run.reset();
    fs::copy_file(directory.path() / "kept", file(first));
    start();
    EXPECT_EQ(key_files(), std::set{file(second)});
    EXPECT_EQ(run->signing(), second);
}

TEST_F(SigningKeysOfNode, a_death_between_the_end_of_a_stolen_key_and_the_next_one_is_made_good) {
    auto const first = run->signing();
    run->retire_alone(first);
    start();
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(run->signing())});
}

TEST_F(SigningKeysOfNode, a_key_that_the_ledger_retires_signs_no_more) {
    auto const first = run->signing();
    run->retire_alone(first);
    EXPECT_EQ(run->keys().in_force(), nullptr);
    EXPECT_TRUE(run->wait(run->keys().settle()));
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(run->signing())});
}

TEST_F(SigningKeysOfNode, a_lost_file_is_followed_by_a_new_key) {
    auto const first = run->signing();
    run.reset();
    fs::remove(file(first));
    start();
    EXPECT_NE(run->signing(), first);
    EXPECT_TRUE(run->row(first).ends.has_value());
}

TEST_F(SigningKeysOfNode, lost_files_do_not_stop_a_start_when_there_is_no_room) {
    auto const first = run->signing();
    auto const second = run->rotate();
    run.reset();
    fs::remove(file(second));
    start();
    EXPECT_NE(run->signing(), second);
    EXPECT_EQ(run->row(first).ends, clock.now());
}

TEST_F(SigningKeysOfNode, the_file_of_a_new_key_is_for_its_owner_alone) {
    struct stat status{};
    ASSERT_EQ(::stat(file(run->rotate()).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SigningKeysOfNode, the_list_says_which_one_signs) {
    auto const first = run->signing();
    auto const made = clock.now();
    clock.advance(1h);
    auto const second = run->rotate();
    auto const listed = run->keys().list();
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].kid, first);
    EXPECT_EQ(listed[0].made, std::nullopt);
    EXPECT_EQ(listed[0].ends, made + 25h);
    EXPECT_FALSE(listed[0].signs);
    EXPECT_EQ(listed[1].kid, second);
    EXPECT_EQ(listed[1].made, made + 1h);
    EXPECT_TRUE(listed[1].signs);
}

} // namespace
} // namespace bulla::service
