// What a log's root says of its entry bundles: so that a copy of the log is checked bundle by bundle, in any
// order and from any source, against a root that is trusted.
#pragma once

#include "merkle/tile.hpp"

namespace bulla::merkle {

class Outline {
public:
    // `full`: the hash of each full bundle, which are the hashes of tile level 1. `rest`: the leaf hashes of
    // the last bundle, if that is not full. Nothing, if they do not make this root at this size (RFC 6962
    // §2.1).
    static std::optional<Outline> check(std::vector<NodeHash> full, std::vector<LeafHash> rest,
                                        LogRoot const& root);

    std::uint64_t size() const { return full_.size() * tile_width_max + rest_.size(); } // entries
    std::uint64_t bundle_count() const { return full_.size() + (rest_.empty() ? 0 : 1); }
    BundleId bundle(std::uint64_t number) const; // number < bundle_count()
    // The entries are those of the bundle.
    bool has(std::uint64_t number, std::vector<base::ByteView> const& entries) const;

private:
    Outline(std::vector<NodeHash> full, std::vector<LeafHash> rest)
        : full_(std::move(full)), rest_(std::move(rest)) {}

    std::vector<NodeHash> full_;
    std::vector<LeafHash> rest_;
};

} // namespace bulla::merkle
