#include "cli/serve.hpp"

#include "base/encoding.hpp"
#include "cli/addresses.hpp"
#include "cli/configuration_value.hpp"
#include "cli/control.hpp"
#include "cli/cosigner_keeper.hpp"
#include "cli/erasure_keeper.hpp"
#include "cli/hardening.hpp"
#include "cli/key_keeper.hpp"
#include "cli/list_keeper.hpp"
#include "cli/live_keeper.hpp"
#include "cli/log_line.hpp"
#include "cli/map_keeper.hpp"
#include "cli/network_node.hpp"
#include "cli/node_readings.hpp"
#include "cli/offence_reporter.hpp"
#include "cli/passphrase.hpp"
#include "cli/record_keeper.hpp"
#include "cli/request_log.hpp"
#include "cli/secret_keeper.hpp"
#include "cli/start_messages.hpp"
#include "cli/supervisor_variables.hpp"
#include "cli/tls_keeper.hpp"
#include "cli/version.hpp"
#include "cli/watchdog.hpp"
#include "crypto/random.hpp"
#include "http/lease.hpp"
#include "http/metrics.hpp"
#include "http/routes.hpp"
#include "net/signals.hpp"
#include "net/system_clock.hpp"
#include "sequencer/local/local_sequencer.hpp"
#include "service/application.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdio>
#include <thread>

