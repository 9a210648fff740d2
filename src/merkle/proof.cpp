#include "merkle/proof.hpp"

#include "merkle/tile_writer.hpp"

#include <bit>
#include <map>

namespace bulla::merkle {
namespace {

constexpr unsigned tile_height = 8;

// Entries [first, first + count) of the log.
struct Range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};

// The left side of a tree of `count` leaves: the largest power of two below it (RFC 6962 §2.1). count ≥ 2.
std::uint64_t left_count(std::uint64_t count) {
    return std::bit_floor(count - 1);
}

// Hashes of log subtrees out of stored tiles; remembers the tiles it read, for as long as one proof takes.
class SubtreeReader {
public:
    explicit SubtreeReader(TileSource const& source) : source_(source) {}

    // Any range that starts at a multiple of its subtree size, as all ranges of RFC 6962 do. count ≥ 1.
    Result<NodeHash, ProofFault> hash(Range range) {
        if (std::has_single_bit(range.count))
            return hash_complete(range);
        auto const left = left_count(range.count);
        auto const left_hash = TRY(hash({range.first, left}));
        auto const right_hash = TRY(hash({range.first + left, range.count - left}));
        return hash_node(left_hash, right_hash);
    }

private:
    // 2^height entries from a multiple of it: the hash is in a tile, or 2^(height mod 8) of a tile's hashes
    // make it.
    Result<NodeHash, ProofFault> hash_complete(Range range) {
        auto const height = static_cast<unsigned>(std::countr_zero(range.count));
        auto const level = static_cast<std::uint8_t>(height / tile_height);
        auto const place = range.first >> (tile_height * level);
        auto const tile = TRY(tile_at(level, place / tile_width_max));
        auto const first = place % tile_width_max * NodeHash::size;
        auto const size = NodeHash::size << (height % tile_height);
        if (tile.size() < first + size)
            return std::unexpected{ProofFault::missing_tile};
        return fold(tile.subspan(first, size));
    }

    static NodeHash fold(base::ByteView hashes) {
        if (hashes.size() == NodeHash::size)
            return NodeHash::from(hashes);
        auto const half = hashes.size() / 2;
        return hash_node(fold(hashes.first(half)), fold(hashes.subspan(half)));
    }

    Result<base::ByteView, ProofFault> tile_at(std::uint8_t level, std::uint64_t number) {
        auto const key = std::pair(level, number);
        if (auto const known = tiles_.find(key); known != tiles_.end())
            return base::ByteView(known->second);
        auto tile = source_.read_tile(level, number);
        if (!tile)
            return std::unexpected{ProofFault::missing_tile};
        return base::ByteView(tiles_.emplace(key, std::move(*tile)).first->second);
    }

    TileSource const& source_;
    std::map<std::pair<std::uint8_t, std::uint64_t>, base::ByteBuffer> tiles_;
};

Result<HashPath, ProofFault> load_hashes(TileSource const& tiles, std::vector<Range> const& ranges) {
    SubtreeReader reader(tiles);
    HashPath hashes;
    for (auto const range : ranges)
        hashes.push_back(TRY(reader.hash(range)));
    return hashes;
}

// One step from a subtree's root towards a leaf of it, and the range left behind.
Range step_down(Range& range, std::uint64_t target) {
    auto const left = left_count(range.count);
    Range const left_side{range.first, left};
    Range const right_side{range.first + left, range.count - left};
    auto const goes_left = target < right_side.first;
    range = goes_left ? left_side : right_side;
    return goes_left ? right_side : left_side;
}

// RFC 9162 §2.1.3.2 and §2.1.4.2 walk alike: two numbers shifted together tell on which side each hash lies.
struct Walk {
    std::uint64_t index = 0;
    std::uint64_t last = 0;

    bool hash_is_left() const { return index % 2 == 1 || index == last; }
    void skip_to_left_turn() {
        while (index % 2 == 0 && index != 0)
            up();
    }
    void up() {
        index >>= 1;
        last >>= 1;
    }
};

} // namespace

Result<HashPath, ProofFault> make_inclusion_proof(TileSource const& tiles, LeafIndex index, TreeSize size) {
    if (index.number() >= size.number())
        return std::unexpected{ProofFault::index_beyond_tree};
    std::vector<Range> siblings; // root first
    for (Range range{0, size.number()}; range.count > 1;)
        siblings.push_back(step_down(range, index.number()));
    std::ranges::reverse(siblings);
    return load_hashes(tiles, siblings);
}

