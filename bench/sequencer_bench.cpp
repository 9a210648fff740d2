// LINK: sequencer
// Ready-made registrations through the local sequencer on RocksDB, beside the bare sync and the bare
// signature checks that they cannot do without. The directory of the test files must lie on a real disk
// (TMPDIR).
#include "../tests/support/ledger_world.hpp"
#include "../tests/support/test_network.hpp"
#include "crypto/start.hpp"
#include "ledger/audit.hpp"
#include "net/io_threads.hpp"
#include "sequencer/local/local_sequencer.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

namespace {

using namespace bulla;
namespace fs = std::filesystem;

struct Place {
    Place() {
        auto name = (fs::temp_directory_path() / "bulla-bench-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Place() { fs::remove_all(path); }
    fs::path path;
};

class WorldClock final : public base::Clock {
public:
    base::Timestamp now() const override { return test::world_time; }
};

struct Site {
    test::TestNetwork network;
    Place place;
    WorldClock clock;
    std::unique_ptr<store::LedgerDatabase> ledger;
    net::IoThreads io{2};
    std::optional<sequencer::LocalSequencer> sequencer;
    std::uint64_t next_account = 1;

    Site() {
        ledger = store::LedgerDatabase::open(place.path / "ledger", store::OpenMode::create).value();
        CHECK(sequencer::found_chain(*ledger, network.genesis).has_value());
        auto guard = sequencer::Guard::open(place.path / "guard", network.genesis.nodes.origin,
                                            sequencer::Guard::Start::first);
        sequencer.emplace(sequencer::Chain::open(*ledger, *std::move(guard), network.log_key).value(),
                          *ledger, clock);
    }
    ~Site() { sequencer.reset(); }

    std::vector<base::ByteBuffer> make_registrations(std::size_t count) {
        std::vector<base::ByteBuffer> entries;
        for (; count > 0; --count)
            entries.push_back(ledger::encode(test::TestAccount(network, next_account++).register_entry()));
        return entries;
    }
};

// One of several clients: its entries one after the other.
boost::asio::awaitable<void> register_all(sequencer::LocalSequencer& sequencer,
                                          std::vector<base::ByteBuffer> entries) {
    for (auto& entry : entries)
        CHECK((co_await sequencer.order({.entry = std::move(entry), .side_writes = {}})).has_value());
}

// The argument is the number of clients.
void ordered_registrations(benchmark::State& state) {
    Site site;
    auto const clients = static_cast<std::size_t>(state.range(0));
    auto const each = std::max<std::size_t>(2, 2'000 / clients);
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<std::vector<base::ByteBuffer>> entries;
        for (std::size_t client = 0; client < clients; ++client)
            entries.push_back(site.make_registrations(each));
        state.ResumeTiming();
        std::vector<std::future<void>> done;
        for (auto& one : entries)
            done.push_back(boost::asio::co_spawn(
                site.io.pick(), register_all(*site.sequencer, std::move(one)), boost::asio::use_future));
        for (auto& one : done)
            one.get();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(clients * each));
    auto const head = site.sequencer->heads().newest();
    state.counters["entries_a_block"] =
        static_cast<double>(site.next_account - 1) / static_cast<double>(head->block.height.number());
}
BENCHMARK(ordered_registrations)
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->Arg(2048)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// What one client alone waits for at least: a sync of the block, and the two of the guard.
void bare_syncs(benchmark::State& state) {
    Place const place;
    int const file = ::open((place.path / "file").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    std::array<char, 1200> const bytes{};
    for (auto _ : state) {
        CHECK(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        CHECK(::fdatasync(file) == 0);
    }
    ::close(file);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bare_syncs)->UseRealTime();

// The two signatures of a registration of one node.
void bare_signature_checks(benchmark::State& state) {
    test::TestNetwork const network;
    auto const entry =
        ledger::decode_entry(ledger::encode(test::TestAccount(network, 1).register_entry())).value();
    ledger::MemoryState const world(network.genesis);
    auto const planned = ledger::plan(
        world.load(ledger::read_set(entry), {.network = network.id, .time = test::world_time, .index = {}}),
        entry);
    for (auto _ : state)
        for (auto const& planned_check : planned->checks)
            CHECK(credential::check(planned_check.check));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bare_signature_checks);

// Everything of an audit but the signatures, which are handed out.
void audit_without_signatures(benchmark::State& state) {
    test::TestNetwork const network;
    test::LedgerWorld world(network);
    for (std::uint64_t number = 1; number <= 2'000; ++number) {
        CHECK(world.submit(test::TestAccount(network, number).register_entry()).has_value());
        if (number % 50 == 0)
            world.close_block();
    }
    for (auto _ : state) {
        ledger::Audit audit;
        for (auto const& entry : world.log)
            CHECK(audit.feed(entry).has_value());
        CHECK(audit.finish().has_value());
    }
    state.SetItemsProcessed(state.iterations() * 2'000);
}
BENCHMARK(audit_without_signatures)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
