// The load generator: full OPAQUE logins, registrations, or one GET, over many connections to a server on the
// loopback address, each with one request after the other; or, as `open`, logins, registrations and health
// checks at constant rates whether or not the server keeps up; or, as `chain`, registrations of one client
// back to back on a network of nodes. Prints one line of JSON: what was done, and the CPU seconds of the
// server's process. 127.0.0.1 must be a trusted proxy of the server.
#include "chain.hpp"
#include "crypto/start.hpp"
#include "open_loop.hpp"
#include "scripts.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>

namespace {

using namespace bulla::bench;

struct Options {
    std::string mode;
    Measure measure;
    std::size_t connections = 64;
    std::string name = "load"; // of accounts: NAME-0 and so on
    std::string target = "/";
    double logins = 0; // of open: rates a second
    double registrations = 0;
    double health_checks = 0;
    ChainPlan chain;
    std::size_t token_size = 0; // above 0: GET brings so many bytes as a token, and no account is used
};

std::unique_ptr<Script> make_script(Options const& options, std::string name) {
    auto const port = options.measure.port;
    if (options.mode == "register")
        return make_registration_script(std::move(name));
    if (options.mode == "get" && options.token_size > 0)
        return make_get_script(options.target, std::string(options.token_size, 'x'));
    auto const token = sign_in(port, name);
    return options.mode == "get" ? make_get_script(options.target, token)
                                 : make_login_script(std::move(name));
}

Options read_options(int argc, char** argv) {
    Options options;
    auto seconds = 5.0;
    CLI::App app("Loads a server on the loopback address");
    app.add_option("mode", options.mode)
        ->required()
        ->check(CLI::IsMember({"login", "register", "get", "open", "chain"}));
    app.add_option("--port", options.measure.port)->required();
    app.add_option("--pid", options.measure.server, "the process whose CPU time counts");
    app.add_option("--connections", options.connections);
    app.add_option("--seconds", seconds, "measured after one second that is not");
    app.add_option("--name", options.name, "of the accounts: NAME-0, NAME-1 and so on");
    app.add_option("--target", options.target, "of GET");
    app.add_option("--logins", options.logins, "of open: so many a second");
    app.add_option("--registrations", options.registrations, "likewise");
    app.add_option("--health-checks", options.health_checks, "likewise");
    app.add_option("--token-size", options.token_size, "GET brings so many bytes as its token");
    app.add_option("--others", options.chain.others, "of chain: the ports of the other nodes");
    app.add_option("--count", options.chain.count, "of chain: so many registrations");
    auto pause = 0.0;
    app.add_option("--pause", pause, "of chain: so many seconds of silence before each");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        std::exit(app.exit(error));
    }
    options.measure.duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
    options.chain.pause = std::chrono::milliseconds(static_cast<std::int64_t>(pause * 1e3));
    options.chain.port = options.measure.port;
    options.chain.name = options.name;
    return options;
}

void raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string share_of(std::vector<std::chrono::microseconds> times, std::size_t percent) {
    std::ranges::sort(times);
    return times.empty() ? "null" : fmt::format("{}", times[(times.size() - 1) * percent / 100].count());
}

void print_tally(OpenTally const& tally) {
    fmt::print(
        R"("{}": {{"arrived": {}, "done": {}, "refused_at_first": {}, "refused_later": {}, "unsent": {}, )"
        R"("done_median_us": {}, "done_slow_us": {}, "refused_median_us": {}, "refused_slow_us": {}}}, )",
        tally.name, tally.arrived, tally.done, tally.refused_at_first, tally.refused_later, tally.unsent,
        share_of(tally.done_times, 50), share_of(tally.done_times, 99), share_of(tally.refused_times, 50),
        share_of(tally.refused_times, 99));
}

void run_open(Options const& options) {
    std::vector<std::string> names;
    for (std::size_t number = 0; number < options.connections; ++number) {
        names.push_back(fmt::format("{}-{}", options.name, number));
        sign_in(options.measure.port, names.back());
    }
    std::size_t next_login = 0;
    std::size_t next_registration = 0;
    std::vector<Arrivals> arrivals;
    arrivals.push_back({.name = "logins",
                        .rate = options.logins,
                        .make_client = [&] { return make_login_script(names[next_login++]); },
                        .clients_max = names.size()});
    arrivals.push_back({.name = "registrations", .rate = options.registrations, .make_client = [&] {
                            return make_registration_script(
                                fmt::format("{}-new-{}", options.name, next_registration++));
                        }});
    arrivals.push_back({.name = "health", .rate = options.health_checks, .make_client = [] {
                            return make_get_script("/healthz", {});
                        }});
    auto const run = drive_open(options.measure, std::move(arrivals));
    fmt::print("{{");
    for (auto const& tally : run.tallies)
        print_tally(tally);
    fmt::print(R"("wall_seconds": {:.3f}, "server_cpu_seconds": {:.3f}}})"
               "\n",
               run.wall_seconds, run.server_cpu_seconds);
}

void run_closed(Options const& options) {
    std::vector<std::unique_ptr<Script>> scripts;
    for (std::size_t number = 0; number < options.connections; ++number)
        scripts.push_back(make_script(options, fmt::format("{}-{}", options.name, number)));
    auto const tally = drive(options.measure, std::move(scripts));
    fmt::print(R"({{"done": {}, "refused": {}, "wall_seconds": {:.3f}, "server_cpu_seconds": {:.3f}, )"
               R"("client_cpu_seconds": {:.3f}, "median_us": {}, "slow_us": {}}})"
               "\n",
               tally.done, tally.refused, tally.wall_seconds, tally.server_cpu_seconds,
               tally.client_cpu_seconds, tally.median.count(), tally.slow.count());
}

void run_chain(Options const& options) {
    auto const times = drive_chain(options.chain);
    fmt::print(R"({{"done": {}, "refused": {}, "receipt_median_us": {}, "receipt_slow_us": {}, )"
               R"("everywhere_median_us": {}, "everywhere_slow_us": {}}})"
               "\n",
               times.receipt.size(), times.refused, share_of(times.receipt, 50), share_of(times.receipt, 99),
               share_of(times.everywhere, 50), share_of(times.everywhere, 99));
}

} // namespace

int main(int argc, char** argv) {
    bulla::crypto::start();
    raise_file_limit();
    auto const options = read_options(argc, argv);
    if (options.mode == "open")
        run_open(options);
    else if (options.mode == "chain")
        run_chain(options);
    else
        run_closed(options);
}
