// The engine's RPC as Bulla uses it: JSON-RPC over its unix socket, one request a connection.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sequencer/join_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <filesystem>

namespace bulla::sequencer::comet {

// What became of handing a transaction to the engine.
enum class Handover : std::uint8_t {
    taken,   // it waits for a block
    known,   // the engine has seen it: it waits, or stands in a block
    refused, // by CheckTx, see code: nothing changed
    busy,    // full, catching up, or not there: nothing changed
    unclear, // the request left and no answer came
};
struct HandoverAnswer {
    Handover handover = Handover::unclear;
    std::uint32_t code = 0; // of CheckTx
};

boost::asio::awaitable<HandoverAnswer> hand_over(std::filesystem::path socket, base::ByteBuffer transaction,
                                                 std::chrono::milliseconds time_max);

// The engine's own answers, in this order, to: commit, validators (the first hundred), consensus_params, all
// at this height. Nothing: no answer, or one of them is an error.
boost::asio::awaitable<std::optional<std::string>> describe_block(std::filesystem::path socket,
                                                                  store::EngineHeight height,
                                                                  std::chrono::milliseconds time_max);

// The answer's body, read; for tests and fuzzers.
HandoverAnswer parse_handover(std::string_view body);

} // namespace bulla::sequencer::comet
