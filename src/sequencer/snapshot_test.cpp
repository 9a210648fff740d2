#include "sequencer/snapshot.hpp"

#include "ledger/fields.hpp"
#include "sequencer/log_fill.hpp"
#include "support/comet_network.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::sequencer {
namespace {

using store::EngineHeight;
using store::StateFamily;

struct OwnRow {
    StateFamily family;
    base::ByteBuffer key;
    base::ByteBuffer value;
};
store::StateRow view(OwnRow const& row) {
    return {.family = row.family, .key = row.key, .value = row.value};
}
bool are_equal(store::StateRow const& left, store::StateRow const& right) {
    return left.family == right.family && std::ranges::equal(left.key, right.key) &&
           std::ranges::equal(left.value, right.value);
}

std::vector<base::ByteBuffer> cut(std::vector<OwnRow> const& rows, std::size_t chunk_size) {
    std::vector<base::ByteBuffer> chunks;
    ChunkCutter cutter(
        [&](base::ByteView chunk) {
            chunks.push_back(base::to_buffer(chunk));
            return true;
        },
        chunk_size);
    for (auto const& row : rows)
        EXPECT_TRUE(cutter.add(view(row)));
    EXPECT_TRUE(cutter.finish());
    return chunks;
}

std::vector<OwnRow> draw_rows() {
    std::vector<OwnRow> rows(*rc::gen::inRange<std::size_t>(0, 20));
    for (auto& row : rows) {
        row.family = static_cast<StateFamily>(*rc::gen::inRange(1, 4));
        row.key = *rc::gen::container<base::ByteBuffer>(*rc::gen::inRange<std::size_t>(0, 40),
                                                        rc::gen::arbitrary<std::uint8_t>());
        row.value = *rc::gen::container<base::ByteBuffer>(*rc::gen::inRange<std::size_t>(0, 200),
                                                          rc::gen::arbitrary<std::uint8_t>());
    }
    return rows;
}

RC_GTEST_PROP(Snapshot, chunks_hold_the_rows_in_their_order, ()) {
    auto const rows = draw_rows();
    auto const chunk_size = *rc::gen::inRange<std::size_t>(1, 500);
    auto const chunks = cut(rows, chunk_size);
    std::size_t place = 0;
    for (auto const& chunk : chunks) {
        auto const parsed = parse_chunk(chunk);
        RC_ASSERT(parsed.has_value());
        RC_ASSERT(chunk.size() <= chunk_size || parsed->size() == 1U);
        for (auto const& row : *parsed)
            RC_ASSERT(are_equal(row, view(rows.at(place++))));
    }
    RC_ASSERT(place == rows.size());
}

RC_GTEST_PROP(Snapshot, a_chunk_that_is_cut_or_of_no_family_is_refused, ()) {
    auto const chunk = cut(draw_rows(), 1'000'000).front();
    RC_PRE(!chunk.empty());
    auto const size = *rc::gen::inRange<std::size_t>(1, chunk.size());
    auto const parsed = parse_chunk(base::ByteView(chunk).first(size));
    if (parsed) { // a cut between two rows leaves whole ones
        std::size_t rows_size = 0;
        for (auto const& row : *parsed)
            rows_size += 6 + row.key.size() + row.value.size();
        RC_ASSERT(rows_size == size);
    }
    auto changed = chunk;
    changed[0] = *rc::gen::element<std::uint8_t>(0, 4, 255);
    RC_ASSERT(!parse_chunk(changed).has_value());
}

TEST(Snapshot, of_nothing_is_one_empty_chunk) {
    EXPECT_EQ(cut({}, 100), std::vector<base::ByteBuffer>{{}});
    EXPECT_TRUE(parse_chunk({})->empty());
}

TEST(Snapshot, offer_without_block_height_or_chunks_is_none) {
    test::TestNetwork const network(4);
    auto const block = ledger::make_genesis_block(network.genesis).built.block_bytes;
    SnapshotOffer const good{
        .height = EngineHeight{7}, .header = {}, .block_entry = block, .hashes = base::ByteBuffer(64, 1)};
    EXPECT_TRUE(is_sound(good));
    EXPECT_EQ(ledger::decode<SnapshotOffer>(ledger::encode(good)).value(), good);
    auto offer = good;
    offer.height = EngineHeight{};
    EXPECT_FALSE(is_sound(offer));
    offer = good;
    offer.hashes.clear();
    EXPECT_FALSE(is_sound(offer));
    offer.hashes.resize(63);
    EXPECT_FALSE(is_sound(offer));
    offer.hashes.resize((chunks_max + 1) * ChunkHash::size);
    EXPECT_FALSE(is_sound(offer));
    offer = good;
    offer.block_entry.pop_back();
    EXPECT_FALSE(is_sound(offer));
}

TEST(Snapshot, is_taken_less_often_as_accounts_grow) {
    EXPECT_FALSE(is_snapshot_height(EngineHeight{0}, 1'000, 0));
    EXPECT_FALSE(is_snapshot_height(EngineHeight{1'000}, 0, 0));
    EXPECT_TRUE(is_snapshot_height(EngineHeight{1'000}, 1'000, 999'999));
    EXPECT_FALSE(is_snapshot_height(EngineHeight{1'001}, 1'000, 0));
    EXPECT_FALSE(is_snapshot_height(EngineHeight{1'000}, 1'000, 1'000'000));
    EXPECT_TRUE(is_snapshot_height(EngineHeight{2'000}, 1'000, 1'000'000));
    EXPECT_TRUE(is_snapshot_height(EngineHeight{16'000}, 1'000, 10'000'000));
    EXPECT_FALSE(is_snapshot_height(EngineHeight{8'000}, 1'000, 10'000'000));
}

// A log whose blocks do not follow one another is refused before a row of it is written.
TEST(LogFill, takes_blocks_in_their_order_alone) {
    test::TestNetwork const network(4);
    auto const genesis = ledger::make_genesis_block(network.genesis);
    test::MemoryLedgerDatabase ledger;
    ASSERT_TRUE(found_chain(ledger, network.genesis).has_value());
    LogFill empty(ledger, EngineHeight{3});
    ASSERT_TRUE(empty.take(genesis.genesis_bytes).has_value());
    ASSERT_TRUE(empty.take(genesis.built.block_bytes).has_value());
    EXPECT_EQ(empty.finish().error(), LogFill::Fault::no_ledger); // nothing after block 0
    LogFill twice(ledger, EngineHeight{3});
    ASSERT_TRUE(twice.take(genesis.genesis_bytes).has_value());
    ASSERT_TRUE(twice.take(genesis.built.block_bytes).has_value());
    ASSERT_TRUE(twice.take(genesis.genesis_bytes).has_value());
    EXPECT_EQ(twice.take(genesis.built.block_bytes).error(), LogFill::Fault::no_ledger);
    LogFill without(ledger, EngineHeight{3});
    EXPECT_EQ(without.take(genesis.built.block_bytes).error(), LogFill::Fault::no_ledger);
    LogFill nothing(ledger, EngineHeight{3});
    EXPECT_EQ(nothing.take({}).error(), LogFill::Fault::no_ledger);
}

} // namespace
} // namespace bulla::sequencer
