#include "merkle/outline.hpp"

#include "merkle/frontier.hpp"
#include "merkle/tile_writer.hpp"

namespace bulla::merkle {
namespace {

// Of a tree whose leaves are complete subtrees of one height: one hash for each set bit of their number.
std::vector<NodeHash> fold(std::vector<NodeHash> const& subtrees) {
    std::vector<NodeHash> hashes;
    std::uint64_t count = 0;
    for (auto const& subtree : subtrees) {
        hashes.push_back(subtree);
        for (auto pairs = count++; (pairs & 1) != 0; pairs >>= 1) {
            auto const right = hashes.back();
            hashes.pop_back();
            hashes.back() = hash_node(hashes.back(), right);
        }
    }
    return hashes;
}

base::ByteBuffer hash_leaves(std::vector<base::ByteView> const& entries) {
    base::ByteBuffer hashes;
    for (auto const& entry : entries)
        base::append(hashes, hash_leaf(entry));
    return hashes;
}

} // namespace

std::optional<Outline> Outline::check(std::vector<NodeHash> full, std::vector<LeafHash> rest,
                                      LogRoot const& root) {
    if (rest.size() >= tile_width_max)
        return std::nullopt;
    auto frontier = Frontier::restore(TreeSize{full.size() * tile_width_max}, fold(full));
    CHECK(frontier.has_value());
    for (auto const& leaf : rest)
        frontier->append(leaf);
    if (frontier->root() != root)
        return std::nullopt;
    return Outline(std::move(full), std::move(rest));
}

BundleId Outline::bundle(std::uint64_t number) const {
    CHECK(number < bundle_count());
    return {.number = number,
            .width = number < full_.size() ? tile_width_max : static_cast<std::uint16_t>(rest_.size())};
}

bool Outline::has(std::uint64_t number, std::vector<base::ByteView> const& entries) const {
    if (entries.size() != bundle(number).width)
        return false;
    if (number < full_.size())
        return hash_tile(hash_leaves(entries)) == full_[number];
    return std::ranges::equal(entries, rest_, [](base::ByteView const& entry, LeafHash const& leaf) {
        return hash_leaf(entry) == leaf;
    });
}

} // namespace bulla::merkle
