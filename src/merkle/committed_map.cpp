#include "merkle/committed_map.hpp"

#include "base/mutex.hpp"
#include "merkle/map_edit.hpp"

#include <atomic>

namespace bulla::merkle {
namespace {

// The nodes of snapshots that came from one another. Roots of ended snapshots wait here until the next writer
// comes, so that ending one never waits for a writer and only a writer touches counts.
struct MapArena {
    std::atomic<bool> has_believed_hashes = false;
    base::Mutex writing;
    MapNodes nodes GUARDED_BY(writing);
    base::Mutex releasing;
    std::vector<MapNodeId> ended_roots GUARDED_BY(releasing);

    void end_root(MapNodeId root) {
        base::Lock const lock(releasing);
        ended_roots.push_back(root);
    }
    void release_ended() REQUIRES(writing) {
        std::vector<MapNodeId> roots;
        {
            base::Lock const lock(releasing);
            roots.swap(ended_roots);
        }
        for (auto const root : roots)
            nodes.release(root);
    }
};

bool has_true_hash(NodeTable const& table, MapInner const& inner) {
    return inner.hash == hash_map_node(inner.bit, table.hash_of(inner.left), table.hash_of(inner.right));
}

bool has_true_hashes_below(NodeTable const& table, MapNodeId node) {
    if (is_leaf(node))
        return true;
    auto const& inner = table.inner(node);
    return has_true_hash(table, inner) && has_true_hashes_below(table, inner.left) &&
           has_true_hashes_below(table, inner.right);
}

// Replaces each inner node of the list by its two children.
std::vector<MapNodeId> children_of(NodeTable const& table, std::vector<MapNodeId> const& nodes) {
    std::vector<MapNodeId> children;
    for (auto const node : nodes) {
        if (is_leaf(node))
            continue;
        children.push_back(table.inner(node).left);
        children.push_back(table.inner(node).right);
    }
    return children;
}

template <class Visit>
void for_each_node(NodeTable const& table, MapNodeId node, Visit const& visit) {
    visit(node);
    if (is_leaf(node))
        return;
    for_each_node(table, table.inner(node).left, visit);
    for_each_node(table, table.inner(node).right, visit);
}

std::optional<MapFault> find_fault(std::span<MapRow const> rows) {
    if (std::ranges::adjacent_find(rows, std::greater_equal{}, &MapRow::key) != rows.end())
        return MapFault::rows_out_of_order;
    if (!rows.empty() && (is_sentinel(rows.front().key) || is_sentinel(rows.back().key)))
        return MapFault::sentinel_row;
    return std::nullopt;
}

} // namespace

struct CommittedMap::Version {
    std::shared_ptr<MapArena> arena;
    std::shared_ptr<NodeTable const> table;
    MapNodeId root = 0;
    std::size_t size = 0;

    // The writer of the arena makes it, root not yet retained.
    static CommittedMap make(std::shared_ptr<MapArena> const& arena, MapNodeId root, std::size_t size)
        REQUIRES(arena->writing) {
        arena->nodes.retain(root);
        return CommittedMap(std::make_shared<Version const>(arena, arena->nodes.share_table(), root, size));
    }
    static CommittedMap build(std::span<MapRow const> rows,
                              std::optional<std::span<MapNodeHash const>> inner_hashes) {
        auto const arena = std::make_shared<MapArena>();
        arena->has_believed_hashes = inner_hashes.has_value();
        base::Lock const lock(arena->writing);
        return make(arena, build_tree(arena->nodes, rows, inner_hashes), rows.size());
    }

