// Ordinal<Meaning>: an unsigned 64-bit number of one meaning; heights, indices and sizes cannot be swapped.
#pragma once

#include <compare>
#include <cstdint>

namespace bulla::base {

template <class Meaning>
class Ordinal {
public:
    constexpr Ordinal() = default;
    explicit constexpr Ordinal(std::uint64_t number) : number_(number) {}

    constexpr std::uint64_t number() const { return number_; }
    constexpr Ordinal next() const { return Ordinal{number_ + 1}; }

    friend constexpr bool operator==(Ordinal, Ordinal) = default;
    friend constexpr auto operator<=>(Ordinal, Ordinal) = default;

private:
    std::uint64_t number_ = 0;
};

} // namespace bulla::base
