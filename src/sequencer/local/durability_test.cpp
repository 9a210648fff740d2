// The local sequencer on RocksDB and on the file system: restarts, kills, and old copies put back.
#include "sequencer/local/local_sequencer.hpp"

#include "ledger/audit.hpp"
#include "net/io_threads.hpp"
#include "support/sequencer_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <csignal>
#include <unistd.h>

namespace bulla::sequencer {
namespace {

using test::submission_of;
using test::TestAccount;
namespace fs = std::filesystem;

struct Site {
    test::TestNetwork network;
    test::TemporaryDirectory directory;
    test::ManualClock clock;
    fs::path const ledger_path = directory.path() / "ledger";

    Site() {
        auto const ledger = store::LedgerDatabase::open(ledger_path, store::OpenMode::create).value();
        CHECK(found_chain(*ledger, network.genesis).has_value());
        CHECK(Guard::open(directory.path() / "guard", network.genesis.nodes.origin, Guard::Start::first)
                  .has_value());
    }
    Result<Chain, ChainFault> open(store::LedgerDatabase& ledger) const {
        auto guard =
            Guard::open(directory.path() / "guard", network.genesis.nodes.origin, Guard::Start::again)
                .value();
        return Chain::open(ledger, std::move(guard), network.log_key);
    }
};

// A running sequencer. Its parts end in the order that its header asks for.
struct Running {
    explicit Running(Site const& site)
        : ledger(store::LedgerDatabase::open(site.ledger_path, store::OpenMode::existing).value()),
          io(2),
          sequencer(site.open(*ledger).value(), *ledger, site.clock) {}

    std::future<Result<Receipt, OrderFault>> order(ledger::Entry const& entry) {
        return boost::asio::co_spawn(io.pick(), sequencer.order(submission_of(entry)),
                                     boost::asio::use_future);
    }

