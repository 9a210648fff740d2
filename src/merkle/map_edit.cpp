#include "merkle/map_edit.hpp"

#include "base/big_endian.hpp"

#include <bit>
#include <numeric>

namespace bulla::merkle {
namespace {

// Builds the tree of rows given in order. row_at(i) has the fields of a MapRow.
template <class RowAt>
class TreeBuilder {
public:
    TreeBuilder(MapNodes& nodes, RowAt row_at, std::optional<std::span<MapNodeHash const>> inner_hashes)
        : nodes_(nodes), row_at_(row_at), inner_hashes_(inner_hashes) {}

    // Rows [first, last), at least one. Their first and last key differ soonest of all neighbours.
    MapNodeId build(std::size_t first, std::size_t last) {
        if (last - first == 1)
            return nodes_.make_leaf(row_at_(first));
        auto const bit =
            static_cast<std::uint8_t>(first_difference(row_at_(first).key, row_at_(last - 1).key));
        auto const middle = first_with_bit(first, last, bit);
        if (!inner_hashes_) {
            auto const left = build(first, middle);
            return nodes_.make_inner(bit, left, build(middle, last));
        }
        auto const hash = inner_hashes_->front();
        inner_hashes_ = inner_hashes_->subspan(1);
        auto const left = build(first, middle);
        return nodes_.make_inner(bit, left, build(middle, last), hash);
    }

private:
    std::size_t first_with_bit(std::size_t first, std::size_t last, std::uint8_t bit) const {
        while (first < last) {
            auto const middle = first + (last - first) / 2;
            if (bit_of(row_at_(middle).key, bit) == 0)
                first = middle + 1;
            else
                last = middle;
        }
        return first;
    }

    MapNodes& nodes_;
    RowAt row_at_;
    std::optional<std::span<MapNodeHash const>> inner_hashes_;
};

// One descent with all changes of a block, split at each inner node; children are made, and hashed, first.
class TreeChange {
public:
    using Changes = std::span<PlacedChange const>;

    explicit TreeChange(MapNodes& nodes) : nodes_(nodes) {}

    // The changed subtree; nothing when no row is left. All keys agree with it in every bit before its own.
    std::optional<MapNodeId> change(MapNodeId node, Changes changes) {
        if (changes.empty())
            return node;
        auto const leaves_at = std::ranges::min(changes, {}, &PlacedChange::leaves_at).leaves_at;
        auto const node_bit = is_leaf(node) ? map_key_bits : nodes_.table().inner(node).bit;
        if (leaves_at < node_bit)
            return branch_off(node, static_cast<std::uint8_t>(leaves_at), changes);
        if (is_leaf(node))
            return replace_leaf(changes);
        // A key cannot leave at the node's own bit: the leaf it was compared with lies on its side.
        CHECK(leaves_at != node_bit);
        auto const inner = nodes_.table().inner(node);
        auto const [zeros, ones] = split(changes, inner.bit);
        auto const left = change(inner.left, zeros);
        return join(inner.bit, left, change(inner.right, ones));
    }

private:
    // Keys that differ from the node's at `bit` form a new subtree beside it.
    std::optional<MapNodeId> branch_off(MapNodeId node, std::uint8_t bit, Changes changes) {
        auto const [zeros, ones] = split(changes, bit);
        if (!zeros.empty() && zeros.front().leaves_at == bit) {
            auto const left = build(zeros);
            return join(bit, left, change(node, ones));
        }
        auto const left = change(node, zeros);
        return join(bit, left, build(ones));
    }

    std::optional<MapNodeId> replace_leaf(Changes changes) {
        CHECK(changes.size() == 1);
        auto const& [row_key, value_hash, leaves_at] = changes.front();
        if (!value_hash)
            return std::nullopt;
        return nodes_.make_leaf({.key = row_key, .value_hash = *value_hash});
    }

    MapNodeId build(Changes changes) {
        auto const row_at = [changes](std::size_t index) {
            return MapRow{.key = changes[index].row_key, .value_hash = *changes[index].value_hash};
        };
        return TreeBuilder(nodes_, row_at, std::nullopt).build(0, changes.size());
    }

    std::optional<MapNodeId> join(std::uint8_t bit, std::optional<MapNodeId> left,
                                  std::optional<MapNodeId> right) {
        if (left && right)
            return nodes_.make_inner(bit, *left, *right);
        return left ? left : right;
    }

    static std::pair<Changes, Changes> split(Changes changes, std::uint8_t bit) {
        auto const middle = std::ranges::partition_point(
            changes, [bit](PlacedChange const& change) { return bit_of(change.row_key, bit) == 0; });
        auto const zeros = static_cast<std::size_t>(middle - changes.begin());
        return {changes.first(zeros), changes.subspan(zeros)};
    }

    MapNodes& nodes_;
};

// Ascending by key; of several changes of one key the last.
std::vector<MapChange> last_changes(std::span<MapChange const> changes) {
    std::vector<std::size_t> order(changes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t index) { return std::pair(changes[index].key, index); });
    std::vector<MapChange> last;
    for (auto const index : order) {
        if (!last.empty() && last.back().key == changes[index].key)
            last.back() = changes[index];
        else
            last.push_back(changes[index]);
    }
    return last;
}

} // namespace

unsigned first_difference(MapKey const& left, MapKey const& right) {
    for (unsigned word = 0; word < MapKey::size / 8; ++word) {
        auto const difference = base::load_big_endian<std::uint64_t>(left.view().subspan(8 * word)) ^
                                base::load_big_endian<std::uint64_t>(right.view().subspan(8 * word));
        if (difference != 0)
            return 64 * word + static_cast<unsigned>(std::countl_zero(difference));
    }
    return map_key_bits;
}

MapNodeId build_tree(MapNodes& nodes, std::span<MapRow const> rows,
                     std::optional<std::span<MapNodeHash const>> inner_hashes) {
    MapRow const low{.key = sentinel_low(), .value_hash = sentinel_value_hash()};
    MapRow const high{.key = sentinel_high(), .value_hash = sentinel_value_hash()};
    auto const row_at = [&](std::size_t index) -> MapRow const& {
        if (index == 0)
            return low;
        return index <= rows.size() ? rows[index - 1] : high;
    };
    return TreeBuilder(nodes, row_at, inner_hashes).build(0, rows.size() + 2);
}

std::vector<PlacedChange> place_changes(NodeTable const& table, MapNodeId root,
                                        std::span<MapChange const> changes) {
    std::vector<PlacedChange> placed;
    for (auto const& change : last_changes(changes)) {
        CHECK(!is_sentinel(change.key));
        auto const& row = table.row_reached(root, change.key);
        auto const leaves_at = first_difference(row.key, change.key);
        auto const is_known = leaves_at == map_key_bits;
        if (is_known ? change.value_hash != row.value_hash : change.value_hash.has_value())
            placed.push_back({change.key, change.value_hash, leaves_at});
    }
    return placed;
}

MapNodeId change_tree(MapNodes& nodes, MapNodeId root, std::span<PlacedChange const> changes) {
    auto const changed = TreeChange(nodes).change(root, changes);
    CHECK(changed); // the sentinels are always left
    return *changed;
}

} // namespace bulla::merkle
