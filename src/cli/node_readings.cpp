#include "cli/node_readings.hpp"

#include "cli/live_keeper.hpp"
#include "cli/process_readings.hpp"
#include "cli/version.hpp"
#include "cli/watchdog.hpp"
#include "service/founding.hpp"

namespace bulla::cli {
namespace {

void read_work(NodeParts const& node, http::Readings& readings) {
    readings.gauge("bulla_http_connections", "Open connections")
        .add(std::uint64_t{node.server.connections()});
    readings.gauge("bulla_http_requests_in_flight", "Requests that are not answered yet")
        .add(std::uint64_t{node.server.requests_in_flight()});
    readings.gauge("bulla_sequencer_waiting_entries", "Entries that wait for a block")
        .add(std::uint64_t{node.sequencer.waiting()});
    readings.gauge("bulla_argon2_waiting_jobs", "Passwords of the plain form that wait to be stretched")
        .add(std::uint64_t{node.argon2_pool.waiting()});
    readings.gauge("bulla_argon2_running_jobs", "Passwords of the plain form that are being stretched")
        .add(std::uint64_t{node.argon2_pool.running()});
    readings.gauge("bulla_silent_threads", "Threads that did not answer the watchdog")
        .add(std::uint64_t{node.watchdog.silent_count()});
    readings.histogram("bulla_sync_seconds", "Time of synced writes, by what they make durable")
        .add(node.sequencer.times().block.read(), {{"of", "block"}})
        .add(node.sequencer.times().guard.read(), {{"of", "guard"}})
        .add(node.live_keeper.syncs().read(), {{"of", "live"}});
}

void read_files(NodeParts const& node, http::Readings& readings) {
    service::DataPaths const paths{node.data};
    readings.gauge("bulla_database_size_bytes", "Files of a database")
        .add(size_of_files(paths.ledger()), {{"database", "ledger"}})
        .add(size_of_files(paths.live()), {{"database", "live"}});
    read_disk(node.data, readings);
    readings.gauge("bulla_backup_last_success_timestamp_seconds", "End of the newest backup; 0: none yet")
        .add(time_of_file(backup_mark(node.data)));
}

} // namespace

void read_node(NodeParts const& node, http::Readings& readings) {
    readings.gauge("bulla_build_info", "Always 1; the version stands in the label")
        .add(1.0, {{"version", version}});
    read_work(node, readings);
    read_files(node, readings);
    if (node.certificate != nullptr)
        readings.gauge("bulla_tls_certificate_expiry_timestamp_seconds", "End of the certificate in force")
            .add(static_cast<double>(base::unix_seconds(node.certificate->expires())));
    read_process(node.started, readings);
}

std::filesystem::path backup_mark(std::filesystem::path const& data) {
    return data / "last-backup";
}

} // namespace bulla::cli