    std::unique_ptr<store::LedgerDatabase> ledger;
    net::IoThreads io;
    LocalSequencer sequencer;
};

std::vector<std::future<Result<Receipt, OrderFault>>>
register_accounts(Running& running, Site const& site, std::uint64_t first, std::uint64_t count) {
    std::vector<std::future<Result<Receipt, OrderFault>>> orders;
    for (std::uint64_t number = first; number < first + count; ++number)
        orders.push_back(running.order(TestAccount(site.network, number).register_entry()));
    return orders;
}

void expect_audited(store::LedgerDatabase& ledger, Head const& head) {
    ledger::Audit audit;
    for (auto const& entry : test::log_of(ledger)) {
        auto const checks = audit.feed(entry);
        ASSERT_TRUE(checks.has_value());
        for (auto const& check : *checks)
            ASSERT_TRUE(credential::check(check.planned.check));
    }
    ASSERT_TRUE(audit.finish().has_value());
    EXPECT_EQ(audit.head().frontier.root(), head.root);
    std::map<ledger::Label, ledger::AccountRow> accounts;
    ASSERT_TRUE(ledger
                    .each_account([&](ledger::Label const& label, ledger::AccountRow const& row) {
                        accounts.emplace(label, row);
                        return true;
                    })
                    .has_value());
    EXPECT_EQ(audit.state().accounts(), accounts);
}

TEST(LocalSequencerOnDisk, comes_back_after_each_restart_and_goes_on) {
    Site const site;
    std::string checkpoint;
    for (std::uint64_t round = 0; round < 3; ++round) {
        Running running(site);
        if (round > 0)
            EXPECT_EQ(running.sequencer.heads().newest()->checkpoint, checkpoint);
        for (auto& order : register_accounts(running, site, 1 + 150 * round, 150)) // beyond a tile
            EXPECT_TRUE(order.get().has_value());
        checkpoint = running.sequencer.heads().newest()->checkpoint;
        expect_audited(*running.ledger, *running.sequencer.heads().newest());
    }
}

// What a restore of a file copy looks like: everything but the guard is as it was.
TEST(LocalSequencerOnDisk, is_not_started_on_an_old_copy_of_its_ledger) {
    Site const site;
    std::uint64_t old_size = 0;
    std::uint64_t new_size = 0;
    {
        Running running(site);
        for (auto& order : register_accounts(running, site, 1, 5))
            EXPECT_TRUE(order.get().has_value());
        ASSERT_TRUE(running.ledger->checkpoint(site.directory.path() / "copy").has_value());
        old_size = running.sequencer.heads().newest()->size.number();
        for (auto& order : register_accounts(running, site, 10, 5))
            EXPECT_TRUE(order.get().has_value());
        new_size = running.sequencer.heads().newest()->size.number();
    }
    fs::remove_all(site.ledger_path);
    fs::rename(site.directory.path() / "copy", site.ledger_path);
    auto const restored = store::LedgerDatabase::open(site.ledger_path, store::OpenMode::existing).value();
    auto const opened = site.open(*restored);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, ChainFault::Kind::behind_guard);
    EXPECT_EQ(opened.error().ledger_size, old_size);
    EXPECT_EQ(opened.error().guard_size, new_size);
}

// --- killed
// ---------------------------------------------------------------------------------------------------

struct Told {
    std::uint64_t index;
    std::array<std::uint8_t, ledger::LeafHash::size> leaf_hash;
};

// Owners that register one account after the other and tell each receipt, until the process is killed.
[[noreturn]] void tell_receipts(Site const& site, int pipe, std::uint64_t first_number) {
    Running running(site);
    auto const own = [&](std::uint64_t number) -> boost::asio::awaitable<void> {
        for (;; number += 4) {
            auto const entry = TestAccount(site.network, number).register_entry();
            auto const receipt = co_await running.sequencer.order(submission_of(entry));
            CHECK(receipt.has_value());
            Told told{.index = receipt->index.number(), .leaf_hash = {}};
            std::ranges::copy(receipt->leaf_hash.view(), told.leaf_hash.begin());
            CHECK(::write(pipe, &told, sizeof told) == sizeof told);
        }
    };
    std::vector<std::future<void>> owners;
    for (std::uint64_t owner = 0; owner < 4; ++owner)
        owners.push_back(
            boost::asio::co_spawn(running.io.pick(), own(first_number + owner), boost::asio::use_future));
    for (auto& owner : owners)
        owner.get();
    ::_exit(1);
}

std::vector<Told> run_and_kill(Site const& site, std::uint64_t first_number, std::size_t told_count) {
    std::array<int, 2> ends{};
    CHECK(::pipe(ends.data()) == 0);
    auto const child = ::fork();
    CHECK(child >= 0);
    if (child == 0)
        tell_receipts(site, ends[1], first_number);
    ::close(ends[1]);
    std::vector<Told> all;
    Told told{};
    while (all.size() < told_count && ::read(ends[0], &told, sizeof told) == sizeof told)
        all.push_back(told);
    ::kill(child, SIGKILL);
    while (::read(ends[0], &told, sizeof told) == sizeof told)
        all.push_back(told);
    ::close(ends[0]);
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return all;
}

TEST(LocalSequencerOnDisk, has_every_entry_of_which_it_gave_a_receipt_before_it_was_killed) {
    Site const site;
    for (std::uint64_t round = 0; round < 4; ++round) {
        auto const told = run_and_kill(site, 1 + 100'000 * round, 7 + 20 * round);
        ASSERT_GE(told.size(), 7 + 20 * round);
        Running running(site);
        for (auto const& [index, leaf_hash] : told) {
            auto const entry = running.ledger->load_entry(ledger::LeafIndex{index}).value();
            EXPECT_TRUE(std::ranges::equal(merkle::hash_leaf(entry).view(), leaf_hash));
        }
        expect_audited(*running.ledger, *running.sequencer.heads().newest());
    }
}

} // namespace
} // namespace bulla::sequencer
