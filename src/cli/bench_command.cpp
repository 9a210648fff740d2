#include "cli/bench_command.hpp"

#include "cli/bench_figure.hpp"
#include "cli/bench_node.hpp"
#include "crypto/oprf.hpp"
#include "ledger/audit.hpp"
#include "opaque/account_key.hpp"
#include "opaque/fake_record.hpp"
#include "opaque/server.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace bulla::cli {
namespace {

constexpr std::size_t login_accounts = 16;
constexpr std::size_t login_count = 1'500;
constexpr std::size_t lone_count = 300;
constexpr std::size_t many_count = 4'000;
constexpr std::size_t many_clients = 1'000;
constexpr std::size_t audit_accounts = 3'000;

// What the figures of one round are measured on.
struct Bench {
    BenchCommand const& command;
    BenchNode node;
};
// Figures of one round, in the same order every time.
using Measure = std::vector<Figure> (*)(Bench&);

// --- bare cryptography
// -------------------------------------------------------------------------------------------

double bare_oprf_rate(base::Randomness& randomness) {
    auto const key = crypto::Scalar::generate(randomness);
    auto const blinded = crypto::blind(base::as_bytes("password"), crypto::Scalar::generate(randomness));
    return rate_of([&] { crypto::blind_evaluate(key, blinded.blinded_element); });
}

double bare_verification_rate(base::Randomness& randomness) {
    auto const key = crypto::Ed25519KeyPair::generate(randomness);
    base::ByteBuffer const message(300, 7);
    auto const signature = key.sign(message);
    return rate_of([&] { CHECK(crypto::verify(key.public_key(), message, signature)); });
}

// Label, OPRF key, KE2, sealed parameters, the client's MAC, its signature checked, a token's signature.
double bare_login_rate(BenchNode& node) {
    auto const& keys = node.keys();
    auto& randomness = node.randomness();
    auto const key = crypto::Ed25519KeyPair::generate(randomness);
    base::ByteBuffer const message(300, 7);
    auto const signature = key.sign(message);
    auto const ke1 = opaque::start_login(password().expose(), randomness).ke1;
    auto const record = opaque::make_fake_record(randomness);
    auto const ke1_bytes = base::to_buffer(ke1.view());
    return rate_of([&] {
        auto const label = service::make_label(keys.vrf_key, "account0");
        std::vector<opaque::SharedSeed> seeds;
        seeds.push_back({.without = {}, .seed = keys.oprf_seed.clone()});
        auto const oprf_key = opaque::make_share(1, seeds, {.network = node.network(), .label = label});
        auto const started =
            opaque::start_login(ke1, {.record = record, .oprf_key = oprf_key}, keys.opaque_keys, randomness);
        auto const ke2 = base::to_buffer(started.ke2.view());
        CHECK(opaque::seal_login_parameters(message, started.session_key, ke1_bytes, ke2).size() == 528);
        CHECK(crypto::verify(key.public_key(), message, signature));
        CHECK(key.sign(message).view().size() == 64);
    });
}

// Label and its proof, the OPRF key and its use, the node's admission, its signature and the new key's
// checked, and that key is a point of the group: all of it once, for the head remembers what a request
// thread has checked.
double bare_registration_rate(BenchNode& node) {
    auto const& keys = node.keys();
    auto& randomness = node.randomness();
    auto const key = crypto::Ed25519KeyPair::generate(randomness);
    base::ByteBuffer const message(300, 7);
    auto const signature = key.sign(message);
    auto const blinded = crypto::blind(base::as_bytes("password"), crypto::Scalar::generate(randomness));
    return rate_of([&] {
        auto const evaluation = keys.vrf_key.evaluate(base::as_bytes("account0"));
        auto const label = service::make_label(evaluation.output());
        CHECK(keys.vrf_key.prove(evaluation).view().size() == 80);
        std::vector<opaque::SharedSeed> seeds;
        seeds.push_back({.without = {}, .seed = keys.oprf_seed.clone()});
        auto const oprf_key = opaque::make_share(1, seeds, {.network = node.network(), .label = label});
        crypto::blind_evaluate(oprf_key, blinded.blinded_element);
        CHECK(key.sign(message).view().size() == 64);
        CHECK(crypto::is_registrable(key.public_key()));
        for (auto times = 0; times < 2; ++times)
            CHECK(crypto::verify(key.public_key(), message, signature));
    });
}

std::vector<Figure> measure_crypto(Bench& bench) {
    auto& randomness = bench.node.randomness();
    return {{.name = "OPRF evaluation, bare, a core", .rate = bare_oprf_rate(randomness)},
            {.name = "Ed25519 verification, bare, a core", .rate = bare_verification_rate(randomness)}};
}

// --- logins
// ------------------------------------------------------------------------------------------------------

std::vector<Figure> measure_login(Bench& bench) {
    auto& node = bench.node;
    if (node.accounts() < login_accounts)
        node.sign_up(login_accounts, login_accounts);
    node.log_in(login_accounts); // caches are warm from here on
    auto const bare = bare_login_rate(node);
    auto const rate = node.log_in(login_count).a_core();
    auto const name = "OPAQUE login in process, a core";
    return {{.name = name,
             .rate = rate,
             .reference = "its cryptographic calls, bare",
             .reference_rate = bare,
             .ratio_min = 0.8},
            {.name = name,
             .rate = rate,
             .reference = "OPRF evaluation, bare",
             .reference_rate = bare_oprf_rate(node.randomness())}};
}

// --- registrations
// -----------------------------------------------------------------------------------------------

double sync_rate(std::filesystem::path const& directory) {
    ScratchDirectory const scratch(directory);
    int const file =
        ::open((scratch.path() / "file").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(file >= 0);
    std::array<char, 1200> const bytes{};
    auto const began = wall_seconds();
    for (std::size_t count = 0; count < lone_count; ++count) {
        CHECK(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        CHECK(::fdatasync(file) == 0);
    }
    ::close(file);
    return static_cast<double>(lone_count) / (wall_seconds() - began);
}

// A lone client waits for the syncs of its block and of the guard (record and directory), and for nothing
// else.
std::vector<Figure> measure_registration(Bench& bench) {
    auto& node = bench.node;
    auto const before = sync_rate(bench.command.directory);
    auto const lone = node.sign_up(lone_count, 1);
    auto const syncs = (before + sync_rate(bench.command.directory)) / 2;
    auto const many = node.sign_up(many_count, many_clients);
    auto const bare = bare_registration_rate(node);
    auto const of_many = fmt::format("durable registration, {} clients", many_clients);
    return {{.name = "durable registration, one client",
             .rate = lone.a_second(),
             .reference = "three fdatasyncs",
             .reference_rate = syncs / 3},
            {.name = of_many,
             .rate = many.a_second(),
             .reference = "fdatasyncs, one after the other",
             .reference_rate = syncs},
            {.name = of_many + ", a core",
             .rate = many.a_core(),
             .reference = "its cryptographic calls, bare",
             .reference_rate = bare,
             .rate_min = 2'500}};
}

// --- audit
// -------------------------------------------------------------------------------------------------------

std::vector<ledger::AuditCheck> audit_without_signatures(std::vector<base::ByteBuffer> const& log) {
    std::vector<ledger::AuditCheck> checks;
    ledger::Audit audit;
    for (auto const& entry : log) {
        auto fed = audit.feed(entry);
        CHECK(fed.has_value());
        std::ranges::move(*fed, std::back_inserter(checks));
    }
    CHECK(audit.finish().has_value());
    return checks;
}

std::vector<Figure> measure_audit(Bench& bench) {
    auto& node = bench.node;
    if (node.accounts() < audit_accounts)
        node.sign_up(audit_accounts - node.accounts(), 100);
    auto const log = node.entries();
    auto const began = thread_cpu_seconds();
    auto checks = audit_without_signatures(log);
    auto const audited = thread_cpu_seconds();
    auto const keys = std::ranges::partition(checks, [](ledger::AuditCheck const& one) {
        return one.planned.check.algorithm != credential::SignatureAlgorithm::ed25519_key;
    });
    auto const seconds_of = [](auto const& some) {
        auto const start = thread_cpu_seconds();
        for (auto const& one : some)
            CHECK(credential::check(one.planned.check));
        return thread_cpu_seconds() - start;
    };
    auto const bare = seconds_of(std::ranges::subrange(checks.begin(), keys.begin()));
    auto const bare_keys = seconds_of(keys);
    auto const signatures = static_cast<double>(keys.begin() - checks.begin());
    auto const name = "audit, signatures checked, a core";
    auto const rate = signatures / (audited - began + bare + bare_keys);
    return {{.name = name,
             .rate = rate,
             .reference = "the same signatures, bare",
             .reference_rate = signatures / bare,
             .ratio_min = 0.8},
            {.name = name,
             .rate = rate,
             .reference = "the same signatures and new keys, bare",
             .reference_rate = signatures / (bare + bare_keys)}};
}

constexpr std::array<std::pair<std::string_view, Measure>, 4> parts = {
    {{"crypto", measure_crypto},
     {"login", measure_login},
     {"registration", measure_registration},
     {"audit", measure_audit}}};

std::vector<Rounds> measure(Measure measure, Bench& bench) {
    std::vector<std::vector<Figure>> by_figure;
    for (std::size_t round = 0; round < bench.command.rounds; ++round) {
        auto figures = measure(bench);
        by_figure.resize(figures.size());
        for (std::size_t index = 0; index < figures.size(); ++index)
            by_figure[index].push_back(std::move(figures[index]));
    }
    std::vector<Rounds> result;
    result.reserve(by_figure.size());
    for (auto& figures : by_figure)
        result.emplace_back(std::move(figures));
    return result;
}

} // namespace

std::vector<std::string> bench_parts() {
    std::vector<std::string> names;
    names.reserve(parts.size());
    for (auto const& [name, measure] : parts)
        names.emplace_back(name);
    return names;
}

ExitCode bench(BenchCommand const& command) {
    if (!std::filesystem::is_directory(command.directory))
        return fail(ExitCode::usage, fmt::format("{}: no such directory; name one with --directory",
                                                 command.directory.string()));
    bool const is_json = command.form == OutputForm::json;
    boost::json::array rows;
    bool all_hold = true;
    if (!is_json)
        fmt::print("{}", print_table_head());
    Bench on{.command = command, .node = BenchNode(command.directory)};
    for (auto const& [name, how] : parts) {
        if (!command.parts.empty() && std::ranges::find(command.parts, name) == command.parts.end())
            continue;
        for (auto const& rounds : measure(how, on)) {
            all_hold = all_hold && rounds.median().holds();
            rows.push_back(row_json(rounds));
            if (!is_json)
                fmt::print("{}", print_row(rounds));
        }
    }
    if (is_json)
        print_json({{"figures", std::move(rows)}});
    return all_hold ? ExitCode::good : ExitCode::refused;
}

} // namespace bulla::cli
