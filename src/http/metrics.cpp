#include "http/metrics.hpp"

#include "base/mutex.hpp"
#include "http/kept_text.hpp"
#include "http/problem.hpp"
#include "service/application.hpp"

#include <fmt/format.h>

#include <map>
#include <unordered_map>

namespace bulla::http {
namespace {

constexpr std::string_view no_route = "none";
constexpr int status_min = 100;
constexpr int status_max = 599;

struct RouteCounts {
    std::array<std::atomic<std::uint64_t>, status_max - status_min + 1> by_status{};
    net::DurationHistogram durations;
};

void read_ledger(sequencer::Head const& head, Readings& readings) {
    readings.gauge("bulla_ledger_size", "Entries of the log, block entries included").add(head.size.number());
    readings.gauge("bulla_ledger_height", "Number of the newest block").add(head.block.height.number());
    readings.gauge("bulla_ledger_accounts", "Labels in the directory, erased ones included")
        .add(std::uint64_t{head.directory.size()});
    readings.gauge("bulla_ledger_last_block_timestamp_seconds", "Time of the newest block")
        .add(static_cast<double>(base::unix_milliseconds(head.block.time)) / 1000);
}

void read_events(service::Events const& events, Readings& readings) {
    using enum service::Event;
    readings.counter("bulla_logins_total", "Sign-ins with a password, by result")
        .add(events.count(login_good), {{"result", "good"}})
        .add(events.count(login_refused), {{"result", "refused"}})
        .add(events.count(login_limited), {{"result", "limited"}})
        .add(events.count(login_closed), {{"result", "closed"}});
    readings.counter("bulla_key_logins_total", "Sign-ins with a passkey, SSH or device key, by result")
        .add(events.count(key_login_good), {{"result", "good"}})
        .add(events.count(key_login_refused), {{"result", "refused"}})
        .add(events.count(key_login_limited), {{"result", "limited"}});
    readings.counter("bulla_sign_counts_refused_total", "Passkeys whose counter did not grow: perhaps copied")
        .add(events.count(sign_count_refused));
    readings.counter("bulla_guesses_total", "Passwords evaluated for sign-ins, good ones included")
        .add(events.count(guess));
    readings.counter("bulla_names_closed_total", "Names closed after a hundred failures in a row")
        .add(events.count(name_closed));
    readings.counter("bulla_registrations_total", "Registrations, by result")
        .add(events.count(registration_good), {{"result", "good"}})
        .add(events.count(registration_limited), {{"result", "limited"}});
    readings.counter("bulla_account_changes_total", "Entries that changed an account, by what they changed")
        .add(events.count(password_changed), {{"change", "password"}})
        .add(events.count(account_changed), {{"change", "other"}});
    readings.counter("bulla_logouts_total", "Sessions ended by their owners")
        .add(events.count(session_ended));
}

} // namespace

struct Metrics::Counts {
    // Neither changes once requests are counted.
    std::unordered_map<std::string_view, std::unique_ptr<RouteCounts>> by_route;
    std::vector<Source> sources;

    RouteCounts unknown; // no route, or one that nobody has told of
    std::array<std::atomic<std::uint64_t>, std::to_underlying(Problem::outcome_unknown) + 1> by_problem{};
    base::Mutex reading;
    KeptText text;

    RouteCounts& of(std::string_view route) {
        auto const found = by_route.find(route);
        return found == by_route.end() ? unknown : *found->second;
    }
    // In the order of names, the unknown last.
    std::vector<std::pair<std::string_view, RouteCounts const*>> routes() const {
        std::map<std::string_view, RouteCounts const*> sorted;
        for (auto const& [name, counts] : by_route)
            sorted.emplace(name, counts.get());
        std::vector<std::pair<std::string_view, RouteCounts const*>> all(sorted.begin(), sorted.end());
        all.emplace_back(no_route, &unknown);
        return all;
    }
    void read(Readings& readings) const;
};

void Metrics::Counts::read(Readings& readings) const {
    readings.counter("bulla_http_requests_total", "Requests answered, by route and status");
    for (auto const& [name, counts] : routes())
        for (int status = status_min; status <= status_max; ++status) {
            auto const count = counts->by_status[static_cast<std::size_t>(status - status_min)].load();
            if (count > 0 || status == 200) // a series that is there before its first increment
                readings.add(count, {{"route", name}, {"status", fmt::format("{}", status)}});
        }
    readings.histogram("bulla_http_request_seconds",
                       "Time from the end of a request's head to its answer in the system's hands");
    for (auto const& [name, counts] : routes())
        readings.add(counts->durations.read(), {{"route", name}});
    readings.counter("bulla_http_problems_total", "Answers that report a problem, by its name");
    for (auto const problem : all_problems())
        readings.add(by_problem[static_cast<std::size_t>(problem)].load(),
                     {{"problem", problem_text(problem).name}});
}

Metrics::Metrics() : counts_(std::make_unique<Counts>()) {}
Metrics::~Metrics() = default;

void Metrics::know(std::vector<Route> const& routes) {
    for (auto const& route : routes)
        counts_->by_route.emplace(route.name, std::make_unique<RouteCounts>());
}

void Metrics::add(Source source) {
    counts_->sources.push_back(std::move(source));
}

void Metrics::count(Exchange const& exchange) {
    auto& route = counts_->of(exchange.route);
    auto const status = std::clamp(exchange.status, status_min, status_max);
    route.by_status[static_cast<std::size_t>(status - status_min)].fetch_add(1, std::memory_order_relaxed);
    route.durations.record(exchange.duration);
    if (exchange.problem)
        counts_->by_problem[static_cast<std::size_t>(*exchange.problem)].fetch_add(1,
                                                                                   std::memory_order_relaxed);
}

void Metrics::read(Readings& readings) const {
    counts_->read(readings);
}

std::string Metrics::print(service::Application& application) {
    return counts_->text.read(std::chrono::steady_clock::now(), [&] { return print_anew(application); });
}

std::string Metrics::print_anew(service::Application& application) {
    Readings readings;
    counts_->read(readings);
    read_ledger(*application.ground().head(), readings);
    read_events(application.events(), readings);
    readings.gauge("bulla_ready", "1 while entries are accepted and no end is in sight")
        .add(application.is_ready() ? 1.0 : 0.0);
    readings.gauge("bulla_sessions", "Sessions stored, about; ended ones are dropped each hour")
        .add(application.ground().live.estimate_sessions());
    base::Lock const lock(counts_->reading);
    for (auto const& source : counts_->sources)
        source(readings);
    return readings.print();
}

boost::asio::awaitable<Response> show_metrics(Request, Context context, Metrics* metrics) {
    co_return Response{.status = 200,
                       .content_type = "text/plain; version=0.0.4; charset=utf-8",
                       .body = metrics->print(context.application)};
}

} // namespace bulla::http
