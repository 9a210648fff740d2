// The OPRF key of an account, by pseudorandom secret sharing (Cramer, Damgård, Ishai, TCC 2005): nodes derive
// their Shamir shares of any label's key from fixed seeds, without a ceremony or storage per account.
//
//   L        = "bulla/oprf-key/v1" ‖ network[32] ‖ u32be(keyset) ‖ label[32]
//   PRF(r)   = HMAC-SHA-512(r, L) as a 64-byte little-endian integer, mod ℓ
//   share_i  = Σ_{X∌i} PRF(r_X)·f_X(i)      over all X ⊂ {1..n} with |X| = t − 1
//   f_X      is of degree t − 1, with f_X(0) = 1 and f_X(j) = 0 for j ∈ X
//   k        = Σ_{i∈S} λ_i·share_i,  |S| = t
//
// One node is the case n = t = 1 of the same formula: X = {} is the only set, k = PRF(r). The key depends on
// network, keyset and label alone, so unknown names and changed passwords are evaluated alike.
#pragma once

#include "crypto/ristretto.hpp"

#include <cstdint>
#include <vector>

namespace bulla::opaque {

inline constexpr unsigned share_nodes_max = 13;

// Which account's key: what the PRF is evaluated on.
struct KeyName {
    base::ByteView network; // 32 bytes
    std::uint32_t keyset = 1;
    base::ByteView label; // 32 bytes
};

// A seed and the set X of nodes (x-coordinates, ascending) that do not know it.
struct SharedSeed {
    std::vector<unsigned> without;
    Secret<32> seed;
};

// The share of the node with this x-coordinate, from all the seeds it knows; n = t = 1 gives the key itself.
// The process ends on an x-coordinate outside 1 to 13 (0 would be the key) or one that a seed is kept from.
crypto::Scalar make_share(unsigned node, std::vector<SharedSeed> const& seeds, KeyName const& name);

// λ_i for the nodes of S, ascending: the weight of node i when exactly the nodes of S answer. The process
// ends when S is not ascending, not within 1 to 13, or without node i.
crypto::Scalar lagrange_weight(unsigned node, std::vector<unsigned> const& answering);

// What a node answers to a blinded element: share_i · α.
struct PartialEvaluation {
    unsigned node;
    crypto::Element evaluated;
};

// β = Σ λ_i·β_i = k·α of exactly `threshold` answers. Nothing when there are more or fewer, when the
// x-coordinates are not ascending or not within 1 to 13, or when the sum is the identity. A wrong answer
// shows only in a proof of it.
std::optional<crypto::Element> combine(std::vector<PartialEvaluation> const& answers, unsigned threshold);

// The key of one node: make_share(1, {{}, seed}, name).
crypto::Scalar account_oprf_key(Secret<32> const& seed, base::ByteView network, std::uint32_t keyset,
                                base::ByteView label);

} // namespace bulla::opaque
