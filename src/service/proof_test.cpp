#include "service/proof.hpp"

#include "merkle/proof_file.hpp"
#include "service/ledger_story.hpp"
#include "support/map_files.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

class AccountProof : public testing::Test {
protected:
    AccountProof() { story.tell(); }

    std::string prove(std::string_view name, ProofForm form = ProofForm::whole) {
        return make_account_proof(
                   *story.ledger, story.chain->head(),
                   {story.label_of(name), story.keys->vrf_key.prove(base::as_bytes(name)), form})
            .value();
    }
    Result<ProvedAccount, AccountProofFault> check(std::string_view proof,
                                                   std::string_view name = "alice") const {
        return check_account_proof(proof, name, {story.log_key()});
    }

    LedgerStory story;
};

TEST_F(AccountProof, shows_the_state_of_an_account) {
    auto const proved = check(prove("alice")).value();
    ASSERT_TRUE(proved.row && proved.row->state);
    EXPECT_EQ(proved.row, story.ledger->load_account(story.label_of("alice")).value());
    EXPECT_EQ(proved.network, story.network);
    EXPECT_EQ(proved.size, 11);
    EXPECT_EQ(proved.block.height, ledger::BlockHeight{4});
}

TEST_F(AccountProof, shows_that_there_is_no_such_account) {
    EXPECT_FALSE(check(prove("nobody"), "nobody").value().row);
}

TEST_F(AccountProof, shows_an_erased_account_without_its_state) {
    auto const proved = check(prove("bob"), "bob").value();
    ASSERT_TRUE(proved.row);
    EXPECT_TRUE(proved.row->head.is_erased());
    EXPECT_FALSE(proved.row->state);
}

TEST_F(AccountProof, of_a_shared_frame_is_the_one_made_alone_before_and_after_a_block) {
    ProofFrames frames(*story.ledger);
    auto const proof = story.keys->vrf_key.prove(base::as_bytes("alice"));
    auto const label = story.label_of("alice");
    for (auto round = 0; round < 2; ++round) {
        auto const frame = frames.of(story.chain->head()).value();
        EXPECT_EQ(frames.of(story.chain->head()).value(), frame);
        EXPECT_EQ(make_account_proof(*story.ledger, *frame, {label, proof}).value(), prove("alice"));
        story.order({story.register_entry("carol" + std::to_string(round))});
        EXPECT_NE(frames.of(story.chain->head()).value(), frame);
    }
}