Result<HashPath, ProofFault> make_consistency_proof(TileSource const& tiles, TreeSize from, TreeSize to) {
    if (from.number() == 0)
        return std::unexpected{ProofFault::from_empty_tree};
    if (from > to)
        return std::unexpected{ProofFault::sizes_out_of_order};
    // RFC 6962 §2.1.2: down to the subtree that ends where the older tree ends.
    Range range{0, to.number()};
    std::vector<Range> ranges; // root first
    while (range.first + range.count != from.number())
        ranges.push_back(step_down(range, from.number() - 1));
    if (range.first != 0)
        ranges.push_back(range); // not the whole older tree, which the verifier knows
    std::ranges::reverse(ranges);
    return load_hashes(tiles, ranges);
}

Result<LogRoot, ProofFault> load_root(TileSource const& tiles, TreeSize size) {
    if (size.number() == 0)
        return empty_root();
    return as_root(TRY(SubtreeReader(tiles).hash({0, size.number()})));
}

Result<HashPath, ProofFault> load_frontier_hashes(TileSource const& tiles, TreeSize size) {
    std::vector<Range> ranges;
    for (std::uint64_t first = 0; first < size.number();) {
        auto const count = std::bit_floor(size.number() - first);
        ranges.push_back({first, count});
        first += count;
    }
    return load_hashes(tiles, ranges);
}

// RFC 9162 §2.1.3.2.
Result<void, ProofFault> check_inclusion(LeafHash const& leaf, LeafIndex index, Tree const& tree,
                                         std::span<NodeHash const> path) {
    if (index.number() >= tree.size.number())
        return std::unexpected{ProofFault::index_beyond_tree};
    Walk walk{.index = index.number(), .last = tree.size.number() - 1};
    auto hash = as_node(leaf);
    for (auto const& sibling : path) {
        if (walk.last == 0)
            return std::unexpected{ProofFault::wrong_length};
        if (walk.hash_is_left()) {
            hash = hash_node(sibling, hash);
            walk.skip_to_left_turn();
        } else {
            hash = hash_node(hash, sibling);
        }
        walk.up();
    }
    if (walk.last != 0)
        return std::unexpected{ProofFault::wrong_length};
    if (as_root(hash) != tree.root)
        return std::unexpected{ProofFault::wrong_root};
    return {};
}

// RFC 9162 §2.1.4.2.
Result<void, ProofFault> check_consistency(Tree const& older, Tree const& newer,
                                           std::span<NodeHash const> path) {
    if (older.size.number() == 0)
        return std::unexpected{ProofFault::from_empty_tree};
    if (older.size > newer.size)
        return std::unexpected{ProofFault::sizes_out_of_order};
    auto const same_size = older.size == newer.size;
    if (same_size != path.empty())
        return std::unexpected{ProofFault::wrong_length};
    if (same_size && older.root != newer.root)
        return std::unexpected{ProofFault::wrong_root};
    if (same_size)
        return {};

    Walk walk{.index = older.size.number() - 1, .last = newer.size.number() - 1};
    while (walk.index % 2 == 1)
        walk.up();
    // An older tree of a power of two leaves is itself the first hash.
    auto const starts_at_root = std::has_single_bit(older.size.number());
    auto older_hash = starts_at_root ? NodeHash::from(older.root) : path.front();
    auto newer_hash = older_hash;
    for (auto const& hash : path.subspan(starts_at_root ? 0 : 1)) {
        if (walk.last == 0)
            return std::unexpected{ProofFault::wrong_length};
        if (walk.hash_is_left()) {
            older_hash = hash_node(hash, older_hash);
            newer_hash = hash_node(hash, newer_hash);
            walk.skip_to_left_turn();
        } else {
            newer_hash = hash_node(newer_hash, hash);
        }
        walk.up();
    }
    if (walk.last != 0)
        return std::unexpected{ProofFault::wrong_length};
    if (as_root(older_hash) != older.root || as_root(newer_hash) != newer.root)
        return std::unexpected{ProofFault::wrong_root};
    return {};
}

} // namespace bulla::merkle
