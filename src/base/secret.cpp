#include "base/secret.hpp"

#include <string.h>

#include <utility>

namespace bulla::base {

void wipe(ByteSpan bytes) {
    if (!bytes.empty())
        explicit_bzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());
    text.clear();
}

SecretBytes SecretBytes::from(ByteView bytes) {
    SecretBytes result(bytes.size());
    std::ranges::copy(bytes, result.bytes_.get());
    return result;
}

SecretBytes::SecretBytes(std::size_t size) : bytes_(std::make_unique<std::uint8_t[]>(size)), size_(size) {}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        wipe(writable());
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes() {
    wipe(writable());
}

bool same_secret(ByteView left, ByteView right) {
    if (left.size() != right.size())
        return false;
    std::uint8_t volatile difference = 0;
    for (std::size_t index = 0; index < left.size(); ++index)
        difference = static_cast<std::uint8_t>(difference | (left[index] ^ right[index]));
    return difference == 0;
}

} // namespace bulla::base
