#include "cli/request_log.hpp"

#include "base/check.hpp"
#include "cli/log_line.hpp"
#include "http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bulla::cli {
namespace {

// Routes that change who can sign in, or end it.
constexpr std::array<std::string_view, 3> changing_routes{"finish_password_change", "submit_entry",
                                                          "end_session"};
constexpr std::array<std::string_view, 2> login_routes{"plain_login", "finish_login"};

bool is_good(http::Exchange const& exchange) {
    return exchange.status >= 200 && exchange.status < 300;
}

} // namespace

RequestLog::Kind RequestLog::kind_of(http::Exchange const& exchange) {
    if (exchange.status == 500 || !exchange.exception.empty())
        return Kind::failure;
    if ((exchange.status == 503 || exchange.status == 504) && exchange.route != "ready")
        return Kind::no_capacity;
    if (exchange.status == 429)
        return Kind::limit;
    if (exchange.status == 401 && std::ranges::count(login_routes, exchange.route) > 0)
        return Kind::refused_login;
    if (is_good(exchange) && std::ranges::count(changing_routes, exchange.route) > 0)
        return Kind::change;
    if (exchange.method != http::Method::get && exchange.route.starts_with("control_"))
        return Kind::command;
    return Kind::other;
}

void RequestLog::write(http::Exchange const& exchange) {
    auto const kind = kind_of(exchange);
    if (kind == Kind::other || log_->should_log(spdlog::level::debug)) {
        if (log_->should_log(spdlog::level::debug))
            write_line(kind, exchange, 0);
        return;
    }
    auto const left_out = quotas_[std::to_underlying(kind)].ask(std::chrono::steady_clock::now());
    if (left_out)
        write_line(kind, exchange, *left_out);
}

void RequestLog::write_line(Kind kind, http::Exchange const& exchange, std::uint64_t left_out) {
    auto const status = fmt::format("{}", exchange.status);
    auto const microseconds = std::chrono::duration_cast<std::chrono::microseconds>(exchange.duration);
    auto const duration = fmt::format("{}", microseconds.count());
    auto const more = left_out > 0 ? fmt::format("{}", left_out) : std::string();
    auto const line = [&](std::string_view message) {
        return log_record(message, {{"request", exchange.request_id},
                                    {"method", http::method_text(exchange.method)},
                                    {"route", exchange.route},
                                    {"status", status},
                                    {"problem", exchange.problem ? problem_text(*exchange.problem).name
                                                                 : std::string_view{}},
                                    {"microseconds", duration},
                                    {"left_out", more},
                                    {"exception", exchange.exception}});
    };
    switch (kind) {
    case Kind::failure: return log_->error("{}", line("a request failed"));
    case Kind::no_capacity: return log_->warn("{}", line("a request was refused"));
    case Kind::refused_login: return log_->info("{}", line("a sign-in was refused"));
    case Kind::limit: return log_->info("{}", line("a limit refused a request"));
    case Kind::change: return log_->info("{}", line("credentials or sessions were changed"));
    case Kind::command: return log_->info("{}", line("an operator's command"));
    case Kind::other: return log_->debug("{}", line("a request"));
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::cli
