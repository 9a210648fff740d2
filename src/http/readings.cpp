#include "http/readings.hpp"

#include "base/check.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace bulla::http {
namespace {

std::vector<prometheus::ClientMetric::Label> to_labels(MetricLabels const& labels) {
    std::vector<prometheus::ClientMetric::Label> made;
    for (auto const& label : labels) {
        auto& one = made.emplace_back();
        one.name = std::string(label.name);
        one.value = std::string(label.value);
    }
    return made;
}

} // namespace

struct Readings::Families {
    std::vector<prometheus::MetricFamily> all;

    void begin(prometheus::MetricType type, std::string_view name, std::string_view help) {
        all.push_back({std::string(name), std::string(help), type, {}});
    }
    prometheus::ClientMetric& add(MetricLabels const& labels) {
        auto& metric = all.back().metric.emplace_back();
        metric.label = to_labels(labels);
        return metric;
    }
};

Readings::Readings() : families_(std::make_unique<Families>()) {}
Readings::~Readings() = default;

Readings& Readings::counter(std::string_view name, std::string_view help) {
    families_->begin(prometheus::MetricType::Counter, name, help);
    return *this;
}
Readings& Readings::gauge(std::string_view name, std::string_view help) {
    families_->begin(prometheus::MetricType::Gauge, name, help);
    return *this;
}
Readings& Readings::histogram(std::string_view name, std::string_view help) {
    families_->begin(prometheus::MetricType::Histogram, name, help);
    return *this;
}

Readings& Readings::add(double value, MetricLabels const& labels) {
    auto& metric = families_->add(labels);
    if (families_->all.back().type == prometheus::MetricType::Counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
    return *this;
}

Readings& Readings::add(std::uint64_t value, MetricLabels const& labels) {
    return add(static_cast<double>(value), labels);
}

Readings& Readings::add(net::DurationHistogram::Reading const& reading, MetricLabels const& labels) {
    auto const seconds = [](auto duration) { return std::chrono::duration<double>(duration).count(); };
    auto& histogram = families_->add(labels).histogram;
    std::uint64_t count = 0;
    for (std::size_t index = 0; index < net::DurationHistogram::bounds.size(); ++index) {
        count += reading.counts[index];
        histogram.bucket.push_back({count, seconds(net::DurationHistogram::bounds[index])});
    }
    histogram.sample_count = count + reading.counts.back();
    histogram.sample_sum = seconds(reading.sum);
    return *this;
}

std::string Readings::print() const {
    return prometheus::TextSerializer().Serialize(families_->all);
}

} // namespace bulla::http
