#include "sequencer/snapshot_keeper.hpp"

#include "support/comet_network.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace bulla::sequencer {
namespace {

namespace fs = std::filesystem;
using store::EngineHeight;

constexpr std::size_t chunk_size = 200;

class SnapshotKeeping : public testing::Test {
protected:
    SnapshotKeeping() {
        CHECK(found_chain(ledger_, network_.genesis).has_value());
        block_entry_ = ledger_.load_entry(ledger::LeafIndex{1}).value();
    }
    fs::path place() const { return directory_.path() / "snapshots"; }
    std::unique_ptr<SnapshotKeeper> make() const {
        auto keeper = std::make_unique<SnapshotKeeper>(place(), test::silent_log(), chunk_size);
        keeper->take({.offer = offer(1), .view = test::MemoryLedgerDatabase(ledger_.rows()).view_state()});
        keeper->await_idle();
        return keeper;
    }
    SnapshotOffer offer(std::uint64_t height) const {
        return {.height = EngineHeight{height}, .header = {}, .block_entry = block_entry_, .hashes = {}};
    }
    void take(SnapshotKeeper& keeper, std::uint64_t height) {
        keeper.take({.offer = offer(height), .view = ledger_.view_state()});
        keeper.await_idle();
    }
    static std::vector<std::uint64_t> heights(SnapshotList const& list) {
        std::vector<std::uint64_t> heights;
        for (auto const& each : list.offers)
            heights.push_back(each.height.number());
        return heights;
    }

    test::TestNetwork const network_{4};
    test::TemporaryDirectory const directory_;
    test::MemoryLedgerDatabase ledger_;
    base::ByteBuffer block_entry_;
};

TEST_F(SnapshotKeeping, gives_chunks_that_are_those_of_the_offer) {
    auto const keeper = make();
    auto const list = keeper->list(EngineHeight{1});
    ASSERT_EQ(list.offers.size(), 1U);
    auto const& offered = list.offers[0];
    ASSERT_TRUE(is_sound(offered));
    EXPECT_GT(offered.chunk_count(), 1U);
    std::size_t rows = 0;
    for (std::uint32_t number = 0; number < offered.chunk_count(); ++number) {
        auto const chunk = keeper->load_chunk(EngineHeight{1}, number);
        ASSERT_TRUE(chunk.has_value());
        EXPECT_EQ(hash_chunk(*chunk), offered.chunk_hash(number));
        rows += parse_chunk(*chunk).value().size();
    }
    EXPECT_EQ(rows, 2U); // the list of nodes and the policy
    EXPECT_FALSE(keeper->load_chunk(EngineHeight{1}, static_cast<std::uint32_t>(offered.chunk_count())));
    EXPECT_FALSE(keeper->load_chunk(EngineHeight{2}, 0));
}

TEST_F(SnapshotKeeping, keeps_the_newest_two_and_lists_up_to_a_height) {
    auto const keeper = make();
    for (std::uint64_t height = 2; height <= 4; ++height)
        take(*keeper, height);
    EXPECT_EQ(heights(keeper->list(EngineHeight{9})), (std::vector<std::uint64_t>{4, 3}));
    EXPECT_EQ(heights(keeper->list(EngineHeight{3})), (std::vector<std::uint64_t>{3}));
    EXPECT_TRUE(keeper->list(EngineHeight{2}).offers.empty());
    EXPECT_FALSE(fs::exists(place() / "2"));
    EXPECT_FALSE(fs::exists(place() / "new"));
    take(*keeper, 4); // delivered again
    EXPECT_EQ(heights(keeper->list(EngineHeight{9})), (std::vector<std::uint64_t>{4, 3}));
}

TEST_F(SnapshotKeeping, takes_over_what_is_whole_and_removes_the_rest) {
    make().reset();
    fs::create_directories(place() / "new");
    fs::create_directories(place() / "17");
    fs::create_directories(place() / "18");
    std::ofstream(place() / "17" / "offer") << "no offer";
    fs::copy_file(place() / "1" / "offer", place() / "18" / "offer"); // of another height
    SnapshotKeeper keeper(place(), test::silent_log(), chunk_size);
    take(keeper, 19);
    EXPECT_EQ(heights(keeper.list(EngineHeight{99})), (std::vector<std::uint64_t>{19, 1}));
    for (auto const* const gone : {"new", "17", "18"})
        EXPECT_FALSE(fs::exists(place() / gone)) << gone;
}

TEST_F(SnapshotKeeping, leaves_out_one_that_cannot_be_written) {
    std::ofstream(place()) << "a file where the directory should be";
    SnapshotKeeper keeper(place(), test::silent_log(), chunk_size);
    take(keeper, 1);
    EXPECT_TRUE(keeper.list(EngineHeight{9}).offers.empty());
    fs::remove(place());
    take(keeper, 2);
    EXPECT_EQ(heights(keeper.list(EngineHeight{9})), (std::vector<std::uint64_t>{2}));
}

} // namespace
} // namespace bulla::sequencer
