// An application on a ledger in memory, and the messages an engine sends it.
#pragma once

#include "sequencer/comet/application.hpp"
#include "sequencer/comet/chain_start.hpp"
#include "support/sequencer_world.hpp"

#include <spdlog/sinks/null_sink.h>

namespace bulla::test {

namespace abci = bulla::abci;

inline std::shared_ptr<spdlog::logger> silent_log() {
    return std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
}

inline void set_time(abci::Timestamp& out, base::Timestamp time) {
    out.set_seconds(base::unix_seconds(time));
    out.set_nanos(static_cast<std::int32_t>(base::unix_milliseconds(time) % 1'000) * 1'000'000 + 999'999);
}

inline abci::BlockRequest block_request(std::int64_t height, base::Timestamp time,
                                        std::vector<base::ByteBuffer> const& entries) {
    abci::BlockRequest request;
    request.set_height(height);
    set_time(*request.mutable_time(), time);
    for (auto const& entry : entries)
        request.add_txs(std::string(base::as_text(entry)));
    return request;
}

struct CometWorld : SequencerWorld {
    sequencer::comet::Outcomes outcomes;
    sequencer::LackingRecords lacking;
    std::unique_ptr<sequencer::comet::Application> application;

    CometWorld() { start(); }

    // As after a death of the process: what was committed is there, and nothing else.
    void start() {
        application.reset();
        auto chain = sequencer::Chain::open(ledger, guard(), network.log_key,
                                            {.behind = sequencer::Chain::Behind::awaited});
        application = sequencer::comet::Application::make(std::move(chain).value(), {.ledger = ledger,
                                                                                     .clock = clock,
                                                                                     .outcomes = outcomes,
                                                                                     .lacking = lacking,
                                                                                     .log = silent_log(),
                                                                                     .peers = {"aa"}})
                          .value();
    }
    ledger::LeafHash tip() const { return merkle::hash_leaf(application->heads().newest()->block_bytes); }
    std::string app_hash() const { return std::string(base::as_text(tip())); }

    abci::InitChainRequest init_request() const {
        abci::InitChainRequest request;
        request.set_chain_id(sequencer::comet::make_chain_id(tip()));
        request.set_app_state_bytes(sequencer::comet::make_app_state(tip()));
        request.set_initial_height(1);
        auto& validator = *request.add_validators();
        validator.set_power(1);
        validator.mutable_pub_key()->set_ed25519(std::string(32, 'k'));
        return request;
    }
    void init() { CHECK(application->init_chain(init_request()).has_value()); }

    std::int64_t next_height() const {
        return static_cast<std::int64_t>(application->height().next().number());
    }
    abci::BlockRequest next_block(std::vector<base::ByteBuffer> const& entries) const {
        return block_request(next_height(), clock.now(), entries);
    }
    abci::FinalizeBlockResponse finalize(std::vector<base::ByteBuffer> const& entries) {
        return application->finalize_block(next_block(entries)).value();
    }
    abci::FinalizeBlockResponse block(std::vector<base::ByteBuffer> const& entries) {
        auto response = finalize(entries);
        CHECK(application->commit().has_value());
        return response;
    }
    base::ByteBuffer registration(std::uint64_t number) const {
        return ledger::encode(TestAccount(network, number).register_entry());
    }
};

} // namespace bulla::test
