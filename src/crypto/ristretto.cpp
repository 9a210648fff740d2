#include "crypto/ristretto.hpp"

#include "base/declassify.hpp"

#include <sodium.h>

namespace bulla::crypto {
namespace {

// A sum or product of encodings that decode; the identity is 32 zero bytes (RFC 9496 §4.3.2).
bool is_identity(Element::Encoding const& encoding) {
    return encoding.is_zero();
}

// RFC 9496 §4.3.1 refuses an encoding that is not less than the field's prime. libsodium 1.0.18 does not look
// at the highest bit and takes two spellings of each element, the identity's too; later versions refuse the
// second.
bool has_highest_bit(Element::Encoding const& encoding) {
    return (encoding[31] & 0x80) != 0;
}

// That a scalar is not zero is no secret.
bool is_zero_scalar(Secret<32> const& scalar) {
    return base::declassify(sodium_is_zero(scalar.expose().data(), 32)) == 1;
}

} // namespace

std::optional<Element> Element::parse(base::ByteView bytes) {
    auto const encoding = Encoding::parse(bytes);
    if (!encoding || has_highest_bit(*encoding) || is_identity(*encoding))
        return std::nullopt;
    if (crypto_core_ristretto255_is_valid_point(bytes.data()) != 1)
        return std::nullopt;
    return Element(*encoding);
}

Element Element::from_uniform(base::ByteView uniform64) {
    CHECK(uniform64.size() == crypto_core_ristretto255_HASHBYTES);
    Encoding encoding;
    CHECK(crypto_core_ristretto255_from_hash(encoding.writable().data(), uniform64.data()) == 0);
    CHECK(!is_identity(encoding));
    return Element(encoding);
}

std::optional<Scalar> Scalar::parse(base::ByteView bytes) {
    if (bytes.size() != crypto_core_ristretto255_SCALARBYTES)
        return std::nullopt;
    // libsodium has no test of canonicity: a scalar is canonical if its reduction is itself.
    auto const wide = Secret<64>::make([&](base::ByteSpan out) { std::ranges::copy(bytes, out.begin()); });
    auto reduced = reduce(wide.expose());
    if (!reduced || !base::declassify(base::same_secret(reduced->expose(), bytes)))
        return std::nullopt;
    return reduced;
}

std::optional<Scalar> Scalar::reduce(base::ByteView wide64) {
    CHECK(wide64.size() == crypto_core_ristretto255_NONREDUCEDSCALARBYTES);
    auto reduced = Secret<32>::make(
        [&](base::ByteSpan out) { crypto_core_ristretto255_scalar_reduce(out.data(), wide64.data()); });
    if (is_zero_scalar(reduced))
        return std::nullopt;
    return Scalar(std::move(reduced));
}

Scalar Scalar::generate(base::Randomness& randomness) {
    auto const wide = Secret<64>::make([&](base::ByteSpan out) { randomness.fill(out); });
    auto scalar = reduce(wide.expose());
    CHECK(scalar.has_value());
    return *std::move(scalar);
}

Scalar Scalar::invert() const {
    return Scalar(Secret<32>::make([&](base::ByteSpan out) {
        CHECK(base::declassify(crypto_core_ristretto255_scalar_invert(out.data(), expose().data())) == 0);
    }));
}

std::optional<Element> multiply(Scalar const& scalar, Element const& element) {
    Element::Encoding product;
    auto const outcome = crypto_scalarmult_ristretto255(product.writable().data(), scalar.expose().data(),
                                                        element.view().data());
    if (base::declassify(outcome) != 0)
        return std::nullopt;
    return Element(base::declassify(product));
}

Secret<32> diffie_hellman(Scalar const& scalar, Element const& element) {
    return Secret<32>::make([&](base::ByteSpan out) {
        auto const outcome =
            crypto_scalarmult_ristretto255(out.data(), scalar.expose().data(), element.view().data());
        CHECK(base::declassify(outcome) == 0);
    });
}

Element multiply_base(Scalar const& scalar) {
    Element::Encoding product;
    auto const outcome =
        crypto_scalarmult_ristretto255_base(product.writable().data(), scalar.expose().data());
    CHECK(base::declassify(outcome) == 0);
    return Element(base::declassify(product));
}

std::optional<Element> add(Element const& left, Element const& right) {
    Element::Encoding sum;
    CHECK(crypto_core_ristretto255_add(sum.writable().data(), left.view().data(), right.view().data()) == 0);
    if (is_identity(sum))
        return std::nullopt;
    return Element(sum);
}

std::optional<Element> subtract(Element const& left, Element const& right) {
    Element::Encoding difference;
    CHECK(crypto_core_ristretto255_sub(difference.writable().data(), left.view().data(),
                                       right.view().data()) == 0);
    if (is_identity(difference))
        return std::nullopt;
    return Element(difference);
}

std::optional<Scalar> multiply(Scalar const& left, Scalar const& right) {
    auto product = Secret<32>::make([&](base::ByteSpan out) {
        crypto_core_ristretto255_scalar_mul(out.data(), left.expose().data(), right.expose().data());
    });
    if (is_zero_scalar(product))
        return std::nullopt;
    return Scalar(std::move(product));
}

Scalar negate(Scalar const& scalar) {
    return Scalar(Secret<32>::make([&](base::ByteSpan out) {
        crypto_core_ristretto255_scalar_negate(out.data(), scalar.expose().data());
    }));
}

std::optional<Scalar> add(Scalar const& left, Scalar const& right) {
    auto sum = Secret<32>::make([&](base::ByteSpan out) {
        crypto_core_ristretto255_scalar_add(out.data(), left.expose().data(), right.expose().data());
    });
    if (is_zero_scalar(sum))
        return std::nullopt;
    return Scalar(std::move(sum));
}

} // namespace bulla::crypto
