// DATA/control.sock: what the commands ask of a server that runs on the same data directory.
//
//   POST /control/ledger-copy     200 {"directory": …}: a consistent copy of the ledger's database, made of
//   hard links
//                                 below DATA/copies. Who asked removes it; what is left over goes at the next
//                                 start.
//   GET /control/proofs/{name}    200 the proof file of a name's account, present or absent
//   (docs/formats/proof.md)
//
// The socket has mode 0600: the file system says who may ask.
#pragma once

#include "http/router.hpp"
#include "net/worker_pool.hpp"
#include "store/ledger_database.hpp"

#include <filesystem>

namespace bulla::cli {

struct ControlParts {
    store::LedgerDatabase& ledger;
    net::WorkerPool& pool;
    base::Randomness& randomness; // thread-safe
    std::filesystem::path data;
};

std::filesystem::path control_socket(std::filesystem::path const& data);
std::filesystem::path copies_directory(std::filesystem::path const& data);

// The parts outlive the routes' server.
std::vector<http::Route> make_control_routes(ControlParts const& parts);
void remove_old_copies(std::filesystem::path const& data);

enum class ControlFault : std::uint8_t {
    no_server, // nobody answers
    refused, // an answer other than 200, or none in time
};
// Asks the running server for a copy; its directory.
Result<std::filesystem::path, ControlFault> request_ledger_copy(std::filesystem::path const& data);
// `username` is normalised.
Result<std::string, ControlFault> request_proof(std::filesystem::path const& data, std::string_view username);

} // namespace bulla::cli
