// The nodes that `bulla network init` wrote into a directory, and what one of them says of itself.
#pragma once

#include "base/result.hpp"
#include "cli/addresses.hpp"
#include "service/evidence.hpp"

#include <filesystem>
#include <vector>

namespace bulla::cli {

struct LocalNode {
    std::string name; // node-1
    std::filesystem::path directory;
    ListenAddress address; // for people
    std::filesystem::path configuration() const { return directory / "bulla.toml"; }
    std::filesystem::path log() const { return directory / "node.log"; }
    std::string url() const;
};

// In the order of their numbers; a sentence when there is none.
Result<std::vector<LocalNode>, std::string> list_nodes(std::filesystem::path const& directory);

struct NodeReport {
    enum class State : std::uint8_t { down, starting, ready };
    State state = State::down;
    std::uint64_t size = 0; // of its checkpoint
    std::size_t cosigners = 0; // nodes whose cosignatures the checkpoint has; none is checked here
    std::string root;       // base64, as in the checkpoint
    struct Upgrade { // of the ledger's rules, as its ledger has it
        std::uint64_t version = 0;
        std::uint64_t height = 0; // of the engine
    };
    std::optional<Upgrade> agreed;
    std::uint64_t engine_height = 0;
    std::vector<std::string> waits_for; // sentences: why it is not ready
    std::vector<service::Evidence> evidence; // against any node, as this one has seen it
    std::uint64_t rules_known = 0; // the newest version that its program knows
};
std::string_view name(NodeReport::State state);

NodeReport ask_node(LocalNode const& node);

} // namespace bulla::cli
