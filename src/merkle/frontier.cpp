#include "merkle/frontier.hpp"

#include <bit>
#include <limits>
#include <utility>

namespace bulla::merkle {

std::optional<Frontier> Frontier::restore(TreeSize size, std::vector<NodeHash> hashes) {
    if (std::cmp_not_equal(hashes.size(), std::popcount(size.number())))
        return std::nullopt;
    Frontier frontier;
    frontier.size_ = size.number();
    frontier.hashes_ = std::move(hashes);
    return frontier;
}

void Frontier::append(LeafHash const& leaf) {
    CHECK(size_ < std::numeric_limits<std::uint64_t>::max());
    auto subtree = as_node(leaf);
    // Each trailing set bit of the size is a complete subtree as large as the one just completed.
    for (auto merges = std::countr_one(size_); merges > 0; --merges) {
        subtree = hash_node(hashes_.back(), subtree);
        hashes_.pop_back();
    }
    hashes_.push_back(subtree);
    ++size_;
}

LogRoot Frontier::root() const {
    if (hashes_.empty())
        return empty_root();
    auto top = hashes_.back();
    for (std::size_t index = hashes_.size() - 1; index-- > 0;)
        top = hash_node(hashes_[index], top);
    return as_root(top);
}

} // namespace bulla::merkle
