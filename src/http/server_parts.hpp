// What all connections of a server share. Everything referred to outlives the server.
#pragma once

#include "http/limits.hpp"
#include "http/router.hpp"
#include "net/tls.hpp"

namespace bulla::http {

// One request and its answer, for metrics and logs.
struct Exchange {
    Method method = Method::get;
    std::string_view route; // its name; empty when there was none, or no request
    int status = 0;
    std::chrono::steady_clock::duration
        duration{}; // from the end of the head to the answer handed to the system
    std::optional<Problem> problem; // what the answer reported
    std::string_view request_id; // empty: the connection was turned away
    std::string_view exception; // what an exception of the handler said; for the log alone
};

// Called on the I/O threads, several at a time; must be quick and not throw.
using Observer = std::function<void(Exchange const&)>;

struct ServerParts {
    Router const& router;
    service::Application& application;
    base::Clock const& clock;
    Observer observer; // may be empty
    ServerLimits limits;
    TrustedProxies proxies;
    net::TlsAcceptor const* tls = nullptr; // none: the connections are plain
};

} // namespace bulla::http
