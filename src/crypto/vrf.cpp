#include "crypto/vrf.hpp"

#include "crypto/hash.hpp"

namespace bulla::crypto {
namespace {

using base::as_bytes;
using base::ByteView;
using namespace std::string_view_literals;

constexpr auto suite = "\xff"
                       "c2sp.org/vrf-r255"sv;
constexpr std::size_t challenge_size = 16;

// The domain bytes: 81 and 82 are the suite's own, 02 and 03 with a closing 00 are RFC 9381's.
constexpr std::array<std::uint8_t, 1> tag_deterministic_scalar = {0x81};
constexpr std::array<std::uint8_t, 1> tag_encode_to_curve = {0x82};
constexpr std::array<std::uint8_t, 1> tag_challenge = {0x02};
constexpr std::array<std::uint8_t, 1> tag_output = {0x03};
constexpr std::array<std::uint8_t, 1> tag_end = {0x00};

using VrfChallenge = base::Bytes<struct VrfChallengeMeaning, challenge_size>;

struct Commitment {
    Element u; // k·B, or s·B − c·Y
    Element v; // k·H, or s·H − c·Γ
};

// RFC 9381 §5.4.3.
VrfChallenge make_challenge(ByteView public_key, Element const& point, Element const& gamma,
                            Commitment const& commitment) {
    auto const digest = sha512({as_bytes(suite), tag_challenge, public_key, point.view(), gamma.view(),
                                commitment.u.view(), commitment.v.view(), tag_end});
    return VrfChallenge::from(digest.view().first(challenge_size));
}

// Little-endian, so that zeros on the right extend it. Nothing for zero: probability 2⁻¹²⁸, refused by
// everybody.
std::optional<Scalar> scalar_of(VrfChallenge const& challenge) {
    base::Bytes<struct ExtendedChallengeMeaning, 32> extended;
    std::ranges::copy(challenge.view(), extended.writable().begin());
    return Scalar::parse(extended);
}

VrfOutput output_of(Element const& gamma) {
    return VrfOutput::from(sha512({as_bytes(suite), tag_output, gamma.view(), tag_end}));
}

Element must(std::optional<Element> element) {
    CHECK(element.has_value()); // the group has prime order: neither factor is zero
    return *element;
}

Scalar must(std::optional<Scalar> scalar) {
    CHECK(scalar.has_value()); // zero has probability 2⁻¹²⁸ or less
    return *std::move(scalar);
}

// scaled − challenge · other
std::optional<Element> recombine(Element const& scaled, Scalar const& challenge, Element const& other) {
    return subtract(scaled, must(multiply(challenge, other)));
}

} // namespace

Element hash_to_vrf_point(VrfPublicKey const& public_key, ByteView alpha) {
    return Element::from_uniform(sha512({as_bytes(suite), tag_encode_to_curve, public_key.view(), alpha}));
}

VrfKeyPair VrfKeyPair::from_seed(Secret<64> const& seed) {
    auto private_key = must(Scalar::reduce(seed.expose()));
    auto const public_key = VrfPublicKey::from(multiply_base(private_key).view());
    return {std::move(private_key), public_key};
}

VrfOutput VrfEvaluation::output() const {
    return output_of(gamma);
}

VrfEvaluation VrfKeyPair::evaluate(ByteView alpha) const {
    auto const point = hash_to_vrf_point(public_key_, alpha);
    return {.point = point, .gamma = must(multiply(private_key_, point))};
}

VrfProof VrfKeyPair::prove(VrfEvaluation const& evaluation) const {
    auto const& [point, gamma] = evaluation;
    auto const wide =
        sha512_secret({as_bytes(suite), tag_deterministic_scalar, private_key_.expose(), point.view()});
    auto const k = must(Scalar::reduce(wide.expose()));
    Commitment const commitment{.u = multiply_base(k), .v = must(multiply(k, point))};
    auto const challenge = make_challenge(public_key_, point, gamma, commitment);
    auto const s = must(add(k, must(multiply(must(scalar_of(challenge)), private_key_))));
    return VrfProof::from(base::concat(gamma.view(), challenge, s.expose())); // s is public now
}

std::optional<VrfOutput> check_vrf(VrfPublicKey const& public_key, ByteView alpha, VrfProof const& proof) {
    auto const y = Element::parse(public_key);
    auto const gamma = Element::parse(proof.view().first(32));
    auto const challenge = VrfChallenge::from(proof.view().subspan(32, challenge_size));
    auto const c = scalar_of(challenge);
    auto const s = Scalar::parse(proof.view().last(32));
    if (!y || !gamma || !c || !s)
        return std::nullopt;
    auto const point = hash_to_vrf_point(public_key, alpha);
    auto const u = recombine(multiply_base(*s), *c, *y);
    auto const v = recombine(must(multiply(*s, point)), *c, *gamma);
    if (!u || !v || make_challenge(public_key, point, *gamma, {*u, *v}) != challenge)
        return std::nullopt;
    return output_of(*gamma);
}

std::optional<VrfOutput> unverified_output(VrfProof const& proof) {
    auto const gamma = Element::parse(proof.view().first(Element::size));
    if (!gamma)
        return std::nullopt;
    return output_of(*gamma);
}

} // namespace bulla::crypto
