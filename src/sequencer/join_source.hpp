// What a node of a network gives to one that joins it. Any thread.
#pragma once

#include "sequencer/snapshot.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::sequencer {

inline constexpr std::size_t block_description_size_max = std::size_t{1} << 20;

class JoinSource {
public:
    virtual ~JoinSource() = default;

    // Those that a node can start from: the engine has two blocks after each.
    virtual SnapshotList snapshots() const = 0;
    virtual std::optional<base::ByteBuffer> load_chunk(store::EngineHeight height,
                                                       std::uint32_t number) const = 0;
    // What the engine says of its block at this height, as its RPC prints it: header with signatures,
    // validators and parameters. Nothing: it has none, or does not answer.
    virtual boost::asio::awaitable<std::optional<std::string>> describe_block(store::EngineHeight height) = 0;
};

} // namespace bulla::sequencer
