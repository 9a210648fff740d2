// One scrape of metrics: families are begun and given their values, then printed in the text format of
// Prometheus.
//
// Names follow its conventions (`promtool check metrics`): a unit of its base units at the end, _total on
// counters alone. Labels are literals and enumerators: nothing from outside becomes one, so the number of
// series is bounded by the program.
#pragma once

#include "net/duration_histogram.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::http {

struct MetricLabel {
    std::string_view name;
    std::string_view value;
};
using MetricLabels = std::vector<MetricLabel>;

class Readings {
public:
    Readings();
    ~Readings();
    Readings(Readings const&) = delete;
    Readings& operator=(Readings const&) = delete;

    // Each begins a family; values are added to the family begun last.
    Readings& counter(std::string_view name, std::string_view help);
    Readings& gauge(std::string_view name, std::string_view help);
    Readings& histogram(std::string_view name, std::string_view help);

    Readings& add(double value, MetricLabels const& labels = {});
    Readings& add(std::uint64_t value, MetricLabels const& labels = {});
    Readings& add(net::DurationHistogram::Reading const& reading, MetricLabels const& labels = {});

    std::string print() const;

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

} // namespace bulla::http
