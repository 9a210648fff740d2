// A node in this process, on a directory that is removed at the end, and its clients: what `bulla bench`
// times. The clients' part never counts; each request comes from an address prefix of its own, so that the
// limits stay as they are and never refuse one. Whatever fails ends the process.
#pragma once

#include "cli/bench_client.hpp"
#include "net/io_threads.hpp"
#include "net/system_clock.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"
#include "service/founding.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace bulla::cli {

// A directory below another, removed at the end.
class ScratchDirectory {
public:
    explicit ScratchDirectory(std::filesystem::path const& parent);
    ~ScratchDirectory();
    ScratchDirectory(ScratchDirectory const&) = delete;
    ScratchDirectory& operator=(ScratchDirectory const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Spent {
    std::size_t count = 0;
    double cpu_seconds = 0;  // of the server's part
    double wall_seconds = 0; // from the first request that is timed to the last answer

    double a_core() const { return static_cast<double>(count) / cpu_seconds; }
    double a_second() const { return static_cast<double>(count) / wall_seconds; }
};

class BenchNode {
public:
    explicit BenchNode(std::filesystem::path const& scratch);

    // Registers accounts 0, 1 … that are not there yet, each client one after the other, all clients at once.
    // The CPU time is that of both steps of the server and of all its threads; the wall time is that of the
    // second steps, which end with a durable entry.
    Spent sign_up(std::size_t count, std::size_t clients);
    // Accounts in turn; there must be one.
    Spent log_in(std::size_t count);

    std::size_t accounts() const { return accounts_; }
    service::NodeKeys const& keys() const { return data_.keys; }
    ledger::NetworkId const& network() const { return data_.network; }
    base::Randomness& randomness() { return randomness_; }
    std::vector<base::ByteBuffer> entries(); // of the whole log

private:
    struct Prepared {
        service::PendingId id;
        service::NewPassword made;
    };
    template <class T>
    T run(boost::asio::awaitable<T> work) {
        return boost::asio::co_spawn(threads_.at(0), std::move(work), boost::asio::use_future).get();
    }
    base::ByteBuffer next_prefix();
    Prepared begin_sign_up(Spent& spent);
    boost::asio::awaitable<void> finish_sign_ups(std::vector<Prepared> all);

    ScratchDirectory scratch_;
    net::SystemClock clock_;
    crypto::SystemRandomness randomness_;
    service::Settings settings_{.data = scratch_.path() / "data"};
    net::WorkerPool argon2_pool_{{.name = "argon2", .threads = 1, .queue_max = 8}};
    net::WorkerPool disk_pool_{{.name = "disk", .threads = 1, .queue_max = 8}};
    service::DataDirectory data_;
    net::IoThreads threads_{1};
    sequencer::LocalSequencer sequencer_;
    service::Application application_;
    std::uint32_t prefix_ = 0;
    std::size_t accounts_ = 0;
    std::size_t logins_ = 0;
};

} // namespace bulla::cli