    Version(std::shared_ptr<MapArena> its_arena, std::shared_ptr<NodeTable const> its_table,
            MapNodeId its_root, std::size_t its_size)
        : arena(std::move(its_arena)), table(std::move(its_table)), root(its_root), size(its_size) {}
    Version(Version const&) = delete;
    Version& operator=(Version const&) = delete;
    ~Version() { arena->end_root(root); }
};

CommittedMap::CommittedMap() : CommittedMap(Version::build({}, std::nullopt)) {}

Result<CommittedMap, MapFault> CommittedMap::build(std::span<MapRow const> rows) {
    if (auto const fault = find_fault(rows))
        return std::unexpected{*fault};
    return Version::build(rows, std::nullopt);
}

Result<CommittedMap, MapFault> CommittedMap::restore_unverified(std::span<MapRow const> rows,
                                                                std::span<MapNodeHash const> inner_hashes) {
    if (auto const fault = find_fault(rows))
        return std::unexpected{*fault};
    if (inner_hashes.size() != rows.size() + 1)
        return std::unexpected{MapFault::wrong_hash_count};
    return Version::build(rows, inner_hashes);
}

MapRoot CommittedMap::root() const {
    return MapRoot::from(version_->table->inner(version_->root).hash);
}

std::size_t CommittedMap::size() const {
    return version_->size;
}

std::optional<ValueHash> CommittedMap::find(MapKey const& row_key) const {
    auto const& row = version_->table->row_reached(version_->root, row_key);
    if (row.key != row_key || is_sentinel(row_key))
        return std::nullopt;
    return row.value_hash;
}

MapProof CommittedMap::prove(MapKey const& row_key) const {
    auto const& table = *version_->table;
    MapProof proof;
    auto node = version_->root;
    while (!is_leaf(node)) {
        auto const& inner = table.inner(node);
        proof.steps.push_back({.bit = inner.bit, .sibling = table.hash_of(inner.other_child(row_key))});
        node = inner.child(row_key);
    }
    proof.leaf_key = table.row(node).key;
    proof.leaf_value_hash = table.row(node).value_hash;
    return proof;
}

CommittedMap CommittedMap::apply(std::span<MapChange const> changes) const {
    auto const placed = place_changes(*version_->table, version_->root, changes);
    if (placed.empty())
        return *this;
    auto size = version_->size;
    for (auto const& change : placed) {
        if (change.leaves_at != map_key_bits)
            ++size;
        else if (!change.value_hash)
            --size;
    }
    auto const arena = version_->arena;
    base::Lock const lock(arena->writing);
    arena->release_ended();
    return Version::make(arena, change_tree(arena->nodes, version_->root, placed), size);
}

void CommittedMap::for_each_row(std::function<void(MapRow const&)> const& visit) const {
    auto const& table = *version_->table;
    for_each_node(table, version_->root, [&](MapNodeId node) {
        if (is_leaf(node) && !is_sentinel(table.row(node).key))
            visit(table.row(node));
    });
}

void CommittedMap::for_each_inner_hash(std::function<void(MapNodeHash const&)> const& visit) const {
    auto const& table = *version_->table;
    for_each_node(table, version_->root, [&](MapNodeId node) {
        if (!is_leaf(node))
            visit(table.inner(node).hash);
    });
}

bool CommittedMap::has_true_hashes(std::size_t part, std::size_t parts) const {
    CHECK(part < parts);
    auto const& table = *version_->table;
    std::vector<MapNodeId> subtrees{version_->root};
    // Every part looks at the few nodes on top, then at its own subtrees; eight a part even out their sizes.
    while (!subtrees.empty() && subtrees.size() < 8 * parts) {
        for (auto const node : subtrees) {
            if (!is_leaf(node) && !has_true_hash(table, table.inner(node)))
                return false;
        }
        subtrees = children_of(table, subtrees);
    }
    for (auto index = part; index < subtrees.size(); index += parts) {
        if (!has_true_hashes_below(table, subtrees[index]))
            return false;
    }
    return true;
}

bool CommittedMap::has_true_path(MapKey const& row_key) const {
    auto const& table = *version_->table;
    for (auto node = version_->root; !is_leaf(node); node = table.inner(node).child(row_key))
        if (!has_true_hash(table, table.inner(node)))
            return false;
    return true;
}

bool CommittedMap::has_believed_hashes() const {
    return version_->arena->has_believed_hashes.load(std::memory_order_acquire);
}

void CommittedMap::vouch_for_hashes() const {
    version_->arena->has_believed_hashes.store(false, std::memory_order_release);
}

CommittedMap::Footprint CommittedMap::footprint() const {
    auto const arena = version_->arena;
    base::Lock const lock(arena->writing);
    arena->release_ended();
    return {.inner_nodes = arena->nodes.inner_count(),
            .leaves = arena->nodes.leaf_count(),
            .bytes = arena->nodes.table().byte_count()};
}

} // namespace bulla::merkle
