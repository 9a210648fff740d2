// The data directory of a node: its first start, and opening it again (docs/formats/store.md draws it).
//
// A first start builds everything in a directory beside it, DATA.new: keys, guard record, and a ledger that
// holds block 0; then renames it to DATA. So DATA is complete or not there. What a broken first start left
// behind was never used and is removed. A lock keeps a second instance out for as long as DataDirectory
// lives.
//
// A later start compares the keys on the disk with the ledger: a wrong key file would sign what nobody
// accepts.
#pragma once

#include "crypto/kept.hpp"
#include "ledger/node_list.hpp"
#include "sequencer/chain.hpp"
#include "sequencer/sequencer.hpp"
#include "service/keys.hpp"
#include "service/settings.hpp"
#include "store/live_database.hpp"

namespace bulla::service {

enum class FoundingFaultKind : std::uint8_t {
    not_a_data_directory, // something else stands at DATA
    in_use,               // another instance runs on it
    file_system,          // see detail
    key,                  // see key
    foreign_key,          // a key file that is not the one the ledger names: see place
    removed_node,         // the network's list names this node no more
    store,                // see store
    guard,                // see guard
    chain,                // see chain
    wrong_genesis,        // entry 0 does not decode
};

struct FoundingFault {
    FoundingFaultKind kind = FoundingFaultKind::file_system;
    std::filesystem::path place = {};
    std::string detail = {}; // the system's words
    std::optional<KeyFault> key = std::nullopt;
    std::optional<store::StoreFault> store = std::nullopt;
    std::optional<sequencer::GuardFault> guard = std::nullopt;
    std::optional<sequencer::ChainFault> chain = std::nullopt;
};

enum class StartKind : std::uint8_t { first, again };

// Where things lie below the data directory.
struct DataPaths {
    std::filesystem::path data;
    std::filesystem::path keys() const { return data / "keys"; }
    std::filesystem::path guard() const { return data / "guard"; }
    std::filesystem::path ledger() const { return data / "ledger"; }
    std::filesystem::path live() const { return data / "live"; }
    std::filesystem::path reserve() const { return data / "reserve"; }
    std::filesystem::path lock() const { return data / "lock"; }
    std::filesystem::path map_file() const { return data / "maps" / "directory"; } // a cache
    std::filesystem::path joined_list() const { return data / "joined-list"; }
    std::filesystem::path engine() const { return data / "engine"; } // of a node of a network
    std::filesystem::path evidence() const { return data / "evidence"; } // likewise, against others
    std::filesystem::path snapshots() const { return data / "snapshots"; } // likewise, for those that join
    std::filesystem::path checkpoint() const {
        return data / "checkpoint";
    } // the signed note, made again at start
};

// Held by the kernel for the process: it ends with it.
class DirectoryLock {
public:
    static Result<DirectoryLock, FoundingFault> take(std::filesystem::path const& file);
    DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    DirectoryLock& operator=(DirectoryLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~DirectoryLock();

private:
    explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

struct DataDirectory {
    StartKind start = StartKind::again;
    DataPaths paths;
    DirectoryLock lock;
    crypto::Kept<NodeKeys> kept_keys;
    NodeKeys const& keys = *kept_keys;
    std::vector<SigningKey> signing_keys; // the files, whatever the ledger says of them
    ledger::Genesis genesis;
    ledger::NetworkId network;
    // The list that this node has joined a network by, as long as its ledger has not come there.
    std::optional<ledger::NodeList> joined_list;
    std::unique_ptr<store::Reserve> reserve;
    std::unique_ptr<store::LedgerDatabase> ledger;
    std::unique_ptr<store::LiveDatabase> live;

    // The newest list that is known, without operators and signing keys where the ledger has not come there.
    ledger::NodesRow newest_list(ledger::NodesRow const& of_ledger) const;

    // To be called once: the guard, and the chain on it. The chain refers to ledger and keys.
    Result<sequencer::Chain, FoundingFault> open_chain(
        sequencer::Chain::Behind behind = sequencer::Chain::Behind::refused) const;
};

// Issuer, origin, names and password policy of the settings count at the first start only. The keys are
// encrypted when the first start has a passphrase; later starts need the same one, or none where there was
// none.
Result<DataDirectory, FoundingFault> open_data(Settings const& settings, base::Clock const& clock,
                                               base::Randomness& randomness,
                                               Passphrase const& passphrase = std::nullopt);

// The key files below `paths` are those that the ledger names, and token signing keys are what their names
// say.
Result<void, FoundingFault> check_keys(DataPaths const& paths, store::LedgerDatabase& ledger,
                                       Passphrase const& passphrase);

// A single node's genesis out of settings and keys.
ledger::Genesis make_genesis(Settings const& settings, NodeKeys const& keys, base::Timestamp time);

// What stands in a genesis of one of the nodes; `origins` are the places where people find the service.
ledger::Node make_node(NodeKeys const& keys);
ledger::Genesis make_genesis(Settings const& settings, NodeKeys const& shared,
                             std::vector<ledger::Node> nodes, base::Timestamp time);

// The steps of a first start: a directory of mode 0700, and guard and ledger in one that has its keys.
Result<void, FoundingFault> make_data_directory(std::filesystem::path const& directory);
Result<void, FoundingFault> found_ledger(DataPaths const& paths, ledger::Genesis const& genesis);
std::string origin_of(std::string_view url); // scheme://host[:port]: what browsers call an origin

} // namespace bulla::service
