#include "opaque/account_key.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <functional>

namespace bulla::opaque {
namespace {

using crypto::Scalar;

// A zero has probability 2⁻²⁵² and is an internal error.
Scalar sure(std::optional<Scalar> scalar) {
    CHECK(scalar.has_value());
    return *std::move(scalar);
}

Scalar small_scalar(unsigned number) {
    std::array<std::uint8_t, 32> bytes{};
    bytes[0] = static_cast<std::uint8_t>(number);
    return sure(Scalar::parse(bytes));
}

// left − right for different x-coordinates, modulo ℓ.
Scalar difference(unsigned left, unsigned right) {
    CHECK(left != right && left <= share_nodes_max && right <= share_nodes_max);
    return left > right ? small_scalar(left - right) : crypto::negate(small_scalar(right - left));
}

bool are_coordinates(std::vector<unsigned> const& nodes) {
    return !nodes.empty() && nodes.front() >= 1 && nodes.back() <= share_nodes_max &&
           std::ranges::adjacent_find(nodes, std::greater_equal{}) == nodes.end();
}

Scalar evaluate_prf(Secret<32> const& seed, KeyName const& name) {
    CHECK(name.network.size() == 32 && name.label.size() == 32);
    auto const wide = crypto::hmac_sha512(seed.expose(), {base::as_bytes("bulla/oprf-key/v1"), name.network,
                                                          base::u32be(name.keyset), name.label});
    return sure(Scalar::reduce(wide.expose()));
}

// f_X(i) = Π_{j∈X} (i − j)·(0 − j)⁻¹
Scalar vanishing_weight(unsigned node, std::vector<unsigned> const& without) {
    auto weight = small_scalar(1);
    for (auto const other : without)
        weight = sure(crypto::multiply(sure(crypto::multiply(weight, difference(node, other))),
                                       difference(0, other).invert()));
    return weight;
}

} // namespace

Scalar make_share(unsigned node, std::vector<SharedSeed> const& seeds, KeyName const& name) {
    CHECK(are_coordinates({node}));
    std::optional<Scalar> share;
    for (auto const& shared : seeds) {
        auto term =
            sure(crypto::multiply(evaluate_prf(shared.seed, name), vanishing_weight(node, shared.without)));
        share = share ? sure(crypto::add(*share, term)) : std::move(term);
    }
    return sure(std::move(share));
}

// λ_i = Π_{j∈S, j≠i} j·(j − i)⁻¹
Scalar lagrange_weight(unsigned node, std::vector<unsigned> const& answering) {
    CHECK(are_coordinates(answering) && std::ranges::binary_search(answering, node));
    auto weight = small_scalar(1);
    for (auto const other : answering)
        if (other != node)
            weight = sure(crypto::multiply(sure(crypto::multiply(weight, small_scalar(other))),
                                           difference(other, node).invert()));
    return weight;
}

std::optional<crypto::Element> combine(std::vector<PartialEvaluation> const& answers, unsigned threshold) {
    std::vector<unsigned> nodes;
    for (auto const& answer : answers)
        nodes.push_back(answer.node);
    if (nodes.size() != threshold || !are_coordinates(nodes))
        return std::nullopt;
    std::optional<crypto::Element> sum; // nothing stands for the identity
    for (auto const& answer : answers) {
        auto const term = crypto::multiply(lagrange_weight(answer.node, nodes), answer.evaluated);
        CHECK(term.has_value());
        sum = sum ? crypto::add(*sum, *term) : term;
    }
    return sum;
}

Scalar account_oprf_key(Secret<32> const& seed, base::ByteView network, std::uint32_t keyset,
                        base::ByteView label) {
    return evaluate_prf(seed, {.network = network, .keyset = keyset, .label = label});
}

} // namespace bulla::opaque
