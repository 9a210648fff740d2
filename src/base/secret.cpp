#include "base/secret.hpp"

#include <string.h>

#include <utility>

namespace bulla::base {
namespace {

// A secret that was moved is left in vector registers, until something else wants them: on a thread that then
// idles, for as long as it idles, and a core dump has the registers of each thread. All of them are the
// caller's to save.
void forget_vector_registers() {
#ifdef __x86_64__
    static bool const has_avx = __builtin_cpu_supports("avx") != 0;
    static bool const has_avx512 = __builtin_cpu_supports("avx512f") != 0;
    if (has_avx)
        asm volatile("vzeroall" ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                     "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    if (has_avx512) // the compiler, which is told of no such registers, keeps nothing in them
        asm volatile(".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
                     "vpxorq %zmm\\n, %zmm\\n, %zmm\\n\n\t"
                     ".endr");
#endif
}

} // namespace

void wipe(ByteSpan bytes) {
    if (!bytes.empty())
        explicit_bzero(bytes.data(), bytes.size());
    forget_vector_registers();
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
