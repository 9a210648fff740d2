// What the parts of a running node tell Prometheus beside the requests (http/metrics.hpp).
#pragma once

#include "base/time.hpp"
#include "http/readings.hpp"
#include "http/server.hpp"
#include "net/worker_pool.hpp"
#include "sequencer/sequencer.hpp"

#include <filesystem>

namespace bulla::cli {

class LiveKeeper;
class Watchdog;

struct NodeParts {
    std::filesystem::path data;
    base::Timestamp started;
    sequencer::Sequencer& sequencer;
    net::WorkerPool const& argon2_pool;
    LiveKeeper const& live_keeper;
    Watchdog const& watchdog;
    http::Server const& server;
    net::TlsCertificate const* certificate; // none: plain HTTP
};

void read_node(NodeParts const& node, http::Readings& readings);

// Written by a backup that ended well.
std::filesystem::path backup_mark(std::filesystem::path const& data);

} // namespace bulla::cli
