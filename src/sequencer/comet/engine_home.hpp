// The engine's directory: what CometBFT finds there when it starts.
//
//   HOME/config/config.toml               written at every start: ours alone to choose
//   HOME/config/genesis.json              the same on every node; written once
//   HOME/config/node_key.json             from the node's p2p key; mode 0600
//   HOME/config/priv_validator_key.json   from the node's validator key; mode 0600
//   HOME/data/priv_validator_state.json   the last vote: the engine's, written here only when there is none
//   HOME/abci.sock, HOME/rpc.sock         the two sockets between the engine and us
//
// What differs from CometBFT's defaults, and why, is in docs/decisions/0024-cometbft.md.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/ed25519.hpp"
#include "ledger/types.hpp"

#include <filesystem>
#include <optional>

namespace bulla::sequencer::comet {

struct HomePaths {
    std::filesystem::path home;
    std::filesystem::path configuration() const { return home / "config"; }
    std::filesystem::path abci_socket() const { return home / "abci.sock"; }
    std::filesystem::path rpc_socket() const { return home / "rpc.sock"; }
    std::filesystem::path validator_state() const { return home / "data" / "priv_validator_state.json"; }
};

struct EngineValidator {
    std::string name;
    crypto::Ed25519PublicKey public_key;
};

// Equal on all nodes of a network.
struct EngineGenesis {
    base::Timestamp time;
    ledger::LeafHash start; // of the ledger: chain id and app_state follow from it
    std::vector<EngineValidator> validators;
};

struct EngineSettings {
    std::string listen = "127.0.0.1:0"; // of the engine for other engines; port 0 picks one
    std::string external_address;       // what others dial; empty: nobody does
    std::vector<std::string> peers;     // id@host:port of the other nodes
};

struct EngineKeys {
    crypto::Ed25519KeyPair const& node;      // identifies the engine to its peers
    crypto::Ed25519KeyPair const& validator; // signs its votes
};

struct HomeFault {
    std::filesystem::path file;
    std::string reason; // the system's words
};

// Makes or completes the directory. `genesis`: as print_genesis() has it; one that stands there and is
// another is a fault.
Result<void, HomeFault> write_home(HomePaths const& paths, EngineSettings const& settings,
                                   std::string const& genesis, EngineKeys const& keys);

// Where the engine began, as its genesis says; nothing: there is none.
std::optional<ledger::LeafHash> read_start(HomePaths const& paths);
// The genesis alone, of a network whose engine begins later than its ledger.
Result<void, HomeFault> write_genesis(HomePaths const& paths, std::string const& genesis);

std::string print_configuration(HomePaths const& paths, EngineSettings const& settings);
std::string print_genesis(EngineGenesis const& genesis);

// Hex of the first 20 bytes of SHA-256(public key): lower case names a peer, upper case a validator.
std::string peer_id(crypto::Ed25519PublicKey const& key);

} // namespace bulla::sequencer::comet
