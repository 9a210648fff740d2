#include "ledger/fork_proof.hpp"

#include "merkle/tile.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<ForkProofFault>;
using enum ForkProofFault;

struct Signed {
    merkle::Checkpoint checkpoint;
    std::optional<base::Timestamp> time;
};

Result<Signed, ForkProofFault> open_signed(std::string_view note, merkle::VerifierKey const& key) {
    auto const opened = merkle::open_note(note, {&key, 1});
    if (!opened)
        return Refusal{not_signed};
    auto checkpoint = merkle::parse_checkpoint(opened->text);
    if (!checkpoint)
        return Refusal{not_signed};
    return Signed{.checkpoint = *std::move(checkpoint), .time = opened->signatures.front().time};
}

bool leads_to(ForkLeaf const& leaf, LeafIndex index, merkle::Checkpoint const& checkpoint) {
    return merkle::check_inclusion(leaf.leaf, index, checkpoint.tree(), leaf.path).has_value();
}

Result<void, ForkProofFault> check_leaves(ForkProof const& proof, Fork const& fork) {
    if (!proof.index || !proof.first_leaf || !proof.second_leaf)
        return Refusal{unproved};
    if (!leads_to(*proof.first_leaf, *proof.index, fork.first) ||
        !leads_to(*proof.second_leaf, *proof.index, fork.second))
        return Refusal{wrong_leaves};
    if (proof.first_leaf->leaf == proof.second_leaf->leaf)
        return Refusal{no_fork};
    return {};
}

// The hashes of the leaves from tile `number` on, as many as the tile of a tree of this size has.
std::optional<std::vector<LeafHash>> read_leaves(merkle::TileSource const& tiles, std::uint64_t number,
                                                 std::uint64_t size) {
    auto const first = number * merkle::tile_width_max;
    auto const count = std::min<std::uint64_t>(size - first, merkle::tile_width_max);
    auto const tile = tiles.read_tile(0, number);
    if (!tile || tile->size() < count * LeafHash::size)
        return std::nullopt;
    std::vector<LeafHash> leaves;
    leaves.reserve(count);
    for (std::uint64_t place = 0; place < count; ++place)
        leaves.push_back(LeafHash::from(
            base::ByteView(*tile).subspan(place * LeafHash::size).template first<LeafHash::size>()));
    return leaves;
}

struct Difference {
    LeafIndex index;
    LeafHash first;
    LeafHash second;
};
std::optional<Difference> find_difference(merkle::TileSource const& first, merkle::TileSource const& second,
                                          std::uint64_t size) {
    for (std::uint64_t number = 0; number * merkle::tile_width_max < size; ++number) {
        auto const left = read_leaves(first, number, size);
        auto const right = read_leaves(second, number, size);
        if (!left || !right)
            return std::nullopt;
        auto const [one, other] = std::ranges::mismatch(*left, *right);
        if (one != left->end())
            return Difference{.index = LeafIndex{number * merkle::tile_width_max +
                                                 static_cast<std::uint64_t>(one - left->begin())},
                              .first = *one,
                              .second = *other};
    }
    return std::nullopt;
}

std::optional<ForkLeaf> prove(merkle::TileSource const& tiles, LeafHash const& leaf, LeafIndex index,
                              merkle::Checkpoint const& checkpoint) {
    auto path = merkle::make_inclusion_proof(tiles, index, checkpoint.size);
    if (!path)
        return std::nullopt;
    ForkLeaf side{.leaf = leaf, .path = *std::move(path)};
    return leads_to(side, index, checkpoint) ? std::optional(std::move(side)) : std::nullopt;
}

std::optional<merkle::Checkpoint> checkpoint_in(std::string_view note) {
    auto const parsed = merkle::parse_note(note);
    auto const checkpoint =
        parsed ? merkle::parse_checkpoint(parsed->text)
               : Result<merkle::Checkpoint, merkle::NoteFault>{std::unexpect, merkle::NoteFault::malformed};
    return checkpoint ? std::optional(*checkpoint) : std::nullopt;
}

} // namespace

std::string_view name(ForkProofFault fault) {
    switch (fault) {
    case malformed: return "malformed";
    case not_signed: return "not_signed";
    case other_log: return "other_log";
    case no_fork: return "no_fork";
    case unproved: return "unproved";
    case wrong_leaves: return "wrong_leaves";
    }
    CHECK_UNREACHABLE();
}

Result<Fork, ForkProofFault> check_fork_proof(base::ByteView file, merkle::VerifierKey const& key) {
    auto const proof = decode<ForkProof>(file);
    if (!proof)
        return Refusal{malformed};
    auto const first = TRY(open_signed(proof->first, key));
    auto const second = TRY(open_signed(proof->second, key));
    if (first.checkpoint.origin != second.checkpoint.origin)
        return Refusal{other_log};
    Fork fork{.first = first.checkpoint,
              .second = second.checkpoint,
              .first_time = first.time,
              .second_time = second.time};
    bool const is_of_one_size = fork.first.size == fork.second.size;
    if (is_of_one_size && fork.first.root == fork.second.root)
        return Refusal{no_fork};
    if (!is_of_one_size)
        TRY(check_leaves(*proof, fork));
    return fork;
}

std::optional<ForkProof> make_fork_proof(std::string first, merkle::TileSource const& first_tiles,
                                         std::string second, merkle::TileSource const& second_tiles) {
    auto const left = checkpoint_in(first);
    auto const right = checkpoint_in(second);
    if (!left || !right)
        return std::nullopt;
    ForkProof proof{.first = std::move(first),
                    .second = std::move(second),
                    .index = {},
                    .first_leaf = {},
                    .second_leaf = {}};
    if (left->size == right->size)
        return left->root == right->root ? std::nullopt : std::optional(std::move(proof));
    auto const different =
        find_difference(first_tiles, second_tiles, std::min(left->size, right->size).number());
    if (!different)
        return std::nullopt;
    proof.index = different->index;
    proof.first_leaf = prove(first_tiles, different->first, different->index, *left);
    proof.second_leaf = prove(second_tiles, different->second, different->index, *right);
    return proof.first_leaf && proof.second_leaf ? std::optional(std::move(proof)) : std::nullopt;
}

} // namespace bulla::ledger