namespace bulla::cli {
namespace {

constexpr std::chrono::seconds stop_grace{10};
constexpr std::chrono::seconds stop_time_besides{20}; // last syncs, on a slow disk
constexpr std::size_t argon2_queue_max = 64;
constexpr std::size_t admission_queue_max = 1024;

struct StartRefusal {
    ExitCode code = ExitCode::unreachable;
    std::string reason;
};
template <class T>
using Started = Result<T, StartRefusal>;

StartRefusal refusal(std::string reason) {
    return {.code = ExitCode::unreachable, .reason = std::move(reason)};
}
auto const founding_refusal = [](service::FoundingFault const& fault) {
    return StartRefusal{.code = ExitCode::unreachable, .reason = describe(fault)};
};

std::size_t count_or_cores(std::size_t configured) {
    return configured > 0 ? configured : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

// What genesis fixed holds; a configuration that says otherwise is refused rather than ignored.
Started<service::Settings> settle(Configuration const& configuration, ledger::PolicyRow const& policy,
                                  ledger::NodesRow const& nodes) {
    auto settings = configuration.settings;
    auto const refuse = [](std::string_view key, std::string_view fixed) {
        return std::unexpected{StartRefusal{
            .code = ExitCode::usage,
            .reason = fmt::format("{}: this ledger was founded with \"{}\"; the value is part of its first "
                                  "entry and cannot be changed here",
                                  key, fixed)}};
    };
    if (!configuration.is_default("network.issuer") && settings.issuer != policy.issuer)
        return refuse("network.issuer", policy.issuer);
    if (!configuration.is_default("network.log_origin") && service::log_origin_of(settings) != nodes.origin)
        return refuse("network.log_origin", nodes.origin);
    if (!configuration.is_default("network.passwords") && settings.passwords != policy.passwords)
        return refuse("network.passwords",
                      policy.passwords == ledger::PasswordPolicy::nist ? "nist" : "standard");
    if (!configuration.is_default("network.scripts") && settings.scripts != policy.scripts)
        return refuse("network.scripts", fmt::format("{}", fmt::join(policy.scripts, ", ")));
    if (!configuration.is_default("network.recovery_delay") &&
        settings.recovery_delay != policy.delays.recovery_by_key)
        return refuse("network.recovery_delay", print_duration(policy.delays.recovery_by_key));
    if (!configuration.is_default("network.change_delay") && settings.change_delay != policy.delays.change)
        return refuse("network.change_delay", print_duration(policy.delays.change));
    settings.issuer = policy.issuer;
    settings.log_origin = nodes.origin;
    settings.passwords = policy.passwords;
    settings.scripts = policy.scripts;
    settings.recovery_delay = std::chrono::floor<std::chrono::seconds>(policy.delays.recovery_by_key);
    settings.change_delay = std::chrono::floor<std::chrono::seconds>(policy.delays.change);
    return settings;
}

// The parts of a running node; each is used by those below it and outlives them.
class Node {
public:
    // `on_outdated`: from a thread of the sequencer, when the network goes on without this program.
    Node(Configuration const& configuration, std::shared_ptr<spdlog::logger> log,
         std::function<void()> on_outdated)
        : configuration_(configuration), log_(std::move(log)), on_outdated_(std::move(on_outdated)),
          request_log_(log_) {}
    ~Node() { stop(); }

    Started<void> start() {
        TRY(load_certificate());
        TRY(open_data());
        remove_old_copies(data_->paths.data);
        using Behind = sequencer::Chain::Behind;
        auto const behind = is_network_node(*data_) ? Behind::awaited : Behind::refused;
        auto chain = TRY(map_fault(data_->open_chain(behind), founding_refusal));
        settings_ = TRY(settle(configuration_, *chain.head()->policy, *chain.head()->nodes));
        threads_ = std::make_unique<net::IoThreads>(count_or_cores(settings_.io_threads));
        argon2_pool_ = std::make_unique<net::WorkerPool>(
            net::WorkerPool::Options{.name = "argon2",
                                     .threads = count_or_cores(settings_.argon2_threads),
                                     .queue_max = argon2_queue_max});
        disk_pool_ = std::make_unique<net::WorkerPool>(
            net::WorkerPool::Options{.name = "disk", .threads = 1, .queue_max = 8});
        auto const origin = chain.directory_origin();
        TRY(start_sequencer(std::move(chain)));
        TRY(make_application());
        TRY(join_network());
        keeper_ = std::make_unique<LiveKeeper>(
            *data_->live, service::CounterSweep(*data_->live, *data_->ledger, application_->ground().limits),
            clock_);
        erasure_keeper_ = std::make_unique<ErasureKeeper>(*data_->ledger);
        map_keeper_ = std::make_unique<MapKeeper>(
            sequencer_->heads(), MapKeeper::Start{.file = data_->paths.map_file(), .origin = origin}, log_);
        TRY(settle_keys());
        watch();
        TRY(listen());
        supervisor_.notify(fmt::format("READY=1\nSTATUS=serving on port {}", port()));
        return {};
    }

    // Serves on, not ready, so that a balancer sends people elsewhere before the listener closes.
    void drain() {
        auto const time_max = settings_.drain + stop_grace + stop_time_besides;
        supervisor_.notify(fmt::format("STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC={}",
                                       std::chrono::microseconds(time_max).count()));
        application_->announce_end();
        boost::asio::io_context context{1};
        boost::asio::steady_timer(context, settings_.drain).wait();
    }

    // Listeners first, then what they use; a second call does nothing.
    void stop() {
        if (comet_ != nullptr)
            comet_->end_orders();
        tls_keeper_.reset();
        for (auto* const server : {&server_, &node_server_, &control_server_})
            if (*server)
                (*server)->stop(stop_grace);
        server_.reset();
        node_server_.reset();
        control_server_.reset();
        watchdog_.reset();
        cosigner_keeper_.reset();
        list_keeper_.reset();
        secret_keeper_.reset();
        record_keeper_.reset();
        key_keeper_.reset();
        erasure_keeper_.reset();
        keeper_.reset();
        application_.reset();
        map_keeper_.reset();
        comet_ = nullptr;
        sequencer_.reset();
    }

    // Why the network goes on without this program; nothing: it does not.
    Started<void> check_rules() {
        auto const height = data_->ledger->load_engine_height();
        auto const policy = data_->ledger->load_policy();
        if (!height || !policy || comet_ == nullptr)
            return {};
        if (auto unknown = find_unknown_rules(*policy, *height))
            return std::unexpected{StartRefusal{.code = ExitCode::outdated, .reason = *std::move(unknown)}};
        return {};
    }

    service::DataDirectory const& data() const { return *data_; }
    service::Settings const& settings() const { return settings_; }
    ledger::NodesRow const& nodes() const { return *application_->ground().head()->nodes; }
    std::uint16_t port() const { return server_->port(); }

private:
    Started<void> open_data() {
        auto const& settings = configuration_.settings;
        auto const passphrase =
            TRY(map_fault(find_passphrase(settings.passphrase_file), [](std::string reason) {
                return StartRefusal{.code = ExitCode::usage, .reason = std::move(reason)};
            }));
        data_.emplace(
            TRY(map_fault(service::open_data(settings, clock_, randomness_, passphrase), founding_refusal)));
        return {};
    }

    Started<void> start_sequencer(sequencer::Chain chain) {
        if (!is_network_node(*data_)) {
            sequencer_ =
                std::make_unique<sequencer::LocalSequencer>(std::move(chain), *data_->ledger, clock_);
            return {};
        }
        evidence_ = std::make_unique<service::EvidenceShelf>(data_->paths.evidence());
        NetworkStart const start{.data = *data_,
                                 .settings = settings_,
                                 .clock = clock_,
                                 .log = log_,
                                 .on_unknown_rules = on_outdated_,
                                 .on_misbehaviour = make_misbehaviour_reporter(*evidence_, log_)};
        auto comet = TRY(map_fault(start_comet(std::move(chain), start), refusal));
        comet_ = comet.get();
        sequencer_ = std::move(comet);
        return check_rules();
    }

    // Other nodes are answered from the start: they may be what this one waits for.
    Started<void> join_network() {
        if (comet_ == nullptr)
            return {};
        admission_pool_ = std::make_unique<net::WorkerPool>(
            net::WorkerPool::Options{.name = "admit", .threads = 1, .queue_max = admission_queue_max});
        if (auto const& key = data_->keys.network->tls)
            node_tls_ = TRY(make_node_tls(*key));
        TRY(map_fault(application_->join_network(
                          {.vrf_public_key = crypto::VrfPublicKey::from(data_->genesis.vrf_public_key.view()),
                           .lacking = comet_->lacking(),
                           .disk = *admission_pool_,
                           .tls = node_tls_.get(),
                           .joins = comet_,
                           .evidence = evidence_.get()}),
                      [](store::StoreFault const& fault) { return refusal(describe(fault)); }));
        application_->peers()->exchange_cosignatures(*comet_->finality(),
                                                     make_fork_reporter(*evidence_, log_));
        auto const address =
            TRY(map_fault(message_address(data_->newest_list(*application_->ground().head()->nodes),
                                          application_->ground().node, settings_.node_listen),
                          refusal));
        node_router_ = std::make_unique<http::Router>(http::make_node_routes());
        metrics_.know(node_router_->routes());
        auto parts = server_parts(*node_router_);
        parts.tls = node_tls_.get();
        node_server_ = TRY(map_fault(
            http::Server::start(http::TcpListener{address.host, address.port}, std::move(parts), *threads_),
            [&](http::StartFault const& fault) {
                return refusal(describe(fault, print_listen_address(address)));
            }));
        record_keeper_ = std::make_unique<RecordKeeper>(*application_->record_mender(), comet_->lacking(),
                                                        threads_->at(0), log_);
        secret_keeper_ = std::make_unique<SecretKeeper>(*application_->peers()->secrets(),
                                                        sequencer_->heads(), threads_->at(0), log_);
        list_keeper_ = std::make_unique<ListKeeper>(sequencer_->heads(), application_->ground().node, log_);
        cosigner_keeper_ =
            std::make_unique<CosignerKeeper>(*application_->peers(), sequencer_->heads(), threads_->at(0));
        return {};
    }

    Started<std::unique_ptr<net::NodeTls>> make_node_tls(crypto::Ed25519KeyPair const& key) {
        auto tls = net::NodeTls::make(key, [this](net::TlsKeyHash const& shown) {
            return service::is_tls_key_of_a_node(*sequencer_->heads().newest(), shown);
        });
        if (tls == nullptr)
            return std::unexpected{refusal("TLS between nodes cannot be set up: OpenSSL failed")};
        return tls;
    }

    Started<void> load_certificate() {
        net::TlsFiles const files{.certificate = configuration_.settings.tls_certificate,
                                  .key = configuration_.settings.tls_key};
        if (files.certificate.empty() != files.key.empty())
            return std::unexpected{StartRefusal{
                .code = ExitCode::usage,
                .reason = "server.tls_certificate and server.tls_key come together: one of them is not set"}};
        if (files.certificate.empty())
            return {};
        certificate_ = TRY(map_fault(net::TlsCertificate::load(files), [](net::TlsFault const& fault) {
            return StartRefusal{.code = ExitCode::usage, .reason = describe(fault)};
        }));
        return {};
    }

    Started<void> make_application() {
        application_ = std::make_unique<service::Application>(
            settings_, service::Parts{.keys = data_->keys,
                                      .signing_keys = std::move(data_->signing_keys),
                                      .network = data_->network,
                                      .sequencer = *sequencer_,
                                      .ledger = *data_->ledger,
                                      .live = *data_->live,
                                      .argon2_pool = *argon2_pool_,
                                      .disk_pool = *disk_pool_,
                                      .clock = clock_,
                                      .randomness = randomness_});
        application_->events().when_name_closes(
            [this] { log_->warn("a name was closed to passwords: a hundred guesses in a row failed"); });
        auto routes = http::make_routes(metrics_);
        if (comet_ != nullptr)
            http::answer_under_lease(routes);
        router_ = std::make_unique<http::Router>(std::move(routes));
        control_router_ = std::make_unique<http::Router>(make_control_routes({.ledger = *data_->ledger,
                                                                              .pool = *disk_pool_,
                                                                              .randomness = randomness_,
                                                                              .data = data_->paths.data,
                                                                              .log = log_}));
        metrics_.know(router_->routes());
        metrics_.know(control_router_->routes());
        return {};
    }

    // A full disk does not stop a node that has a key to sign with. On a network the key is there once enough
    // nodes are.
    Started<void> settle_keys() {
        key_keeper_ = std::make_unique<KeyKeeper>(application_->signing_keys(), threads_->at(0), log_);
        if (comet_ != nullptr)
            return {};
        auto const settled = key_keeper_->settle();
        if (!settled && !application_->signing_keys().in_force())
            return std::unexpected{
                StartRefusal{.code = ExitCode::unreachable, .reason = describe(settled.error())}};
        if (!settled)
            log_->warn("token signing keys: {}", describe(settled.error()));
        return {};
    }

    void watch() {
        watchdog_ = std::make_unique<Watchdog>(
            Watchdog::Parts{.supervisor = supervisor_,
                            .deadline = supervisor_variables_.watchdog,
                            .questions = {[this] { return threads_->silent_threads(); },
                                          [this] { return sequencer_->silent_threads(); }},
                            .log = log_});
        metrics_.add([this](http::Readings& readings) { read_parts(readings); });
    }

    // A scrape over the control socket may come before the server for people is there.
    void read_parts(http::Readings& readings) {
        if (!are_parts_complete_)
            return;
        read_node({.data = data_->paths.data,
                   .started = started_,
                   .sequencer = *sequencer_,
                   .argon2_pool = *argon2_pool_,
                   .live_keeper = *keeper_,
                   .watchdog = *watchdog_,
                   .server = *server_,
                   .certificate = certificate_.get()},
                  readings);
    }

    http::ServerParts server_parts(http::Router const& router) {
        return {.router = router,
                .application = *application_,
                .clock = clock_,
                .observer = [this](http::Exchange const& exchange) { observe(exchange); },
                .limits = {},
                .proxies = *http::TrustedProxies::parse(settings_.trusted_proxies)};
    }

    void observe(http::Exchange const& exchange) {
        metrics_.count(exchange);
        request_log_.write(exchange);
    }

    Started<void> listen() {
        auto const socket = control_socket(data_->paths.data).string();
        auto control =
            http::Server::start(http::UnixListener{socket}, server_parts(*control_router_), *threads_);
        if (control)
            control_server_ = *std::move(control);
        else // a path too long for a socket: everything but checking a running ledger works
            log_->warn("{}", describe(control.error(), socket));
        auto const address = print_listen_address({settings_.listen_host, settings_.listen_port});
        auto parts = server_parts(*router_);
        parts.tls = certificate_.get();
        server_ =
            TRY(map_fault(http::Server::start(http::TcpListener{settings_.listen_host, settings_.listen_port},
                                              std::move(parts), *threads_),
                          [&](http::StartFault const& fault) {
                              return StartRefusal{ExitCode::unreachable, describe(fault, address)};
                          }));
        are_parts_complete_ = true;
        if (certificate_)
            tls_keeper_ = std::make_unique<TlsKeeper>(*certificate_, log_);
        return {};
    }

    Configuration const& configuration_;
    std::shared_ptr<spdlog::logger> log_;
    std::function<void()> const on_outdated_;
    RequestLog request_log_;
    http::Metrics metrics_;
    net::SystemClock clock_;
    base::Timestamp const started_ = clock_.now();
    SupervisorVariables const supervisor_variables_ = read_supervisor_variables();
    net::Supervisor const supervisor_{supervisor_variables_.notify_socket};
    std::atomic<bool> are_parts_complete_ = false;
    crypto::SystemRandomness randomness_;
    std::optional<service::DataDirectory> data_;
    service::Settings settings_;
    std::unique_ptr<net::TlsCertificate> certificate_; // none: plain HTTP
    std::unique_ptr<TlsKeeper> tls_keeper_;
    std::unique_ptr<net::IoThreads> threads_;
    std::unique_ptr<net::WorkerPool> argon2_pool_;
    std::unique_ptr<net::WorkerPool> disk_pool_;
    std::unique_ptr<net::WorkerPool> admission_pool_; // none on a single node
    std::unique_ptr<service::EvidenceShelf> evidence_; // likewise
    std::unique_ptr<sequencer::Sequencer> sequencer_;
    sequencer::comet::CometSequencer* comet_ = nullptr; // the same, on a node of a network
    std::unique_ptr<net::NodeTls> node_tls_; // none on a single node
    std::unique_ptr<service::Application> application_;
    std::unique_ptr<LiveKeeper> keeper_;
    std::unique_ptr<ErasureKeeper> erasure_keeper_;
    std::unique_ptr<MapKeeper> map_keeper_;
    std::unique_ptr<KeyKeeper> key_keeper_;
    std::unique_ptr<RecordKeeper> record_keeper_;
    std::unique_ptr<SecretKeeper> secret_keeper_;
    std::unique_ptr<ListKeeper> list_keeper_;
    std::unique_ptr<CosignerKeeper> cosigner_keeper_;
    std::unique_ptr<Watchdog> watchdog_;
    std::unique_ptr<http::Router> router_;
    std::unique_ptr<http::Router> control_router_;
    std::unique_ptr<http::Router> node_router_;
    std::unique_ptr<http::Server> node_server_;
    std::unique_ptr<http::Server> control_server_;
    std::unique_ptr<http::Server> server_;
};

void print_welcome(Node const& node, Configuration const& configuration) {
    auto const& settings = node.settings();
    bool const is_encrypted = !settings.tls_certificate.empty();
    auto const url = fmt::format("{}://{}", is_encrypted ? "https" : "http",
                                 print_listen_address({settings.listen_host, node.port()}));
    bool const is_open = settings.registration == service::RegistrationMode::open;
    fmt::print("listening on {}\n", url);
    fmt::print("  data          {}{}\n", node.data().paths.data.string(),
               node.data().start == service::StartKind::first ? " (made just now: keys, guard, ledger)" : "");
    fmt::print("  network       {}\n", base::to_base64url(node.data().network));
    if (auto const count = node.nodes().nodes.size(); count > 1)
        fmt::print("  nodes         {}, of which {} must run\n", count, node.nodes().quorum());
    fmt::print("  registration  {} ({})\n", is_open ? "open" : "closed",
               configuration.places.at("registration.mode"));
    fmt::print("try:\n");
    fmt::print(
        "  curl {}/register -d username=alice --data-urlencode 'password=correct horse battery staple'\n",
        url);
    fmt::print("  TOKEN=$(curl -s {}/login -d username=alice --data-urlencode 'password=correct horse "
               "battery staple')\n",
               url);
    fmt::print("  curl {}/protected-resource -H \"Authorization: Bearer $TOKEN\"\n", url);
    std::fflush(stdout);
}

} // namespace

ExitCode serve(Configuration const& configuration) {
    forbid_memory_dumps();
    restrict_new_files();
    net::ignore_broken_pipes();
    auto const log = make_log(configuration.settings.log, std::make_shared<spdlog::sinks::stderr_sink_mt>());
    // The signals are waited for from here on, so that one that comes during the start ends it in order.
    boost::asio::io_context signals{1};
    boost::asio::co_spawn(signals, net::wait_for_end_signal(),
                          [](std::exception_ptr const&, net::EndSignal) {});
    signals.poll();

    Node node(configuration, log, [&signals] { signals.stop(); });
    auto const started = node.start();
    if (!started) {
        fmt::print(stderr, "bulla: {}\n", started.error().reason);
        return started.error().code;
    }
    print_welcome(node, configuration);
    log->info("Bulla {} serves network {}", version, base::to_base64url(node.data().network));
    signals.run();
    log->info("stopping");
    auto const rules = node.check_rules();
    node.drain();
    node.stop();
    log->info("stopped");
    if (rules)
        return ExitCode::good;
    fmt::print(stderr, "bulla: {}\n", rules.error().reason);
    return rules.error().code;
}

} // namespace bulla::cli
