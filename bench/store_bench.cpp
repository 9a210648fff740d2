// LINK: store
// Commits of one-entry blocks beside the bare sync they pay for, and reads of account rows.
#include "base/big_endian.hpp"
#include "crypto/hash.hpp"
#include "crypto/start.hpp"
#include "store/ledger_database.hpp"
#include "store/live_database.hpp"

#include <benchmark/benchmark.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace {

namespace base = bulla::base;
namespace fs = std::filesystem;
namespace ledger = bulla::ledger;
namespace store = bulla::store;

constexpr std::size_t entry_size = 400; // of a registration, about
constexpr std::uint64_t accounts_count = 100'000;

class Directory {
public:
    Directory() {
        auto name = (fs::temp_directory_path() / "bulla-bench-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Directory() { fs::remove_all(path_); }
    fs::path const& path() const { return path_; }

private:
    fs::path path_;
};

ledger::Label label_of(std::uint64_t number) {
    return ledger::Label::from(bulla::crypto::sha256(base::u64be(number)));
}

ledger::AccountRow account_of(std::uint64_t number) {
    auto const key = ledger::Ed25519PublicKey::from(bulla::crypto::sha256(base::u64be(~number)));
    ledger::AccountState state{.registered = ledger::AccountVersion{1},
                               .credentials = {{.key = {.public_key = ledger::PublicKey(key)}}}};
    auto const commitment = ledger::commit(state);
    return {.head = {.version = ledger::AccountVersion{1}, .commitment = commitment},
            .state = std::move(state)};
}

store::SideRow side_row() {
    return {.opaque_record = base::ByteBuffer(192, 1)};
}

// A block of `count` registrations.
store::BlockBatch block_of(std::uint64_t height, ledger::LeafIndex first, std::uint64_t count) {
    store::BlockBatch block{.height = ledger::BlockHeight{height}, .first_index = first};
    for (std::uint64_t index = 0; index < count; ++index) {
        auto const number = first.number() + index;
        block.entries.emplace_back(entry_size, static_cast<std::uint8_t>(number));
        block.accounts.emplace(label_of(number), account_of(number));
        block.side_writes.push_back({.label = label_of(number), .row = side_row()});
    }
    block.entries.emplace_back(160, std::uint8_t{0});
    auto const last = first.number() + count; // the newest tile ends with it
    block.tiles.push_back({.level = 0,
                           .number = last / 256,
                           .hashes = base::ByteBuffer(32 * (last % 256 + 1), std::uint8_t{1})});
    return block;
}

void bare_append_and_fdatasync(benchmark::State& state) {
    Directory const directory;
    int const file =
        ::open((directory.path() / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    base::ByteBuffer const record(6'000, 1); // what a block of one registration adds to the log
    for (auto _ : state) {
        CHECK(::write(file, record.data(), record.size()) == static_cast<ssize_t>(record.size()));
        CHECK(::fdatasync(file) == 0);
    }
    ::close(file);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bare_append_and_fdatasync)->UseRealTime();

void commit_blocks(benchmark::State& state) {
    Directory const directory;
    auto const database = *store::LedgerDatabase::open(directory.path(), store::OpenMode::create);
    auto const count = static_cast<std::uint64_t>(state.range(0));
    std::uint64_t height = 0;
    ledger::LeafIndex first{0};
    for (auto _ : state) {
        CHECK(database->commit(block_of(height++, first, count)).has_value());
        first = ledger::LeafIndex{first.number() + count + 1};
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(commit_blocks)->Arg(1)->Arg(32)->Arg(256)->UseRealTime();

void load_accounts(benchmark::State& state) {
    Directory const directory;
    auto const database = *store::LedgerDatabase::open(directory.path(), store::OpenMode::create);
    ledger::LeafIndex first{0};
    for (std::uint64_t height = 0; first.number() < accounts_count; ++height) {
        CHECK(database->commit(block_of(height, first, 255)).has_value());
        first = ledger::LeafIndex{first.number() + 256};
    }
    std::uint64_t number = 0;
    for (auto _ : state) {
        number = (number + 7'919) % accounts_count;
        benchmark::DoNotOptimize(database->load_account(label_of(number)));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(load_accounts);

void store_counters(benchmark::State& state) {
    Directory const directory;
    auto const database = *store::LiveDatabase::open(directory.path());
    std::uint64_t number = 0;
    for (auto _ : state) {
        ++number;
        CHECK(database
                  ->change_counters({{.key = base::to_buffer(base::u64be(number % 10'000)),
                                      .row = base::to_buffer(base::u64be(number))}})
                  .has_value());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(store_counters);

void open_and_close(benchmark::State& state) {
    Directory const directory;
    CHECK((*store::LedgerDatabase::open(directory.path(), store::OpenMode::create))
              ->commit(block_of(0, ledger::LeafIndex{0}, 1))
              .has_value());
    auto const mode = state.range(0) == 0 ? store::OpenMode::read_only : store::OpenMode::existing;
    for (auto _ : state)
        CHECK(store::LedgerDatabase::open(directory.path(), mode).has_value());
}
BENCHMARK(open_and_close)->Arg(0)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    bulla::crypto::start();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
