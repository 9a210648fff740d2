// Times of the first half of a login by the kind of name.
#pragma once

#include "statistics.hpp"

namespace bulla::timing {

struct NameSamples {
    double median = 0; // of all; from the samples the median of their surroundings is taken
    Samples known;
    Samples unknown;
    Samples slower; // unknown names, with a delay of `planted` nanoseconds added
};

NameSamples measure_names(std::size_t count, double planted);

} // namespace bulla::timing
