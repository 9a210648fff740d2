// What the server counts, in the text format of Prometheus.
//
//   bulla_http_requests_total{route, status}     one row a route and status: bounded by the table of routes
//   bulla_http_request_seconds{route}            histogram, from the end of the head to the answer handed to
//   the system bulla_ledger_size, bulla_ledger_accounts     of the published head
//
// No label carries anything that came from outside.
#pragma once

#include "http/server_parts.hpp"

#include <memory>

namespace bulla::http {

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;

    void count(Exchange const& exchange); // from any thread
    std::string print(service::Application const& application);

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

boost::asio::awaitable<Response> show_metrics(Request request, Context context, Metrics* metrics);

} // namespace bulla::http
