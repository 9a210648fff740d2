// What makes a node of a network out of a data directory: the engine's home, and the sequencer that keeps the
// engine running.
#pragma once

#include "cli/addresses.hpp"
#include "sequencer/comet/comet_sequencer.hpp"
#include "service/engine_start.hpp"
#include "service/founding.hpp"

#include <spdlog/logger.h>

namespace bulla::cli {

bool is_network_node(service::DataDirectory const& data);

// The engine's program: the one configured, or else cometbft beside this program or one directory up.
// Nothing: there is none.
std::optional<std::filesystem::path> find_engine(std::filesystem::path const& configured);

// The engines' genesis.json. Every node of the list has a validator key.
std::string print_engine_genesis(service::EngineStart const& start);

struct NetworkStart {
    service::DataDirectory const& data;
    service::Settings const& settings;
    base::Clock const& clock;
    std::shared_ptr<spdlog::logger> log;
    std::function<void()> on_unknown_rules; // see sequencer::comet::Surroundings
    std::function<void(sequencer::comet::Misbehaviour const&)> on_misbehaviour; // likewise
};

// Why this program cannot go on with the ledger: the network has agreed on rules for the engine's next block
// that it does not know. Nothing: it knows them.
std::optional<std::string> find_unknown_rules(ledger::PolicyRow const& policy, store::EngineHeight height);

// A fault is a sentence.
Result<std::unique_ptr<sequencer::comet::CometSequencer>, std::string> start_comet(sequencer::Chain chain,
                                                                                   NetworkStart const& start);

// Where to listen for other nodes: as configured, else where the list says that they find this one. A
// sentence for an address that is none, or no loopback one of a node whose TLS key the list does not name.
Result<ListenAddress, std::string> message_address(ledger::NodesRow const& nodes, ledger::NodeId const& own,
                                                   std::string const& configured);

} // namespace bulla::cli
