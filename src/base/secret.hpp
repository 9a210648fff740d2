// Key material: move-only, wiped when it ends, without ==, formatter or default constructor.
//
// Secret<N> has a fixed size, SecretBytes a variable one. Read through expose(), compare with same_secret(),
// which takes the same time wherever the inputs differ. A moved-from secret is wiped.
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace bulla::base {

// Overwrites the bytes in a way the compiler does not remove.
void wipe(ByteSpan bytes);
void wipe(std::string& text); // the whole capacity; leaves it empty

template <std::size_t N>
class Secret {
public:
    static constexpr std::size_t size = N;

    // Copies from the source; the caller wipes the source when it was secret too.
    static Secret from(ByteView bytes) {
        CHECK(bytes.size() == N);
        Secret result;
        std::ranges::copy(bytes, result.bytes_.begin());
        return result;
    }
    // The maker fills exactly N bytes.
    template <class Fill>
    static Secret make(Fill&& fill) {
        Secret result;
        fill(ByteSpan(result.bytes_));
        return result;
    }

    Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            bytes_ = other.bytes_;
            wipe(other.bytes_);
        }
        return *this;
    }
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret() { wipe(bytes_); }

    std::span<std::uint8_t const, N> expose() const { return bytes_; }
    Secret clone() const { return from(bytes_); }

private:
    Secret() = default;
    std::array<std::uint8_t, N> bytes_{};
};

class SecretBytes {
public:
    static SecretBytes from(ByteView bytes);
    explicit SecretBytes(std::size_t size); // zeros, to be filled through writable()

    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(SecretBytes const&) = delete;
    SecretBytes& operator=(SecretBytes const&) = delete;
    ~SecretBytes();

    ByteView expose() const { return {bytes_.get(), size_}; }
    ByteSpan writable() { return {bytes_.get(), size_}; }
    std::size_t size() const { return size_; }

private:
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t size_ = 0;
};

// Equal in length and bytes. Time depends on the lengths alone.
bool same_secret(ByteView left, ByteView right);
template <std::size_t N>
bool same_secret(Secret<N> const& left, Secret<N> const& right) {
    return same_secret(left.expose(), right.expose());
}

} // namespace bulla::base

namespace bulla {
using base::Secret;
using base::SecretBytes;
} // namespace bulla
