// LINK: sequencer
// Durable registrations through the local sequencer on RocksDB, beside the syncs of the same disk in the same
// run: one client back to back beside three syncs (the block's, and the two of the guard: record and
// directory), many clients beside the bare signature checks. The entries are made before. TMPDIR must lie on
// a real disk.
#include "../tests/support/ledger_world.hpp"
#include "../tests/support/test_network.hpp"
#include "crypto/start.hpp"
#include "figure.hpp"
#include "net/io_threads.hpp"
#include "place.hpp"
#include "sequencer/local/local_sequencer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace bulla;

constexpr std::size_t registration_count = 6'000;
constexpr std::size_t lone_count = 500;
constexpr std::size_t rounds = 3;

class WorldClock final : public base::Clock {
public:
    base::Timestamp now() const override { return test::world_time; }
};

struct Site {
    test::TestNetwork network;
    bench::Place place;
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
        entries.reserve(count);
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

struct Rates {
    double a_second = 0;
    double a_core = 0; // by CPU seconds of the whole process, the clients' coroutines included
};

Rates register_with(Site& site, std::size_t clients, std::size_t count) {
    std::vector<std::vector<base::ByteBuffer>> entries;
    entries.reserve(clients);
    for (std::size_t client = 0; client < clients; ++client)
        entries.push_back(site.make_registrations(count / clients));
    auto const began = bench::wall_seconds();
    auto const cpu_began = bench::process_cpu_seconds();
    std::vector<std::future<void>> done;
    done.reserve(clients);
    for (auto& one : entries)
        done.push_back(boost::asio::co_spawn(site.io.pick(), register_all(*site.sequencer, std::move(one)),
                                             boost::asio::use_future));
    for (auto& one : done)
        one.get();
    auto const made = static_cast<double>(count / clients * clients);
    return {.a_second = made / (bench::wall_seconds() - began),
            .a_core = made / (bench::process_cpu_seconds() - cpu_began)};
}

double sync_rate() {
    bench::Place const place;
    int const file = ::open((place.path / "file").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    std::array<char, 1200> const bytes{};
    auto const began = bench::wall_seconds();
    for (std::size_t count = 0; count < lone_count; ++count) {
        CHECK(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        CHECK(::fdatasync(file) == 0);
    }
    ::close(file);
    return static_cast<double>(lone_count) / (bench::wall_seconds() - began);
}

// The two signatures of a registration: the new credential's, and the node's admission.
double signature_check_rate() {
    test::TestNetwork const network;
    auto const entry =
        ledger::decode_entry(ledger::encode(test::TestAccount(network, 1).register_entry())).value();
    ledger::MemoryState const world(network.genesis);
    auto const planned = ledger::plan(
        world.load(ledger::read_set(entry), {.network = network.id, .time = test::world_time, .index = {}}),
        entry);
    return bench::rate_of([&] {
        for (auto const& planned_check : planned->checks)
            CHECK(credential::check(planned_check.check));
    });
}

void measure_lone(Site& site, bench::Report& report) {
    std::vector<bench::Figure> figures;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto const before = sync_rate();
        auto const lone = register_with(site, 1, lone_count);
        auto const syncs = (before + sync_rate()) / 2;
        figures.push_back({"durable registration, one client", lone.a_second,
                           "three fdatasyncs of 1,200 bytes", syncs / 3});
    }
    report.print(std::move(figures));
}

void measure_many(Site& site, std::size_t clients, bench::Report& report) {
    std::vector<bench::Figure> beside_syncs;
    std::vector<bench::Figure> beside_checks;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto const syncs = sync_rate();
        auto const checks = signature_check_rate();
        auto const many = register_with(site, clients, registration_count);
        beside_syncs.push_back({fmt::format("durable registrations, {} clients", clients), many.a_second,
                                "fdatasyncs, one after the other", syncs});
        beside_checks.push_back(
            {"  the same, a core", many.a_core, "their two signature checks, bare", checks, 0, 2'500});
    }
    report.print(std::move(beside_syncs));
    report.print(std::move(beside_checks));
}

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    bench::Report report(argc, argv);
    Site site;
    measure_lone(site, report);
    for (std::size_t const clients : std::initializer_list<std::size_t>{16, 256, 2'048})
        measure_many(site, clients, report);
}
