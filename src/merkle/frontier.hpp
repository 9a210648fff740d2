// Frontier: what is needed of a log tree to append to it and to know its root (RFC 6962 §2.1).
//
// One hash for each set bit of the size, the largest subtree first: at most 64. A value: copy it to try
// something. Appending n entries costs n hashes amortised; root() costs at most 63.
#pragma once

#include "merkle/hash.hpp"

#include <optional>
#include <vector>

namespace bulla::merkle {

class Frontier {
public:
    Frontier() = default; // the empty tree

    // Nothing when the number of hashes is not the number of set bits of the size.
    static std::optional<Frontier> restore(TreeSize size, std::vector<NodeHash> hashes);

    void append(LeafHash const& leaf);

    TreeSize size() const { return TreeSize{size_}; }
    LogRoot root() const;
    std::vector<NodeHash> const& hashes() const { return hashes_; } // largest subtree first

    friend bool operator==(Frontier const&, Frontier const&) = default;

private:
    std::uint64_t size_ = 0;
    std::vector<NodeHash> hashes_;
};

} // namespace bulla::merkle
