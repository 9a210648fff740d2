#include "comparisons.hpp"

#include "base/secret.hpp"

#include <random>

namespace bulla::timing {
namespace {

constexpr std::size_t size = 64;
constexpr int calls_a_sample = 16; // a clock reads in tens of nanoseconds

bool leaky(base::ByteView left, base::ByteView right) {
    for (std::size_t index = 0; index < size; ++index)
        if (left[index] != right[index])
            return false;
    return true;
}

template <class Compare>
double time_of(Compare const& compare, base::ByteView left, base::ByteView right) {
    bool volatile result = false;
    auto const began = nanoseconds_now();
    for (int call = 0; call < calls_a_sample; ++call)
        result = compare(left, right);
    auto const spent = nanoseconds_now() - began;
    (void)result;
    return spent / calls_a_sample;
}

} // namespace

// The two inputs lie in the same place: which one it is must be all that differs.
ComparisonSamples measure_comparisons(std::size_t count) {
    std::mt19937_64 random{std::random_device{}()};
    base::ByteBuffer const secret(size, 0x5a);
    base::ByteBuffer given = secret;
    ComparisonSamples samples;
    for (std::size_t number = 0; number < count; ++number) {
        bool const equal = (random() & 1) != 0;
        given[0] = equal ? secret[0] : static_cast<std::uint8_t>(secret[0] ^ 1);
        (equal ? samples.equal : samples.differing_at_once)
            .push_back(time_of([](auto l, auto r) { return base::same_secret(l, r); }, secret, given));
        (equal ? samples.leaky_equal : samples.leaky_differing_at_once)
            .push_back(time_of(leaky, secret, given));
    }
    return samples;
}

} // namespace bulla::timing
