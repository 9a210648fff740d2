// Byte vocabulary: views, buffers, and fixed-size byte strings that differ by meaning.
//
// Bytes<Meaning, N> holds exactly N public bytes; two Bytes of different meaning neither compare nor convert.
// Secrets live in base/secret.hpp.
#pragma once

#include "base/check.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::base {

using ByteView = std::span<std::uint8_t const>;
using ByteSpan = std::span<std::uint8_t>;
using ByteBuffer = std::vector<std::uint8_t>;

// The bytes of a text, without terminator. The text must outlive the view.
inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}
inline ByteBuffer to_buffer(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}
inline void append(ByteBuffer& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}
template <class... Parts>
ByteBuffer concat(Parts const&... parts) {
    ByteBuffer out;
    (append(out, ByteView(parts)), ...);
    return out;
}

template <class Meaning, std::size_t N>
class Bytes {
public:
    static constexpr std::size_t size = N;

    constexpr Bytes() = default; // all zero
    explicit constexpr Bytes(std::array<std::uint8_t, N> const& bytes) : bytes_(bytes) {}

    // The bytes must be exactly N; the caller knows.
    static Bytes from(ByteView bytes) {
        CHECK(bytes.size() == N);
        Bytes result;
        std::ranges::copy(bytes, result.bytes_.begin());
        return result;
    }
    // For bytes that come from outside: nothing when the size is wrong.
    static std::optional<Bytes> parse(ByteView bytes) {
        if (bytes.size() != N)
            return std::nullopt;
        return from(bytes);
    }

    constexpr ByteView view() const { return bytes_; }
    constexpr operator ByteView() const { return bytes_; }
    constexpr ByteSpan writable() { return bytes_; }
    constexpr std::uint8_t operator[](std::size_t index) const { return bytes_[index]; }
    constexpr bool is_zero() const {
        return std::ranges::all_of(bytes_, [](std::uint8_t byte) { return byte == 0; });
    }

    friend constexpr bool operator==(Bytes const&, Bytes const&) = default;
    friend constexpr auto operator<=>(Bytes const&, Bytes const&) = default;

private:
    std::array<std::uint8_t, N> bytes_{};
};

// For hash tables keyed by uniformly distributed bytes (hashes, ids). Not for bytes an outsider can choose
// freely.
struct PrefixHash {
    template <class Meaning, std::size_t N>
    std::size_t operator()(Bytes<Meaning, N> const& bytes) const {
        static_assert(N >= sizeof(std::size_t));
        std::size_t result = 0;
        for (std::size_t index = 0; index < sizeof(result); ++index)
            result = result << 8 | bytes[index];
        return result;
    }
};

} // namespace bulla::base
