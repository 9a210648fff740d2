// ristretto255 (RFC 9496) with strict encodings: the group under OPRF, OPAQUE and VRF.
//
// An Element is a 32-byte encoding that decodes and is not the identity: it cannot be made otherwise from
// outside. A Scalar is secret, reduced modulo ℓ, and not zero. PublicScalar (32 bytes, canonical) is for
// values on the wire. Every operation that could meet the identity or zero returns an optional.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

#include <optional>

namespace bulla::crypto {

class Element {
public:
    static constexpr std::size_t size = 32;
    using Encoding = base::Bytes<struct ElementMeaning, 32>;

    // Nothing for another length, an encoding that does not decode or is not canonical, and the identity.
    static std::optional<Element> parse(base::ByteView bytes);
    // RFC 9496 §4.3.4, of 64 uniform bytes. The identity has probability 2⁻²⁵²: the process ends.
    static Element from_uniform(base::ByteView uniform64);

    Encoding const& encoding() const { return encoding_; }
    base::ByteView view() const { return encoding_.view(); }
    friend bool operator==(Element const&, Element const&) = default;

private:
    explicit Element(Encoding encoding) : encoding_(encoding) {}
    friend std::optional<Element> multiply(class Scalar const&, Element const&);
    friend Element multiply_base(class Scalar const&);
    friend std::optional<Element> add(Element const&, Element const&);
    friend std::optional<Element> subtract(Element const&, Element const&);
    Encoding encoding_;
};

class Scalar {
public:
    // Canonical little-endian, not zero; nothing otherwise.
    static std::optional<Scalar> parse(base::ByteView bytes);
    // 64 little-endian bytes reduced modulo ℓ. Zero has probability 2⁻²⁵²: nothing.
    static std::optional<Scalar> reduce(base::ByteView wide64);
    static Scalar generate(base::Randomness& randomness);

    base::ByteView expose() const { return bytes_.expose(); }
    Scalar clone() const { return Scalar(bytes_.clone()); }
    Scalar invert() const;

private:
    explicit Scalar(Secret<32> bytes) : bytes_(std::move(bytes)) {}
    friend std::optional<Scalar> multiply(Scalar const&, Scalar const&);
    friend Scalar negate(Scalar const&);
    friend std::optional<Scalar> add(Scalar const&, Scalar const&);
    Secret<32> bytes_;
};

std::optional<Element> multiply(Scalar const& scalar, Element const& element); // nothing: identity
// scalar · element as a secret: a shared key of two parties. Never the identity, in a group of prime order.
Secret<32> diffie_hellman(Scalar const& scalar, Element const& element);
Element multiply_base(Scalar const& scalar);
std::optional<Element> add(Element const& left, Element const& right); // nothing: identity
std::optional<Element> subtract(Element const& left, Element const& right); // nothing: identity
std::optional<Scalar> multiply(Scalar const& left, Scalar const& right); // nothing: zero
Scalar negate(Scalar const& scalar);
std::optional<Scalar> add(Scalar const& left, Scalar const& right); // nothing: zero

} // namespace bulla::crypto
