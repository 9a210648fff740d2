// The load generator: full OPAQUE logins, registrations, or one GET, over many connections to a server on
// the loopback address. Prints one line of JSON: what was done, and the CPU seconds of the server's process.
// 127.0.0.1 must be a trusted proxy of the server.
#include "crypto/start.hpp"
#include "scripts.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <sys/resource.h>

namespace {

using namespace bulla::bench;

struct Options {
    std::string mode;
    Measure measure;
    std::size_t connections = 64;
    std::string name = "load"; // of accounts: NAME-0 and so on
    std::string target = "/";
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
    app.add_option("mode", options.mode)->required()->check(CLI::IsMember({"login", "register", "get"}));
    app.add_option("--port", options.measure.port)->required();
    app.add_option("--pid", options.measure.server, "the process whose CPU time counts")->required();
    app.add_option("--connections", options.connections);
    app.add_option("--seconds", seconds, "measured after one second that is not");
    app.add_option("--name", options.name, "of the accounts: NAME-0, NAME-1 and so on");
    app.add_option("--target", options.target, "of GET");
    app.add_option("--token-size", options.token_size, "GET brings so many bytes as its token");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        std::exit(app.exit(error));
    }
    options.measure.duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
    return options;
}

void raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argc, char** argv) {
    bulla::crypto::start();
    raise_file_limit();
    auto const options = read_options(argc, argv);
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
