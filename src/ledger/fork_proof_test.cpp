#include "ledger/fork_proof.hpp"

#include "merkle/frontier.hpp"
#include "merkle/tile_writer.hpp"
#include "support/test_network.hpp"

#include <gtest/gtest.h>

namespace bulla::ledger {
namespace {

// A log of leaves "0", "1" …, of which those from `fork` on are another's.
class Log final : public merkle::TileSource {
public:
    Log(std::uint64_t size, std::uint64_t fork) {
        merkle::TileWriter writer;
        for (std::uint64_t index = 0; index < size; ++index)
            writer.append(merkle::hash_leaf(
                base::as_bytes(std::to_string(index) + (index < fork ? "" : " of another history"))));
        for (auto& tile : writer.take_changed())
            tiles_[{tile.level, tile.number}] = std::move(tile.hashes);
        size_ = TreeSize{size};
    }
    std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const override {
        auto const found = tiles_.find({level, number});
        return found == tiles_.end() ? std::nullopt : std::optional(found->second);
    }
    std::string cosigned(std::string const& origin = "a.example/log") const {
        auto const text = merkle::print_checkpoint(
            {.origin = origin, .size = size_, .root = merkle::load_root(*this, size_).value()});
        return merkle::print_note(
            {.text = text,
             .lines = {merkle::cosign_note(text, "node-1", test::world_time, test::test_key("cosigner"))}});
    }

private:
    std::map<std::pair<std::uint8_t, std::uint64_t>, base::ByteBuffer> tiles_;
    TreeSize size_;
};

merkle::VerifierKey key(std::uint64_t number = 0) {
    return merkle::VerifierKey::make("node-1", merkle::NoteKeyType::cosignature,
                                     test::test_key("cosigner", number).public_key());
}
ForkProof two_notes(std::string first, std::string second) {
    return {.first = std::move(first),
            .second = std::move(second),
            .index = {},
            .first_leaf = {},
            .second_leaf = {}};
}
ForkProofFault fault_of(ForkProof const& proof) {
    return check_fork_proof(encode(proof), key()).error();
}

TEST(ForkProof, of_one_size_and_two_roots_needs_no_leaves) {
    Log const ours(5, 9), theirs(5, 4);
    auto const proof = make_fork_proof(ours.cosigned(), ours, theirs.cosigned(), theirs).value();
    EXPECT_FALSE(proof.index.has_value());
    auto const fork = check_fork_proof(encode(proof), key()).value();
    EXPECT_EQ(fork.first.size, fork.second.size);
    EXPECT_NE(fork.first.root, fork.second.root);
    EXPECT_EQ(fork.first_time, test::world_time);
}

TEST(ForkProof, of_two_sizes_shows_the_first_different_leaf_under_both) {
    for (std::uint64_t const fork_at : {0U, 1U, 255U, 256U, 299U}) {
        Log const ours(300, 999), theirs(700, fork_at);
        for (bool const turned : {false, true}) {
            auto const& [first, second] = turned ? std::pair<Log const&, Log const&>(theirs, ours)
                                                 : std::pair<Log const&, Log const&>(ours, theirs);
            auto const proof = make_fork_proof(first.cosigned(), first, second.cosigned(), second).value();
            EXPECT_EQ(proof.index, LeafIndex{fork_at});
            EXPECT_TRUE(check_fork_proof(encode(proof), key()).has_value());
        }
    }
}

TEST(ForkProof, cannot_be_made_of_one_history) {
    Log const shorter(300, 999), longer(700, 999);
    EXPECT_FALSE(make_fork_proof(shorter.cosigned(), shorter, longer.cosigned(), longer).has_value());
    EXPECT_EQ(fault_of(two_notes(shorter.cosigned(), longer.cosigned())), ForkProofFault::unproved);
    EXPECT_EQ(fault_of(two_notes(shorter.cosigned(), shorter.cosigned())), ForkProofFault::no_fork);
}

TEST(ForkProof, accuses_nobody_by_leaves_that_are_not_there_or_the_same) {
    Log const ours(300, 999), theirs(700, 100);
    auto const good = make_fork_proof(ours.cosigned(), ours, theirs.cosigned(), theirs).value();
    auto other_index = good;
    other_index.index = LeafIndex{101};
    EXPECT_EQ(fault_of(other_index), ForkProofFault::wrong_leaves);
    auto other_leaf = good;
    other_leaf.second_leaf->leaf = merkle::hash_leaf(base::as_bytes("invented"));
    EXPECT_EQ(fault_of(other_leaf), ForkProofFault::wrong_leaves);
    auto without = good;
    without.second_leaf.reset();
    EXPECT_EQ(fault_of(without), ForkProofFault::unproved);
    // Leaf 7 is the same in both.
    Log const same(700, 999);
    auto const leaf = merkle::hash_leaf(base::as_bytes("7"));
    auto by_a_common_leaf = two_notes(ours.cosigned(), same.cosigned());
    by_a_common_leaf.index = LeafIndex{7};
    by_a_common_leaf.first_leaf = {
        .leaf = leaf, .path = merkle::make_inclusion_proof(ours, LeafIndex{7}, TreeSize{300}).value()};
    by_a_common_leaf.second_leaf = {
        .leaf = leaf, .path = merkle::make_inclusion_proof(same, LeafIndex{7}, TreeSize{700}).value()};
    EXPECT_EQ(fault_of(by_a_common_leaf), ForkProofFault::no_fork);
}

TEST(ForkProof, counts_only_what_the_key_has_signed_of_one_log) {
    Log const ours(5, 9), theirs(5, 4);
    auto const proof = two_notes(ours.cosigned(), theirs.cosigned());
    EXPECT_EQ(check_fork_proof(encode(proof), key(1)).error(), ForkProofFault::not_signed);
    EXPECT_EQ(fault_of(two_notes(ours.cosigned(), theirs.cosigned("b.example/log"))),
              ForkProofFault::other_log);
    EXPECT_EQ(fault_of(two_notes("no note", theirs.cosigned())), ForkProofFault::not_signed);
    EXPECT_EQ(check_fork_proof(base::as_bytes("no proof"), key()).error(), ForkProofFault::malformed);
}

TEST(ForkProof, with_any_byte_changed_accuses_nobody_new) {
    Log const ours(3, 9), theirs(4, 2);
    auto const bytes = encode(make_fork_proof(ours.cosigned(), ours, theirs.cosigned(), theirs).value());
    for (std::size_t place = 0; place < bytes.size(); ++place) {
        auto changed = bytes;
        changed[place] ^= 0x01;
        EXPECT_FALSE(check_fork_proof(changed, key()).has_value()) << place;
    }
}

} // namespace
} // namespace bulla::ledger