TEST_F(AccountProof, is_of_the_size_that_is_promised) {
    EXPECT_LT(prove("alice").size(), 3'500);
}

// What a start took from the map file is believed; a proof that rests on a false hash of it stays in the
// house.
TEST_F(AccountProof, does_not_leave_when_the_map_file_it_rests_on_was_false) {
    auto const file = story.directory.path() / "maps" / "directory";
    ASSERT_TRUE(sequencer::store_directory_file(file, *story.chain->head()));
    test::falsify_last_hash(file);
    auto const head = std::make_shared<sequencer::Head>(*story.chain->head());
    head->directory = sequencer::load_directory_file_unverified(file).value().map;
    std::size_t kept = 0;
    for (auto const* const name : {"alice", "bob"}) {
        auto const proof = make_account_proof(
            *story.ledger, head, {story.label_of(name), story.keys->vrf_key.prove(base::as_bytes(name))});
        EXPECT_TRUE(proof ? check(*proof, name).has_value()
                          : proof.error().kind == store::StoreFaultKind::damaged);
        kept += proof ? 0 : 1;
    }
    EXPECT_GT(kept, 0u);
}

TEST_F(AccountProof, in_the_brief_form_needs_the_vrf_key_and_shows_the_same) {
    auto const brief = prove("alice", ProofForm::brief);
    ProofKeys keys{story.log_key()};
    EXPECT_EQ(check_account_proof(brief, "alice", keys).error(), AccountProofFault::vrf_key_needed);
    keys.vrf_key = story.keys->vrf_key.public_key();
    auto const proved = check_account_proof(brief, "alice", keys).value();
    EXPECT_EQ(proved.row, check(prove("alice")).value().row);
    EXPECT_FALSE(proved.network);
    EXPECT_EQ(check_account_proof(brief, "bob", keys).error(), AccountProofFault::wrong_name);
    EXPECT_LT(brief.size() + 600, prove("alice").size());
}

// The whole form says which VRF key it is; one that is brought along must be the same.
TEST_F(AccountProof, under_another_vrf_key_is_refused_in_either_form) {
    ProofKeys keys{story.log_key()};
    keys.vrf_key = crypto::VrfPublicKey::from(story.keys->opaque_keys.public_key.view());
    EXPECT_EQ(check_account_proof(prove("alice"), "alice", keys).error(), AccountProofFault::wrong_genesis);
    EXPECT_EQ(check_account_proof(prove("alice", ProofForm::brief), "alice", keys).error(),
              AccountProofFault::wrong_name);
}

TEST_F(AccountProof, of_one_name_is_refused_for_another) {
    EXPECT_EQ(check(prove("alice"), "bob").error(), AccountProofFault::wrong_name);
    EXPECT_EQ(check(prove("alice"), "").error(), AccountProofFault::wrong_name);
}

TEST_F(AccountProof, under_another_log_key_is_refused) {
    auto const other = merkle::VerifierKey::make(log_origin_of(story.settings), merkle::NoteKeyType::ed25519,
                                                 test::test_key("other").public_key());
    EXPECT_EQ(check_account_proof(prove("alice"), "alice", {other}).error(),
              AccountProofFault::wrong_checkpoint);
}

TEST_F(AccountProof, with_any_byte_flipped_is_refused) {
    for (auto const* const name : {"alice", "nobody"}) {
        auto proof = prove(name);
        for (std::size_t place = 0; place < proof.size(); ++place) {
            proof[place] = static_cast<char>(proof[place] ^ 0x01);
            EXPECT_FALSE(check(proof, name)) << place;
            proof[place] = static_cast<char>(proof[place] ^ 0x01);
        }
        EXPECT_TRUE(check(proof, name));
    }
}

TEST_F(AccountProof, cut_at_any_byte_is_refused) {
    auto const proof = prove("alice");
    for (std::size_t size = 0; size < proof.size(); ++size)
        EXPECT_FALSE(check(proof.substr(0, size))) << size;
    EXPECT_FALSE(check(proof + "\n"));
}

// An old block entry under a newer checkpoint is genuine, and stale: it must stand at index size − 1.
TEST_F(AccountProof, of_an_earlier_block_under_a_newer_checkpoint_is_refused) {
    auto const old_head = story.chain->head();
    auto old_file = merkle::parse_proof_file(prove("alice")).value();
    story.order({story.register_entry("carol")});
    auto const& head = *story.chain->head();
    class Tiles final : public merkle::TileSource {
    public:
        explicit Tiles(store::LedgerDatabase& ledger) : ledger_(ledger) {}
        std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const override {
            return ledger_.load_tile(level, number).value();
        }

    private:
        store::LedgerDatabase& ledger_;
    } const tiles(*story.ledger);
    old_file.checkpoint = head.checkpoint;
    old_file.path = merkle::make_inclusion_proof(tiles, old_head->block_index, head.size).value();
    EXPECT_FALSE(check(merkle::print_proof_file(old_file)));
    EXPECT_TRUE(check(prove("alice")));
}

// While a block is durable and its head not yet published, the rows are newer than the head.
TEST_F(AccountProof, from_a_head_older_than_the_rows_is_not_made) {
    auto const old_head = story.chain->head();
    story.order({story.register_entry("carol")});
    auto const vrf_proof = story.keys->vrf_key.prove(base::as_bytes("carol"));
    EXPECT_FALSE(make_account_proof(*story.ledger, old_head, {story.label_of("carol"), vrf_proof}));
}

} // namespace
} // namespace bulla::service
