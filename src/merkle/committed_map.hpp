// CommittedMap: a snapshot of a committed crit-bit map, the form of the directory and of the network map.
//
// An immutable value that costs a pointer to copy. apply() yields a new snapshot that shares every untouched
// node with the old one; both stay readable, from any thread. Snapshots made from one another share an arena:
// nodes are 32-bit indices into chunks that never move. A node goes back to the arena when no snapshot
// reaches it any more; snapshots may branch, and a dropped branch frees what it alone held. About 120 bytes a
// row; values lie elsewhere.
//
//  1. An inner node has two children; `bit` is the first in which keys of its two sides differ; 0 is left.
//  2. `bit` increases strictly from the root to each leaf, so the depth is at most 256.
//  3. There is exactly one tree, hence one root, for a set of (key, value hash), however it came about.
//  4. The sentinels 00…00 and ff…ff are always there and never change: the root is an inner node of bit 0.
//
// Threads: a CommittedMap object is used by one thread at a time, copies of it by as many as like. apply()
// calls on snapshots of one arena wait for one another; readers wait for nobody.
#pragma once

#include "merkle/map_proof.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace bulla::merkle {

struct MapRow {
    MapKey key;
    ValueHash value_hash;
    friend bool operator==(MapRow const&, MapRow const&) = default;
};

struct MapChange {
    MapKey key;
    std::optional<ValueHash> value_hash; // nothing: the row is removed
    friend bool operator==(MapChange const&, MapChange const&) = default;
};

enum class MapFault : std::uint8_t {
    rows_out_of_order, // keys do not increase strictly
    sentinel_row, // a row has a sentinel's key
    wrong_hash_count, // restore: not one inner hash for each inner node
};

class CommittedMap {
public:
    CommittedMap(); // the sentinels alone, in an arena of their own

    // Rows in strictly ascending order of keys, without the sentinels. Two hashes a row.
    static Result<CommittedMap, MapFault> build(std::span<MapRow const> rows);
    // The same without hashing: inner_hashes in pre-order (a node before its left, then its right side),
    // rows.size() + 1 of them, are believed. Compare the root with a signed one, then run has_true_hashes();
    // until that is done, has_true_path() before a proof leaves and before a change is built on.
    static Result<CommittedMap, MapFault> restore_unverified(std::span<MapRow const> rows,
                                                             std::span<MapNodeHash const> inner_hashes);

    MapRoot root() const;
    std::size_t size() const; // rows, the sentinels not counted

    std::optional<ValueHash> find(MapKey const& row_key) const; // nothing for the sentinels
    MapProof prove(MapKey const& row_key) const;

    // Changes in the order they happened: the last one of a key wins. Removing an absent key changes nothing;
    // a sentinel key is the caller's fault. Each new inner node is hashed once.
    CommittedMap apply(std::span<MapChange const> changes) const;

    // Rows in ascending order of keys, sentinels left out; and the inner hashes in the order
    // restore_unverified wants.
    void for_each_row(std::function<void(MapRow const&)> const& visit) const;
    void for_each_inner_hash(std::function<void(MapNodeHash const&)> const& visit) const;

    // Hashes every inner node again, on the calling thread. Part i of n checks its share of the subtrees, so
    // that several threads can divide the work; all n parts together check everything.
    bool has_true_hashes(std::size_t part = 0, std::size_t parts = 1) const;

    // Hashes the inner nodes on the key's way again: a proof of the key, and a change of its row, rest on
    // them alone.
    bool has_true_path(MapKey const& row_key) const;

    // Whether hashes are still only believed: from restore_unverified() until somebody vouches, after
    // has_true_hashes() has held of the restored snapshot. Snapshots made from one another agree about it.
    bool has_believed_hashes() const;
    void vouch_for_hashes() const;

    // Nodes and bytes that this snapshot's arena holds for all its snapshots together.
    struct Footprint {
        std::size_t inner_nodes = 0; // in use
        std::size_t leaves = 0; // in use
        std::size_t bytes = 0; // of all chunks, free nodes included
    };
    Footprint footprint() const;

private:
    struct Version;
    explicit CommittedMap(std::shared_ptr<Version const> version) : version_(std::move(version)) {}
    std::shared_ptr<Version const> version_; // never null
};

} // namespace bulla::merkle
