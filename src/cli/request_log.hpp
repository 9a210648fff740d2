// What the log says about requests (docs/operations.md lists the lines).
//
//   error     500: what failed, in full
//   warn      503 and 504: refused for want of room, or not known how it went
//   info      a refused sign-in, a limit that refused, a change of credentials, an operator's command
//   debug     every request
//
// A line names the request, its route and its reason. Never a name, a password, a token, an address, a path
// as sent or anything else that came from outside: the text of an exception is the only foreign part.
#pragma once

#include "cli/log_quota.hpp"
#include "http/server_parts.hpp"

#include <spdlog/logger.h>

#include <array>

namespace bulla::cli {

class RequestLog {
public:
    explicit RequestLog(std::shared_ptr<spdlog::logger> log) : log_(std::move(log)) {}

    void write(http::Exchange const& exchange); // from any thread

private:
    enum class Kind : std::uint8_t {
        failure,
        no_capacity,
        refused_login,
        limit,
        change,
        command,
        other, // at debug alone
    };
    static Kind kind_of(http::Exchange const& exchange);
    void write_line(Kind kind, http::Exchange const& exchange, std::uint64_t left_out);

    std::shared_ptr<spdlog::logger> log_;
    std::array<LogQuota, 6> quotas_; // a kind
};

} // namespace bulla::cli
