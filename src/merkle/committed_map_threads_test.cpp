#include "base/mutex.hpp"
#include "support/naive_map.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace bulla::merkle {
namespace {

constexpr std::uint64_t key_count = 300;
constexpr unsigned block_count = 400;

// The newest snapshot, handed from the writer to the readers as the head of the ledger is.
struct Published {
    base::Mutex mutex;
    CommittedMap map GUARDED_BY(mutex);
    CommittedMap load() {
        base::Lock const lock(mutex);
        return map;
    }
    void store(CommittedMap newer) {
        base::Lock const lock(mutex);
        map = std::move(newer);
    }
};

// In block n every key has the value n.
ValueHash value_of_block(unsigned block) {
    return hash_value(base::as_bytes(std::to_string(block)));
}

std::vector<MapChange> changes_of_block(unsigned block) {
    std::vector<MapChange> changes;
    for (std::uint64_t seed = 0; seed < key_count; ++seed)
        changes.push_back({.key = test::hashed_key(seed), .value_hash = value_of_block(block)});
    return changes;
}

// A reader sees one block whole: every key proved under the root has the same value.
unsigned count_torn_snapshots(Published& published, std::atomic<unsigned> const& blocks_done) {
    unsigned torn = 0;
    do {
        auto const map = published.load();
        auto const root = map.root();
        auto const expected = check_map_proof(root, test::hashed_key(0), map.prove(test::hashed_key(0)));
        for (std::uint64_t seed = 0; seed < key_count; seed += 37) {
            auto const answer =
                check_map_proof(root, test::hashed_key(seed), map.prove(test::hashed_key(seed)));
            torn += answer && expected && *answer == *expected ? 0 : 1;
        }
    } while (blocks_done < block_count);
    return torn;
}

// G27
TEST(CommittedMap, is_whole_to_readers_while_a_writer_changes_every_row) {
    Published published;
    published.store(CommittedMap().apply(changes_of_block(0)));
    std::atomic<unsigned> blocks_done = 0;
    std::atomic<unsigned> torn = 0;
    {
        std::vector<std::jthread> readers;
        for (auto reader = 0; reader < 3; ++reader)
            readers.emplace_back([&] { torn += count_torn_snapshots(published, blocks_done); });
        for (unsigned block = 1; block <= block_count; ++block) {
            published.store(published.load().apply(changes_of_block(block)));
            blocks_done = block;
        }
    }
    EXPECT_EQ(torn, 0u);
    EXPECT_EQ(published.load().find(test::hashed_key(1)), value_of_block(block_count));
    EXPECT_EQ(published.load().footprint().leaves, key_count + 2);
}

} // namespace
} // namespace bulla::merkle
