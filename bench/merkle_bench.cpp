// The log tree and the committed map at a million rows, beside the bare hash they are made of.
#include "base/big_endian.hpp"
#include "crypto/hash.hpp"
#include "crypto/start.hpp"
#include "merkle/committed_map.hpp"
#include "merkle/frontier.hpp"
#include "merkle/tile_writer.hpp"

#include <benchmark/benchmark.h>

namespace {

namespace base = bulla::base;
namespace crypto = bulla::crypto;
namespace merkle = bulla::merkle;
using merkle::MapChange;
using merkle::MapRow;

constexpr std::uint64_t row_count = 1'000'000;

merkle::MapKey key_of(std::uint64_t seed) {
    return merkle::MapKey::from(crypto::sha256(base::u64be(seed)));
}

std::vector<MapRow> const& million_rows() {
    static auto const rows = [] {
        std::vector<MapRow> made;
        for (std::uint64_t seed = 0; seed < row_count; ++seed)
            made.push_back({.key = key_of(seed), .value_hash = {}});
        std::ranges::sort(made, {}, &MapRow::key);
        return made;
    }();
    return rows;
}

merkle::CommittedMap const& million_map() {
    static auto const map = *merkle::CommittedMap::build(million_rows());
    return map;
}

std::vector<MapChange> changes_of(std::uint64_t count, std::uint64_t seed, std::uint64_t stride) {
    std::vector<MapChange> changes;
    for (std::uint64_t index = 0; index < count; ++index) {
        auto const value = merkle::hash_value(base::u64be(seed + index));
        changes.push_back({.key = key_of((seed + index) * stride % (2 * row_count)), .value_hash = value});
    }
    return changes;
}

void sha256_of_65_bytes(benchmark::State& state) {
    std::array<std::uint8_t, 65> bytes{};
    for (auto _ : state) {
        auto const digest = crypto::sha256(bytes);
        bytes[0] = digest[0];
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sha256_of_65_bytes);

void append_to_frontier(benchmark::State& state) {
    merkle::Frontier frontier;
    for (auto _ : state)
        frontier.append(merkle::LeafHash{});
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(append_to_frontier);

void append_to_tiles(benchmark::State& state) {
    merkle::TileWriter writer;
    for (auto _ : state) {
        writer.append(merkle::LeafHash{});
        if (writer.size().number() % 100 == 0)
            benchmark::DoNotOptimize(writer.take_changed());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(append_to_tiles);

void build_a_million_rows(benchmark::State& state) {
    auto const& rows = million_rows();
    for (auto _ : state)
        benchmark::DoNotOptimize(*merkle::CommittedMap::build(rows));
}
BENCHMARK(build_a_million_rows)->Unit(benchmark::kMillisecond)->Iterations(2);

void restore_a_million_rows(benchmark::State& state) {
    auto const& rows = million_rows();
    std::vector<merkle::MapNodeHash> hashes;
    million_map().for_each_inner_hash([&](auto const& hash) { hashes.push_back(hash); });
    for (auto _ : state)
        benchmark::DoNotOptimize(*merkle::CommittedMap::restore_unverified(rows, hashes));
    auto const footprint = million_map().footprint();
    state.counters["bytes_per_row"] = static_cast<double>(footprint.bytes) / static_cast<double>(row_count);
}
BENCHMARK(restore_a_million_rows)->Unit(benchmark::kMillisecond)->Iterations(3);

void check_the_hashes_of_a_million_rows(benchmark::State& state) {
    for (auto _ : state)
        CHECK(million_map().has_true_hashes());
}
BENCHMARK(check_the_hashes_of_a_million_rows)->Unit(benchmark::kMillisecond)->Iterations(2);

// New keys and updates half and half, in blocks of the argument's size.
void apply_to_a_million_rows(benchmark::State& state) {
    auto map = million_map();
    auto const count = static_cast<std::uint64_t>(state.range(0));
    std::uint64_t seed = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto const changes = changes_of(count, seed, 7919);
        seed += count;
        state.ResumeTiming();
        map = map.apply(changes);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(apply_to_a_million_rows)->Arg(1)->Arg(100)->Arg(1000);

void prove_among_a_million_rows(benchmark::State& state) {
    auto const& map = million_map();
    std::uint64_t seed = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(encode_map_proof(map.prove(key_of(seed += 7919))));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(prove_among_a_million_rows);

void prove_and_check_among_a_million_rows(benchmark::State& state) {
    auto const& map = million_map();
    auto const root = map.root();
    std::uint64_t seed = 0;
    for (auto _ : state) {
        auto const key = key_of(seed += 7919);
        CHECK(check_map_proof(root, key, map.prove(key)));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(prove_and_check_among_a_million_rows);

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
