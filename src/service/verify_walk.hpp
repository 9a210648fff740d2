// Part of verify: the walk over entries, tiles and the block index.
#pragma once

#include "merkle/tile_writer.hpp"
#include "service/check_crew.hpp"
#include "service/verify.hpp"

#include <set>

namespace bulla::service {

class LedgerWalk {
public:
    // `marks`: sizes at which the root is wanted. At the end of a block it is known.
    LedgerWalk(store::LedgerDatabase& ledger, std::size_t threads, std::vector<std::uint64_t> marks);

    // Walks to the end, or to the first wrong thing.
    std::optional<WrongThing> run(std::function<void(std::uint64_t, std::uint64_t)> const& progress);

    ledger::Audit const& audit() const { return audit_; }
    std::optional<merkle::LogRoot> root_at(std::uint64_t size) const;
    // Whether the list has named this node at the end of some block, and does not now.
    bool was_removed(ledger::NodeId const& node) const;
    // What checkpoints were signed with, in order: genesis' first, the present one last.
    struct LogName {
        std::string origin;
        ledger::Ed25519PublicKey log_key;
        friend bool operator==(LogName const&, LogName const&) = default;
    };
    std::vector<LogName> const& log_names() const { return log_names_; }

private:
    bool feed(ledger::LeafIndex index, base::ByteView entry);
    void after_block();
    void note_nodes();
    void compare_tile(merkle::Tile const& tile);
    void compare_full_tiles();
    std::optional<merkle::LeafHash> stored_leaf(ledger::LeafIndex index);
    std::optional<WrongThing> check_ends();
    std::optional<WrongThing> find_stray_tile();
    void note(WrongThing wrong);

    store::LedgerDatabase& ledger_;
    ledger::Audit audit_;
    CheckCrew crew_;
    merkle::TileWriter tiles_;
    std::array<std::optional<merkle::Tile>, merkle::tile_levels> newest_; // computed, not full
    std::optional<store::Tip> tip_;
    std::vector<std::uint64_t> marks_;
    std::map<std::uint64_t, merkle::LogRoot> roots_;
    std::uint64_t list_number_ = 0;   // of the list whose nodes were noted last
    std::set<ledger::NodeId> listed_; // every node that was ever in a list
    std::vector<LogName> log_names_;
    std::optional<base::ByteBuffer> leaf_tile_; // the stored level-0 tile of the entry being read
    std::optional<WrongThing> first_;           // least entry seen so far
};

} // namespace bulla::service
