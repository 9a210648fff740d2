#include "crypto/argon2id.hpp"

#include <sodium.h>

namespace bulla::crypto {
namespace {

constexpr std::uint32_t memory_kib_min = 19 * 1024;
constexpr std::uint32_t memory_kib_max = 1024 * 1024;
constexpr std::uint32_t passes_max = 10;
constexpr std::uint64_t work_min = std::uint64_t{memory_kib_min} * 2;

} // namespace

bool is_acceptable(StretchingParameters const& parameters) {
    return parameters.lanes == 1 && parameters.memory_kib >= memory_kib_min &&
           parameters.memory_kib <= memory_kib_max && parameters.passes >= 1 &&
           parameters.passes <= passes_max &&
           std::uint64_t{parameters.memory_kib} * parameters.passes >= work_min;
}

std::optional<Secret<64>> argon2id(base::ByteView input, StretchingParameters const& parameters) {
    return argon2id(input, Argon2idSalt{}, parameters);
}

std::optional<Secret<64>> argon2id(base::ByteView input, Argon2idSalt const& salt,
                                   StretchingParameters const& parameters) {
    static_assert(Argon2idSalt::size == crypto_pwhash_argon2id_SALTBYTES);
    CHECK(is_acceptable(parameters));
    CHECK(!input.empty());
    bool stretched = false;
    auto output = Secret<64>::make([&](base::ByteSpan bytes) {
        stretched =
            crypto_pwhash(bytes.data(), bytes.size(), reinterpret_cast<char const*>(input.data()),
                          input.size(), salt.view().data(), parameters.passes,
                          std::size_t{parameters.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
    });
    if (!stretched)
        return std::nullopt;
    return output;
}

} // namespace bulla::crypto
