// Times of the comparisons of secrets, by where the two differ.
#pragma once

#include "statistics.hpp"

namespace bulla::timing {

struct ComparisonSamples {
    Samples equal;
    Samples differing_at_once;
    Samples leaky_equal; // by a comparison that stops at the first difference, which must be found
    Samples leaky_differing_at_once;
};

ComparisonSamples measure_comparisons(std::size_t count);

} // namespace bulla::timing
