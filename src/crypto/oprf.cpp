#include "crypto/oprf.hpp"

#include "base/big_endian.hpp"

#include <sodium.h>

namespace bulla::crypto {
namespace {

using base::as_bytes;
using base::ByteView;
using namespace std::string_view_literals;

// RFC 9497 §3.1 and §4.1: "OPRFV1-" ‖ I2OSP(mode 0, 1) ‖ "-" ‖ identifier.
constexpr auto hash_to_group_tag = "HashToGroup-OPRFV1-\0-ristretto255-SHA512"sv;
constexpr auto derive_key_pair_tag = "DeriveKeyPairOPRFV1-\0-ristretto255-SHA512"sv;

SecretBytes join(Parts parts) {
    std::size_t size = 0;
    for (auto const part : parts)
        size += part.size();
    SecretBytes joined(size);
    auto position = joined.writable().begin();
    for (auto const part : parts)
        position = std::ranges::copy(part, position).out;
    return joined;
}

// HashToGroup as a secret: of a password it is something a guess can be tested with.
Secret<32> hash_to_secret_point(ByteView input) {
    auto const uniform = expand_message_xmd({input}, {as_bytes(hash_to_group_tag)}, 64);
    auto point = Secret<32>::make([&](base::ByteSpan out) {
        CHECK(crypto_core_ristretto255_from_hash(out.data(), uniform.expose().data()) == 0);
    });
    CHECK(sodium_is_zero(point.expose().data(), 32) == 0); // the identity: probability 2⁻²⁵²
    return point;
}

std::optional<Scalar> hash_to_scalar(Parts message, ByteView tag) {
    return Scalar::reduce(expand_message_xmd(message, {tag}, 64).expose());
}

} // namespace

SecretBytes expand_message_xmd(Parts message, Parts domain_separation_tag, std::size_t size) {
    constexpr std::size_t digest_size = 64;
    constexpr std::array<std::uint8_t, 128> zero_block{}; // the input block of SHA-512
    CHECK(size <= 255 * digest_size);
    auto const tag = join(domain_separation_tag);
    CHECK(tag.size() <= 255);
    auto const tag_size = base::big_endian(static_cast<std::uint8_t>(tag.size()));
    auto const output_size = base::u16be(static_cast<std::uint16_t>(size));
    auto const joined = join(message);
    auto const first = sha512_secret(
        {zero_block, joined.expose(), output_size, std::array<std::uint8_t, 1>{0}, tag.expose(), tag_size});

    SecretBytes output(size);
    auto chained = Secret<64>::make([](base::ByteSpan) {}); // zeros: b1 hashes b0 itself
    for (std::size_t start = 0; start < size; start += digest_size) {
        auto const mixed = Secret<64>::make([&](base::ByteSpan out) {
            for (std::size_t index = 0; index < digest_size; ++index)
                out[index] = first.expose()[index] ^ chained.expose()[index];
        });
        auto const counter = base::big_endian(static_cast<std::uint8_t>(start / digest_size + 1));
        chained = sha512_secret({mixed.expose(), counter, tag.expose(), tag_size});
        auto const part = output.writable().subspan(start, std::min(digest_size, size - start));
        std::ranges::copy(chained.expose().first(part.size()), part.begin());
    }
    return output;
}

Element hash_to_group(ByteView input) {
    return Element::from_uniform(expand_message_xmd({input}, {as_bytes(hash_to_group_tag)}, 64).expose());
}

OprfKeyPair derive_key_pair(ByteView seed, ByteView info) {
    CHECK(info.size() <= 0xffff);
    auto const info_size = base::u16be(static_cast<std::uint16_t>(info.size()));
    for (int counter = 0; counter <= 255; ++counter) {
        auto const last = base::big_endian(static_cast<std::uint8_t>(counter));
        auto scalar = hash_to_scalar({seed, info_size, info, last}, as_bytes(derive_key_pair_tag));
        if (!scalar)
            continue;
        auto const public_key = multiply_base(*scalar);
        return {*std::move(scalar), public_key};
    }
    CHECK_UNREACHABLE(); // 256 zero scalars in a row
}

Blinded blind(ByteView input, Scalar blind_scalar) {
    auto const point = hash_to_secret_point(input);
    base::Bytes<struct BlindedPointMeaning, 32> blinded;
    CHECK(crypto_scalarmult_ristretto255(blinded.writable().data(), blind_scalar.expose().data(),
                                         point.expose().data()) == 0);
    auto const element = Element::parse(blinded);
    CHECK(element.has_value());
    return {std::move(blind_scalar), *element};
}

Element blind_evaluate(Scalar const& key, Element const& blinded_element) {
    auto const evaluated = multiply(key, blinded_element);
    CHECK(evaluated.has_value());
    return *evaluated;
}

Secret<64> finalize(ByteView input, Scalar const& blind_scalar, Element const& evaluated_element) {
    CHECK(input.size() <= 0xffff);
    auto const inverse = blind_scalar.invert();
    auto const unblinded = Secret<32>::make([&](base::ByteSpan out) {
        CHECK(crypto_scalarmult_ristretto255(out.data(), inverse.expose().data(),
                                             evaluated_element.view().data()) == 0);
    });
    return sha512_secret({base::u16be(static_cast<std::uint16_t>(input.size())), input, base::u16be(32),
                          unblinded.expose(), as_bytes("Finalize")});
}

} // namespace bulla::crypto
