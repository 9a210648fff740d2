#include "http/metrics.hpp"

#include "service/application.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace bulla::http {
namespace {

prometheus::Histogram::BucketBoundaries const boundaries = {0.0001, 0.0005, 0.001, 0.005, 0.01,
                                                            0.05,   0.1,    0.5,   1,     5};

std::string route_label(Exchange const& exchange) {
    return exchange.route.empty() ? "none" : std::string(exchange.route);
}

} // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                            .Name("bulla_http_requests_total")
                                                            .Help("Requests answered")
                                                            .Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                             .Name("bulla_http_request_seconds")
                                                             .Help("Time to the answer")
                                                             .Register(registry);
    prometheus::Gauge& size = prometheus::BuildGauge()
                                  .Name("bulla_ledger_size")
                                  .Help("Entries of the log, block entries included")
                                  .Register(registry)
                                  .Add({});
    prometheus::Gauge& accounts = prometheus::BuildGauge()
                                      .Name("bulla_ledger_accounts")
                                      .Help("Labels in the directory, erased ones included")
                                      .Register(registry)
                                      .Add({});
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::count(Exchange const& exchange) {
    auto const route = route_label(exchange);
    families_->requests.Add({{"route", route}, {"status", std::to_string(exchange.status)}}).Increment();
    families_->seconds.Add({{"route", route}}, boundaries)
        .Observe(std::chrono::duration<double>(exchange.duration).count());
}

std::string Metrics::print(service::Application const& application) {
    auto const head = application.ground().head();
    families_->size.Set(static_cast<double>(head->size.number()));
    families_->accounts.Set(static_cast<double>(head->directory.size()));
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

boost::asio::awaitable<Response> show_metrics(Request, Context context, Metrics* metrics) {
    co_return Response{.status = 200,
                       .content_type = "text/plain; version=0.0.4; charset=utf-8",
                       .body = metrics->print(context.application)};
}

} // namespace bulla::http
