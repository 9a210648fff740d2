#include "service/verify.hpp"

#include "sequencer/directory_file.hpp"
#include "service/ledger_story.hpp"
#include "support/map_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace bulla::service {
namespace {

class Verify : public testing::Test {
protected:
    Verify() {
        story.tell();
        rows = story.ledger->rows();
    }

    Verification verify(std::optional<std::string> kept = std::nullopt) {
        test::MemoryLedgerDatabase database(rows);
        return verify_ledger(database, {.guard = story.guard_directory(),
                                        .kept_checkpoint = std::move(kept),
                                        .map_file = map_file,
                                        .threads = 2,
                                        .progress = {}});
    }
    void expect_wrong(VerifyReason reason, std::optional<std::uint64_t> index) {
        auto const wrong = verify().wrong;
        ASSERT_TRUE(wrong);
        EXPECT_EQ(name(wrong->reason), name(reason)) << wrong->file;
        EXPECT_EQ(wrong->index, index ? std::optional(ledger::LeafIndex{*index}) : std::nullopt)
            << wrong->file;
    }

    void order_more(std::string const& name) {
        story.order({story.register_entry(name)});
        rows = story.ledger->rows();
    }

    LedgerStory story;
    std::filesystem::path const map_file = story.directory.path() / "maps" / "directory";
    test::LedgerRows rows; // what a test changes behind the program's back
};

TEST_F(Verify, an_honest_ledger_is_whole) {
    auto const verification = verify();
    EXPECT_FALSE(verification.wrong) << name(verification.wrong->reason) << " " << verification.wrong->file;
    EXPECT_EQ(verification.size, 11);
    EXPECT_EQ(verification.blocks, 5);
    EXPECT_EQ(verification.entries, 6);
}

TEST_F(Verify, progress_reaches_the_end) {
    std::uint64_t last = 0;
    std::ignore = verify_ledger(*story.ledger, {.guard = {},
                                                .kept_checkpoint = {},
                                                .threads = 1,
                                                .progress = [&](std::uint64_t done, std::uint64_t size) {
                                                    last = done;
                                                    EXPECT_LE(done, size);
                                                }});
    EXPECT_EQ(last, 11);
}

TEST_F(Verify, an_empty_ledger_is_an_error) {
    rows = {};
    expect_wrong(VerifyReason::empty_ledger, std::nullopt);
}

TEST_F(Verify, a_changed_byte_of_an_entry_is_named_by_its_index) {
    for (std::size_t index = 0; index < rows.entries.size(); ++index) {
        auto& entry = rows.entries[index];
        for (std::size_t place = index % 3; place < entry.size(); place += 11) {
            entry[place] ^= 0x01;
            auto const wrong = verify().wrong;
            entry[place] ^= 0x01;
            ASSERT_TRUE(wrong) << index << " at " << place;
            EXPECT_EQ(wrong->index, ledger::LeafIndex{index}) << place;
        }
    }
}

// What an operator can write who has every key and leaves out the checks: all of it consistent, but for one
// entry.
test::LedgerRows rewrite_unchecked(test::LedgerRows honest) {
    auto const genesis = ledger::decode<ledger::Genesis>(honest.entries.at(0)).value();
    ledger::MemoryState state(genesis);
    auto head = ledger::make_genesis_block(genesis).built.head;
    merkle::TileWriter tiles;
    std::optional<ledger::BlockBuilder> builder;
    for (auto& [index, bytes] : honest.entries) {
        auto const is_block = ledger::peek_kind(bytes) == ledger::EntryKind::block;
        if (is_block && index > 1) {
            auto built = (*std::move(builder)).close(state.directory_root(), state.network_root());
            builder.reset();
            head = built.head;
            bytes = built.block_bytes;
        } else if (index > 1) {
            auto const entry = ledger::decode_entry(bytes).value();
            if (!builder)
                builder.emplace(head, head.time + std::chrono::seconds{1});
            auto const set = state.load(ledger::read_set(entry), builder->next_place());
            state.apply(ledger::plan(set, entry).value().changes);
            builder->append(entry.leaf_hash);
        }
        tiles.append(merkle::hash_leaf(bytes));
    }
    honest.accounts = state.accounts();
    honest.nodes = state.nodes();
    honest.signing_keys = state.signing_keys();
    honest.tiles.clear();
    for (auto const& tile : tiles.take_changed())
        honest.tiles[{tile.level, tile.number}] = tile.hashes;
    return honest;
}

TEST_F(Verify, an_entry_that_its_account_did_not_sign_is_a_broken_rule_at_that_entry) {
    std::filesystem::remove_all(story.guard_directory());
    rows = rewrite_unchecked(rows);
    expect_wrong(VerifyReason::guard_missing, std::nullopt); // the rewriting alone breaks no rule
    for (std::uint64_t const index : {2u, 4u, 5u, 7u, 9u}) {
        auto const honest = rows;
        auto entry = ledger::decode_entry(rows.entries.at(index)).value().entry;
        entry.evidence.back().parts.back().back() ^= 0x01;
        rows.entries.at(index) = ledger::encode(entry);
        if (index < 9) // later entries of the account name this one's hash
            rows.entries.erase(rows.entries.lower_bound(index == 7 ? 9 : 7), rows.entries.end());
        rows.tip = store::Tip{.height = ledger::BlockHeight{index < 7    ? 2u
                                                            : index == 7 ? 3u
                                                                         : 4u},
                              .block_index = ledger::LeafIndex{rows.entries.size() - 1}};
        rows = rewrite_unchecked(rows);
        auto const wrong = verify().wrong;
        ASSERT_TRUE(wrong && wrong->audit) << index << " " << name(wrong->reason) << wrong->file;
        EXPECT_EQ(wrong->audit->reason, ledger::AuditReason::wrong_signature);
        EXPECT_EQ(wrong->index, ledger::LeafIndex{index});
        rows = honest;
    }
}

TEST_F(Verify, exchanged_entries_are_found_at_the_first_of_them) {
    std::swap(rows.entries[4], rows.entries[5]);
    expect_wrong(VerifyReason::leaf_hash_differs, 4);
}

TEST_F(Verify, a_dropped_entry_is_found_where_it_stood) {
    rows.entries.erase(7);
    EXPECT_EQ(verify().wrong.value().index, ledger::LeafIndex{7});
}

TEST_F(Verify, a_ledger_without_its_last_block_ends_before_the_guard) {
    rows.entries.erase(rows.entries.find(9), rows.entries.end());
    rows.tip = store::Tip{.height = ledger::BlockHeight{3}, .block_index = ledger::LeafIndex{8}};
    rows.tiles.at({0, 0}).resize(9 * 32);
    expect_wrong(VerifyReason::ends_before_guard, std::nullopt);
}

TEST_F(Verify, a_ledger_ahead_of_the_guard_is_whole) {
    auto const record = story.guard_directory() / "checkpoint";
    auto const before = story.directory.path() / "before";
    std::filesystem::copy_file(record, before);
    order_more("carol");
    std::filesystem::copy_file(before, record, std::filesystem::copy_options::overwrite_existing);
    EXPECT_FALSE(verify().wrong);
}

TEST_F(Verify, a_missing_guard_record_is_an_error) {
    std::filesystem::remove(story.guard_directory() / "checkpoint");
    expect_wrong(VerifyReason::guard_missing, std::nullopt);
}

TEST_F(Verify, a_guard_record_or_checkpoint_of_another_origin_is_an_error) {
    auto const file = story.guard_directory() / "checkpoint";
    auto record = sequencer::Guard::read(story.guard_directory()).value();
    record.origin = "elsewhere.example/log";
    std::ofstream(file, std::ios::binary) << merkle::print_checkpoint(record);
    expect_wrong(VerifyReason::guard_damaged, std::nullopt);
    std::filesystem::remove(file);
    auto const wrong = verify(merkle::sign_checkpoint(record, story.keys->log_key)).wrong;
    ASSERT_TRUE(wrong);
    EXPECT_EQ(name(wrong->reason), name(VerifyReason::checkpoint_refused));
}

TEST_F(Verify, a_changed_guard_record_is_an_error) {
    auto const file = story.guard_directory() / "checkpoint";
    std::string text;
    std::getline(std::ifstream(file), text, '\0');
    for (std::size_t place = 0; place < text.size(); ++place) {
        auto changed = text;
        changed[place] = static_cast<char>(changed[place] ^ 0x01);
        std::ofstream(file, std::ios::trunc) << changed;
        EXPECT_TRUE(verify().wrong) << place;
    }
}

TEST_F(Verify, a_changed_tile_hash_is_named_by_the_entry_below_it) {
    rows.tiles.at({0, 0})[32 * 5] ^= 0x01;
    expect_wrong(VerifyReason::leaf_hash_differs, 5);
}

TEST_F(Verify, a_hash_more_or_a_tile_more_is_an_error) {
    auto& tile = rows.tiles.at({0, 0});
    tile.resize(tile.size() + 32);
    expect_wrong(VerifyReason::tile_differs, 10);
    tile.resize(tile.size() - 32);
    rows.tiles[{0, 1}] = base::ByteBuffer(32);
    expect_wrong(VerifyReason::stray_tile, std::nullopt);
}

TEST_F(Verify, a_missing_tile_is_an_error) {
    rows.tiles.clear();
    expect_wrong(VerifyReason::leaf_hash_differs, 0);
}

TEST_F(Verify, a_wrong_or_missing_block_index_is_named_by_its_block) {
    rows.blocks[2] = ledger::LeafIndex{5};
    expect_wrong(VerifyReason::block_index_differs, 6);
    rows.blocks.erase(2);
    expect_wrong(VerifyReason::block_index_differs, 6);
}

TEST_F(Verify, a_tip_of_another_height_is_an_error) {
    rows.tip->height = ledger::BlockHeight{3};
    expect_wrong(VerifyReason::tip_differs, 10);
}

TEST_F(Verify, a_changed_account_row_is_named_by_the_accounts_last_entry) {
    rows.accounts.at(story.label_of("alice")).state->epoch = ledger::Epoch{1};
    expect_wrong(VerifyReason::account_row_differs, 7);
}

TEST_F(Verify, a_missing_account_row_is_named_by_the_accounts_last_entry) {
    rows.accounts.erase(story.label_of("bob"));
    expect_wrong(VerifyReason::account_row_differs, 9);
}

TEST_F(Verify, an_account_that_no_entry_made_is_an_error) {
    rows.accounts[story.label_of("mallory")] = rows.accounts.at(story.label_of("alice"));
    expect_wrong(VerifyReason::account_row_differs, std::nullopt);
}

TEST_F(Verify, a_changed_added_or_missing_signing_key_is_an_error) {
    auto const honest = rows.signing_keys;
    rows.signing_keys.begin()->second.ends = test::world_time;
    expect_wrong(VerifyReason::signing_key_row_differs, std::nullopt);
    rows.signing_keys = honest;
    rows.signing_keys[test::test_bytes<ledger::KeyId>("x")] = honest.begin()->second;
    expect_wrong(VerifyReason::signing_key_row_differs, std::nullopt);
    rows.signing_keys.clear();
    expect_wrong(VerifyReason::signing_key_row_differs, std::nullopt);
}

TEST_F(Verify, changed_network_rows_are_errors) {
    ++rows.nodes->number;
    expect_wrong(VerifyReason::nodes_row_differs, std::nullopt);
    --rows.nodes->number;
    rows.policy->open_name_lookup = true;
    expect_wrong(VerifyReason::policy_row_differs, std::nullopt);
    rows.policy->open_name_lookup = false;
    rows.network_rows[ledger::NetworkRowName::client({})] = ledger::encode(ledger::ClientRow{});
    expect_wrong(VerifyReason::network_row_differs, std::nullopt);
}

TEST_F(Verify, an_account_without_its_erasable_row_is_an_error) {
    rows.side_rows.erase(story.label_of("alice"));
    expect_wrong(VerifyReason::side_row_missing, 7);
}

// Only a node that was removed is brought no rows any more.
TEST_F(Verify, a_node_of_the_list_and_who_never_was_one_lack_no_erasable_row_unseen) {
    rows.side_rows.erase(story.label_of("alice"));
    for (auto const& node : {story.chain->head()->nodes->nodes[0].id, ledger::NodeId{}}) {
        test::MemoryLedgerDatabase database(rows);
        auto const verification = verify_ledger(
            database, {.guard = {}, .kept_checkpoint = {}, .node = node, .threads = 1, .progress = {}});
        EXPECT_EQ(verification.wrong.value().reason, VerifyReason::side_row_missing);
        EXPECT_FALSE(verification.is_of_removed_node);
    }
}

TEST_F(Verify, an_erasable_row_that_outlives_its_account_is_an_error) {
    rows.side_rows[story.label_of("bob")] = rows.side_rows.at(story.label_of("alice"));
    expect_wrong(VerifyReason::stray_side_row, 9);
}

TEST_F(Verify, an_erasable_row_must_hold_what_the_ledger_committed_to) {
    auto& row = rows.side_rows.at(story.label_of("alice"));
    auto const honest = row;
    row.opening = test::test_bytes<ledger::Opening>("another");
    expect_wrong(VerifyReason::wrong_opening, 7);
    row = honest;
    (*row.opaque_record)[0] ^= 0x01;
    expect_wrong(VerifyReason::wrong_opaque_record, 7);
    row.opaque_record.reset();
    expect_wrong(VerifyReason::wrong_opaque_record, 7);
    row = honest;
    row.vrf_proof = story.keys->vrf_key.prove(base::as_bytes("bob"));
    expect_wrong(VerifyReason::wrong_vrf_proof, 7);
}

TEST_F(Verify, every_checkpoint_kept_from_before_is_extended) {
    auto const kept = story.chain->head()->checkpoint;
    order_more("carol");
    EXPECT_FALSE(verify(kept).wrong);
    EXPECT_FALSE(verify(story.chain->head()->checkpoint).wrong);
}

TEST_F(Verify, a_checkpoint_of_another_key_or_no_checkpoint_is_refused) {
    merkle::Checkpoint const checkpoint{
        .origin = log_origin_of(story.settings), .size = ledger::TreeSize{11}, .root = {}};
    for (auto const& note :
         {merkle::sign_checkpoint(checkpoint, test::test_key("other")), std::string("nothing")})
        EXPECT_EQ(verify(note).wrong.value().reason, VerifyReason::checkpoint_refused);
}

// Somebody with every key of the server writes the history anew; only what was kept outside shows it.
TEST_F(Verify, a_history_written_anew_with_all_keys_is_found_by_a_kept_checkpoint_alone) {
    auto const kept = story.chain->head()->checkpoint;
    auto const size = story.chain->head()->size;
    story.forget_everything();
    story.begin();
    order_more("bob");
    EXPECT_FALSE(verify().wrong);
    EXPECT_EQ(verify(kept).wrong.value().reason, VerifyReason::ends_before_checkpoint);
    for (int number = 0; story.chain->head()->size < size; ++number)
        order_more("more" + std::to_string(number));
    EXPECT_FALSE(verify().wrong);
    EXPECT_EQ(verify(kept).wrong.value().reason, VerifyReason::differs_from_checkpoint);
}

// --- the map file
// ---------------------------------------------------------------------------------------------

TEST_F(Verify, a_map_file_of_the_last_block_or_an_earlier_one_is_good) {
    ASSERT_TRUE(sequencer::store_directory_file(map_file, *story.chain->head()));
    EXPECT_FALSE(verify().wrong);
    order_more("carol");
    EXPECT_FALSE(verify().wrong);
}

TEST_F(Verify, a_map_file_newer_than_the_copy_being_verified_is_good) {
    auto const older = rows;
    std::filesystem::copy(story.guard_directory(), story.directory.path() / "older");
    order_more("carol");
    ASSERT_TRUE(sequencer::store_directory_file(map_file, *story.chain->head()));
    test::MemoryLedgerDatabase copy(older);
    EXPECT_FALSE(verify_ledger(copy, {.guard = story.directory.path() / "older",
                                      .kept_checkpoint = {},
                                      .map_file = map_file,
                                      .threads = 1,
                                      .progress = {}})
                     .wrong);
}

// G21
TEST_F(Verify, a_flipped_byte_of_the_map_file_is_found_and_so_is_a_file_cut_short) {
    ASSERT_TRUE(sequencer::store_directory_file(map_file, *story.chain->head()));
    auto bytes = test::read_bytes(map_file);
    bytes[40] ^= 1;
    test::write_bytes(map_file, bytes);
    expect_wrong(VerifyReason::map_file_damaged, std::nullopt);
    test::write_bytes(map_file, base::ByteView(bytes).first(100));
    expect_wrong(VerifyReason::map_file_damaged, std::nullopt);
}

TEST_F(Verify, a_false_hash_in_a_map_file_with_a_good_checksum_is_found) {
    ASSERT_TRUE(sequencer::store_directory_file(map_file, *story.chain->head()));
    test::falsify_last_hash(map_file);
    expect_wrong(VerifyReason::map_file_differs, std::nullopt);
}

TEST_F(Verify, a_map_file_of_another_directory_is_found) {
    auto head = *story.chain->head();
    head.directory = merkle::CommittedMap();
    ASSERT_TRUE(sequencer::store_directory_file(map_file, head));
    expect_wrong(VerifyReason::map_file_differs, std::nullopt);
}

} // namespace
} // namespace bulla::service
