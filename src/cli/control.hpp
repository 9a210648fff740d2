// DATA/control.sock: what the commands ask of a server that runs on the same data directory.
//
//   POST /control/ledger-copy     200 {"directory": …}: a consistent copy of the ledger's database, made of
//   hard links
//                                 below DATA/copies. Who asked removes it; what is left over goes at the next
//                                 start.
//   GET /control/proofs/{name}    200 the proof file of a name's account, present or absent
//   (docs/formats/proof.md)
//   GET /control/signing-keys     200 {"keys": [{"kid", "signs", "made", "ends"}]}: the live token signing
//                                 keys, oldest first; times in milliseconds since 1970, absent when none
//   POST /control/signing-keys    200 {"kid"}: a new key, which signs from now on
//   DELETE /control/signing-keys/{kid}  200: the key has ended
//   These two give the faults of service::SigningKeys: 404 unknown, 409 no room, 410 ended, 503 busy, disk
//
// The socket has mode 0600: the file system says who may ask.
#pragma once

#include "http/router.hpp"
#include "net/http_client.hpp"
#include "net/worker_pool.hpp"
#include "store/ledger_database.hpp"

#include <spdlog/logger.h>

#include <filesystem>

namespace bulla::cli {

struct ControlParts {
    store::LedgerDatabase& ledger;
    net::WorkerPool& pool;
    base::Randomness& randomness; // thread-safe
    std::filesystem::path data;
    std::shared_ptr<spdlog::logger> log;
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
// One exchange with the running server, whatever its answer's status.
Result<net::HttpAnswer, ControlFault> ask_control(std::filesystem::path const& data, std::string method,
                                                  std::string target);
// Asks the running server for a copy; its directory.
Result<std::filesystem::path, ControlFault> request_ledger_copy(std::filesystem::path const& data);
// `username` is normalised.
Result<std::string, ControlFault> request_proof(std::filesystem::path const& data, std::string_view username);

} // namespace bulla::cli
