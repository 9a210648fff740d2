// For tests: a node's service on a real data directory, without HTTP, and a clock that is set by hand.
#pragma once

#include "crypto/random.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"
#include "service/refusal_of_limits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace bulla::service {

inline constexpr std::string_view test_password = "correct horse battery staple";

class SetClock final : public base::Clock {
public:
    base::Timestamp now() const override { return now_; }
    void advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

private:
    std::atomic<base::Timestamp> now_{base::from_unix_milliseconds(1'800'000'000'000)};
};

// One run of a node; its start has settled the keys.
class TestNode {
public:
    TestNode(Settings settings, SetClock& clock)
        : settings_(std::move(settings)), data_(open_data(settings_, clock, randomness_).value()),
          sequencer_(data_.open_chain().value(), *data_.ledger, clock),
          application_(settings_, {.keys = data_.keys,
                                   .signing_keys = std::move(data_.signing_keys),
                                   .network = data_.network,
                                   .sequencer = sequencer_,
                                   .ledger = *data_.ledger,
                                   .live = *data_.live,
                                   .argon2_pool = argon2_pool_,
                                   .disk_pool = disk_pool_,
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
    Application& application() { return application_; }
    SigningKeys& keys() { return application_.signing_keys(); }
    ledger::KeyId signing() { return keys().in_force()->kid; }
    ledger::KeyId rotate() { return wait(keys().rotate()).value(); }
    SigningKeyFaultKind fault_of_rotation() { return wait(keys().rotate()).error().kind; }

    Served<IssuedToken> log_in(std::string_view password) {
        return wait(
            application_.plain_form().login("alice", SecretBytes::from(base::as_bytes(password)), prefix_));
    }
    Served<Registered> try_sign_up(std::string name) {
        return wait(application_.plain_form().register_account(
            std::move(name), SecretBytes::from(base::as_bytes(test_password)), prefix_));
    }
    void sign_up() { EXPECT_TRUE(try_sign_up("alice")); }
    std::string token() { return log_in(test_password).value().access_token; }
    net::WorkerPool& argon2_pool() { return argon2_pool_; }
    Tokens& tokens() { return application_.tokens(); }
    Events& events() { return application_.events(); }
    Served<GuessTicket> begin_guess(ledger::Label const& label) {
        return service::begin_guess(application_.ground(), label, prefix_, application_.ground().clock.now());
    }
    ledger::SigningKeyRow row(ledger::KeyId const& kid) {
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
    void retire_alone(ledger::KeyId const& kid) {
        order(ledger::RetireSigningKey{{asks()}, kid, false}, nullptr);
    }
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
    net::WorkerPool argon2_pool_{{.name = "argon2", .threads = 1, .queue_max = 1}};
    net::WorkerPool disk_pool_{{.name = "disk", .threads = 1, .queue_max = 4}};
    crypto::SystemRandomness randomness_;
    base::ByteBuffer prefix_{127, 0, 0};
    Settings settings_;
    DataDirectory data_;
    sequencer::LocalSequencer sequencer_;
    Application application_;
};

} // namespace bulla::service
