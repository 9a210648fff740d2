// What the server counts, in the text format of Prometheus; docs/operations.md describes each metric.
//
// Counting a request costs a look into a table and a few additions to memory, without a lock. The rest is
// read when somebody asks. No label carries anything that came from outside.
#pragma once

#include "http/readings.hpp"
#include "http/server_parts.hpp"

#include <memory>

namespace bulla::http {

class Metrics {
public:
    using Source = std::function<void(Readings&)>;

    Metrics();
    ~Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;

    // Before the first request: the routes that are counted each for itself, and who else has something to
    // tell. A source is asked on an I/O thread, by one at a time.
    void know(std::vector<Route> const& routes);
    void add(Source source);

    void count(Exchange const& exchange); // from any thread
    void read(Readings& readings) const; // the requests alone
    // As they are now, for up to kept_text_rate askers a second; a flood of askers gets the last text made.
    std::string print(service::Application& application);

private:
    std::string print_anew(service::Application& application);

    struct Counts;
    std::unique_ptr<Counts> counts_;
};

boost::asio::awaitable<Response> show_metrics(Request request, Context context, Metrics* metrics);

} // namespace bulla::http
