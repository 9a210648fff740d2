// The log tree as RFC 6962 §2.1 defines it, recursively and without any cleverness: the model that tests
// compare with.
#pragma once

#include "base/big_endian.hpp"
#include "merkle/proof.hpp"
#include "merkle/tile_writer.hpp"

#include <bit>
#include <map>
#include <vector>

namespace bulla::test {

// Entry i is u64be(i).
inline merkle::LeafHash numbered_leaf(std::uint64_t index) {
    return merkle::hash_leaf(base::u64be(index));
}

class NaiveLog {
public:
    // MTH(D[first : first + count]), count ≥ 1. Remembered, so that small worlds can be tried exhaustively.
    merkle::NodeHash tree_hash(std::uint64_t first, std::uint64_t count) {
        if (count == 1)
            return merkle::as_node(numbered_leaf(first));
        auto const known = hashes_.find({first, count});
        if (known != hashes_.end())
            return known->second;
        auto const left = std::bit_floor(count - 1);
        auto const hash = merkle::hash_node(tree_hash(first, left), tree_hash(first + left, count - left));
        return hashes_.emplace(std::pair(first, count), hash).first->second;
    }
    merkle::LogRoot root(std::uint64_t size) {
        return size == 0 ? merkle::empty_root() : merkle::as_root(tree_hash(0, size));
    }
    merkle::Tree tree(std::uint64_t size) { return {.size = merkle::TreeSize{size}, .root = root(size)}; }

    // PATH(index, D[first : first + count]) of RFC 6962 §2.1.1.
    merkle::HashPath path(std::uint64_t index, std::uint64_t first, std::uint64_t count) {
        if (count == 1)
            return {};
        auto const left = std::bit_floor(count - 1);
        auto hashes =
            index < left ? path(index, first, left) : path(index - left, first + left, count - left);
        hashes.push_back(index < left ? tree_hash(first + left, count - left) : tree_hash(first, left));
        return hashes;
    }

    // SUBPROOF(m, D[first : first + count], b) of RFC 6962 §2.1.2.
    enum class Subtree { known, unknown };
    merkle::HashPath consistency(std::uint64_t m, std::uint64_t first, std::uint64_t count, Subtree subtree) {
        if (m == count)
            return subtree == Subtree::known ? merkle::HashPath{} : merkle::HashPath{tree_hash(first, count)};
        auto const left = std::bit_floor(count - 1);
        auto hashes = m <= left ? consistency(m, first, left, subtree)
                                : consistency(m - left, first + left, count - left, Subtree::unknown);
        hashes.push_back(m <= left ? tree_hash(first + left, count - left) : tree_hash(first, left));
        return hashes;
    }

private:
    std::map<std::pair<std::uint64_t, std::uint64_t>, merkle::NodeHash> hashes_;
};

// What a store would hold: each tile under its level and number, the newest ones replaced.
class StoredTiles final : public merkle::TileSource {
public:
    std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const override {
        auto const found = tiles.find({level, number});
        return found == tiles.end() ? std::nullopt : std::optional(found->second);
    }
    void put(std::vector<merkle::Tile> changed) {
        for (auto& tile : changed)
            tiles[{tile.level, tile.number}] = std::move(tile.hashes);
    }
    static StoredTiles of_size(std::uint64_t size) {
        StoredTiles stored;
        merkle::TileWriter writer;
        for (std::uint64_t index = 0; index < size; ++index)
            writer.append(numbered_leaf(index));
        stored.put(writer.take_changed());
        return stored;
    }

    std::map<std::pair<std::uint8_t, std::uint64_t>, base::ByteBuffer> tiles;
};

} // namespace bulla::test
