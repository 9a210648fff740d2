// Data directories with as many accounts as wanted, and what they cost.
//
//   bulla_accounts load --data DIR --accounts N      founds DIR where it is not there, and registers accounts
//                                                    until it holds N: every entry through execute(), every
//                                                    block through the server's own chain and its synced
//                                                    write
//   bulla_accounts prove --data DIR                  proofs of random accounts' states, in this process
//   bulla_accounts check --data DIR                  the first entries' signatures, verified bare: what an
//   audit
//                                                    cannot do without
//   bulla_accounts admit --data DIR… --accounts N    registrations that every node of a network has admitted:
//                                                    what belongs beside them is kept in each node's DIR, as
//                                                    its admission promises; prints their entries, a line of
//                                                    base64 each
//
// The first three print one line of JSON.
#include "admitted.hpp"
#include "crypto/random.hpp"
#include "crypto/start.hpp"
#include "ledger/audit.hpp"
#include "net/system_clock.hpp"
#include "service/proof.hpp"
#include "workshop.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <sys/stat.h>
#include <time.h>

#include <random>

namespace {

using namespace bulla;

double seconds_of(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Options {
    std::filesystem::path data;
    std::vector<std::filesystem::path> nodes; // of admit
    std::uint64_t accounts = 1'000;
    std::uint64_t real_every = 1'000;
    std::size_t threads = 2;
    std::uint64_t proofs = 20'000;
    std::uint64_t entries = 5'000;
};

struct Site {
    net::SystemClock clock;
    crypto::SystemRandomness randomness;
    service::DataDirectory data;
    sequencer::Chain chain;

    explicit Site(std::filesystem::path const& directory)
        : data(service::open_data(settings_of(directory), clock, randomness).value()),
          chain(data.open_chain().value()) {}
    static service::Settings settings_of(std::filesystem::path const& directory) {
        service::Settings settings;
        settings.data = directory;
        return settings;
    }
};

void commit(Site& site, sequencer::BlockMaker& maker, sequencer::CheckMemory& checks,
            bench::Workshop::Batch batch) {
    for (auto& submission : batch) {
        auto const outcome = maker.execute(std::move(submission), site.clock.now(), checks);
        CHECK(outcome.has_value());
        if (!*outcome)
            fmt::print(stderr, "refused: {}\n", ledger::name(outcome->error()));
        CHECK(outcome->has_value());
    }
    CHECK(site.chain.commit(*maker.close()).has_value());
    maker.settle();
}

void load(Options const& options) {
    Site site(options.data);
    auto const there = site.chain.head()->directory.size();
    CHECK(there <= options.accounts);
    sequencer::CheckMemory checks;
    bench::RegistrationMaker const maker(site.data, *site.chain.head()->policy, options.real_every,
                                         {&site.data.keys.node_key});
    sequencer::BlockMaker blocks(*site.data.ledger, site.chain.tip());
    auto const began = seconds_of(CLOCK_MONOTONIC);
    auto const cpu_began = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    bench::Workshop workshop({.first = there, .end = options.accounts, .threads = options.threads}, maker,
                             site.clock, checks);
    while (auto batch = workshop.next()) {
        commit(site, blocks, checks, *std::move(batch));
        auto const done = site.chain.head()->directory.size();
        if (done * 20 / options.accounts != (done - 4'096) * 20 / options.accounts)
            fmt::print(stderr, "{} of {} accounts, {:.0f} s\n", done, options.accounts,
                       seconds_of(CLOCK_MONOTONIC) - began);
    }
    auto const made = static_cast<double>(options.accounts - there);
    auto const seconds = seconds_of(CLOCK_MONOTONIC) - began;
    fmt::print(R"({{"accounts": {}, "made": {:.0f}, "wall_seconds": {:.2f}, "cpu_seconds": {:.2f}}})"
               "\n",
               site.chain.head()->directory.size(), made, seconds,
               seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_began);
}

// Labels of accounts all over the directory: the row reached by a random key is as good as any.
std::vector<ledger::Label> random_labels(Site& site, std::uint64_t count) {
    std::vector<ledger::Label> labels;
    std::vector<ledger::Label> all;
    CHECK(site.data.ledger->each_account_head([&](ledger::Label const& label, base::ByteView) {
        all.push_back(label);
        return true;
    }));
    std::mt19937_64 random(1);
    for (; count > 0; --count)
        labels.push_back(all[random() % all.size()]);
    return labels;
}

void prove(Options const& options) {
    Site site(options.data);
    service::ProofFrames frames(*site.data.ledger);
    auto const& head = site.chain.head();
    auto const labels = random_labels(site, options.proofs);
    std::size_t greatest = 0;
    std::size_t greatest_brief = 0;
    auto const began = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (auto const& label : labels) {
        auto const side_row = site.data.ledger->load_side_row(label).value();
        auto const made = service::make_account_proof(*site.data.ledger, *frames.of(head).value(),
                                                      {label, side_row.value().vrf_proof});
        CHECK(made.has_value());
        greatest = std::max(greatest, made->size());
    }
    auto const rate = static_cast<double>(labels.size()) / (seconds_of(CLOCK_THREAD_CPUTIME_ID) - began);
    for (auto const& label : labels) {
        auto const side_row = site.data.ledger->load_side_row(label).value();
        auto const made =
            service::make_account_proof(*site.data.ledger, *frames.of(head).value(),
                                        {label, side_row.value().vrf_proof, service::ProofForm::brief});
        CHECK(made.has_value());
        greatest_brief = std::max(greatest_brief, made->size());
    }
    fmt::print(
        R"({{"accounts": {}, "proofs_a_core": {:.0f}, "proof_bytes_max": {}, "brief_proof_bytes_max": {}}})"
        "\n",
        head->directory.size(), rate, greatest, greatest_brief);
}

void check(Options const& options) {
    auto const ledger =
        store::LedgerDatabase::open(options.data / "ledger", store::OpenMode::read_only).value();
    ledger::Audit audit;
    std::vector<ledger::AuditCheck> checks;
    CHECK(ledger->each_entry(ledger::LeafIndex{0}, [&](ledger::LeafIndex index, base::ByteView entry) {
        auto fed = audit.feed(entry);
        CHECK(fed.has_value());
        std::ranges::copy_if(*fed, std::back_inserter(checks), [](ledger::AuditCheck const& one) {
            return one.planned.check.algorithm != credential::SignatureAlgorithm::ed25519_key;
        });
        return index.number() < options.entries || checks.empty();
    }));
    auto const began = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (auto const& one : checks)
        CHECK(credential::check(one.planned.check));
    auto const spent = seconds_of(CLOCK_THREAD_CPUTIME_ID) - began;
    fmt::print(R"({{"signatures": {}, "signatures_a_core": {:.0f}}})"
               "\n",
               checks.size(), static_cast<double>(checks.size()) / spent);
}

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    ::umask(0077);
    Options options;
    CLI::App app("Data directories with many accounts, and what they cost");
    app.require_subcommand(1);
    auto* const loading = app.add_subcommand("load", "Registers accounts until the directory holds so many");
    auto* const proving = app.add_subcommand("prove", "Proves random accounts' states, in this process");
    auto* const checking = app.add_subcommand("check", "Verifies the first entries' signatures, bare");
    for (auto* const command : {loading, proving, checking})
        command->add_option("--data", options.data)->required();
    auto* const admitting = app.add_subcommand("admit", "Prints registrations that every node has admitted");
    admitting->add_option("--data", options.nodes, "of the nodes; none may run")->required();
    admitting->add_option("--accounts", options.accounts, "so many registrations");
    loading->add_option("--accounts", options.accounts, "that the directory holds in the end");
    loading->add_option("--real-every", options.real_every, "every so many accounts one can sign in");
    loading->add_option("--threads", options.threads, "that make entries, beside the one that executes them");
    proving->add_option("--proofs", options.proofs);
    CLI11_PARSE(app, argc, argv);
    if (loading->parsed())
        load(options);
    else if (proving->parsed())
        prove(options);
    else if (admitting->parsed())
        bench::print_admitted(options.nodes, options.accounts);
    else
        check(options);
}
