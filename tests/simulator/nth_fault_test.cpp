// The n-th call that fails, n = 1 … until the operation no longer meets it: opening, committing, signing,
// writing live rows, erasing, copying; once and from then on, with a power failure after each.
//
// After each: what was acknowledged is there, what is there is a prefix of what was asked for, a failed sync
// has ended the process, and the next start needs no help. Catalogue: G4, G5, G7, G8.
//
// FAULT_STRIDE=k tries every k-th call alone.
#include "simulator/child.hpp"
#include "simulator/results.hpp"
#include "store/rocks_ledger.hpp"
#include "store/rocks_live.hpp"
#include "store/sample_rows.hpp"
#include "support/faulty_disk.hpp"
#include "support/sequencer_world.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace bulla::store {
namespace {

namespace fs = std::filesystem;
using test::ChildEnd;
using test::DiskCall;
using test::DiskFault;
using test::FaultyDisk;
using test::Repeats;
using test::Trouble;

constexpr int completed = 0;
constexpr int fault_answered = 1;
constexpr int wrong = 2;

struct Progress {
    std::uint64_t acknowledged = 0;
    std::uint64_t attempted = 0;
    bool is_struck = false;
    DiskCall call = DiskCall::open;
};

struct Places {
    fs::path root;
    fs::path ledger() const { return root / "data" / "ledger"; }
    fs::path live() const { return root / "data" / "live"; }
    fs::path guard() const { return root / "data" / "guard"; }
    fs::path copy() const { return root / "data" / "copy"; }
};

using Disk = std::shared_ptr<FaultyDisk>;

// One operation: what was there before, the operation itself, and what must hold afterwards. Each runs in a
// process of its own. `check` says what is wrong on standard error.
struct Operation {
    std::string name;
    std::function<void(Places const&, Disk const&)> prepare;
    // Makes ready with a disk that is whole, then calls `plan`, then does the work.
    std::function<int(Places const&, Disk const&, Progress&, std::function<void()> const& plan)> act;
    std::function<int(Places const&, Disk const&, Progress const&)> check;
};

int say(std::string const& words) {
    std::fputs((words + "\n").c_str(), stderr);
    return wrong;
}
template <class T>
int say(Stored<T> const& stored, std::string const& doing) {
    return say(doing + ": fault " + std::to_string(int(stored.error().kind)) + " at " + stored.error().place +
               ": " + stored.error().detail);
}

// --- the operations
// -----------------------------------------------------------------------------------------

void prepare_ledger(Places const& places, Disk const& disk) {
    auto ledger = open_ledger(places.ledger(), OpenMode::create, disk).value();
    for (std::uint64_t height = 0; height < 3; ++height)
        CHECK(ledger->commit(height == 0 ? sample_block_0() : sample_block(height)).has_value());
    (void)ledger.release(); // as a killed process leaves it
}

// Blocks 0 … h for an h from the acknowledged to the attempted one, each of them whole.
int check_ledger(Places const& places, Disk const& disk, Progress const& progress) {
    auto const opened = open_ledger(places.ledger(), OpenMode::existing, disk);
    if (!opened)
        return say(opened, "opening again");
    auto const contents = read_everything(**opened);
    if (!contents)
        return say(contents, "reading");
    auto const height = contents->height ? contents->height->number() : 0;
    if (height < progress.acknowledged || height > progress.attempted)
        return say("height " + std::to_string(height) + " of " + std::to_string(progress.acknowledged) +
                   " to " + std::to_string(progress.attempted));
    if (contents->entries.size() != 2 * height + 2 || contents->blocks.size() != height + 1 ||
        contents->accounts.size() != 2 || contents->side_rows.empty())
        return say("not a prefix");
    auto const next = (*opened)->commit(sample_block(height + 1));
    return next ? completed : say(next, "going on");
}

Operation opening() {
    return {.name = "open the ledger",
            .prepare = prepare_ledger,
            .act =
                [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
                    progress = {.acknowledged = 2, .attempted = 2};
                    plan();
                    auto opened = open_ledger(places.ledger(), OpenMode::existing, disk);
                    if (opened)
                        (void)opened->release();
                    return opened ? completed : fault_answered;
                },
            .check = check_ledger};
}

Operation committing() {
    return {.name = "commit blocks",
            .prepare = prepare_ledger,
            .act =
                [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
                    progress = {.acknowledged = 2, .attempted = 2};
                    auto* const ledger =
                        open_ledger(places.ledger(), OpenMode::existing, disk).value().release();
                    plan();
                    for (std::uint64_t height = 3; height < 6; ++height) {
                        progress.attempted = height;
                        auto const committed = ledger->commit(sample_block(height));
                        if (!committed && committed.error().kind == StoreFaultKind::no_space)
                            progress.attempted = height - 1; // it said that nothing was written
                        if (!committed)
                            return fault_answered;
                        progress.acknowledged = height;
                    }
                    return completed;
                },
            .check = check_ledger};
}

// After the answer no file holds the row's bytes.
bool holds_erased_bytes(fs::path const& directory) {
    std::string const record(192, char(1));
    for (auto const& file : fs::directory_iterator(directory)) {
        std::ifstream in(file.path(), std::ios::binary);
        if (std::string(std::istreambuf_iterator<char>(in), {}).contains(record))
            return true;
    }
    return false;
}

Operation erasing() {
    return {
        .name = "erase rows",
        .prepare = prepare_ledger,
        .act =
            [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
                progress = {.acknowledged = 3, .attempted = 3};
                auto* const ledger = open_ledger(places.ledger(), OpenMode::existing, disk).value().release();
                auto block = sample_block(3);
                block.side_writes = {{filled<ledger::Label>(1), std::nullopt}};
                CHECK(ledger->commit(block).has_value());
                plan();
                return ledger->erase_now() ? completed : fault_answered;
            },
        .check =
            [](Places const& places, Disk const& disk, Progress const& progress) {
                if (auto const status = check_ledger(places, disk, progress); status != completed)
                    return status;
                auto const ledger = open_ledger(places.ledger(), OpenMode::existing, disk).value();
                auto const erased = ledger->erase_now();
                if (!erased)
                    return say(erased, "erasing again");
                return holds_erased_bytes(places.ledger()) ? say("the erased row is still there") : completed;
            }};
}

Operation copying() {
    return {.name = "copy for a backup",
            .prepare = prepare_ledger,
            .act =
                [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
                    progress = {.acknowledged = 2, .attempted = 2};
                    auto* const ledger =
                        open_ledger(places.ledger(), OpenMode::existing, disk).value().release();
                    plan();
                    return ledger->checkpoint(places.copy()) ? completed : fault_answered;
                },
            .check =
                [](Places const& places, Disk const& disk, Progress const& progress) {
                    if (fs::exists(places.copy())) {
                        auto const copy = open_ledger(places.copy(), OpenMode::read_only, disk);
                        if (!copy)
                            return say(copy, "opening the copy");
                        if (read_everything(**copy).value().height != ledger::BlockHeight{2})
                            return say("the copy is not complete");
                    }
                    return check_ledger(places, disk, progress);
                }};
}

// --- the live database

Session session_number(std::uint8_t number) {
    return {.account = filled<ledger::AccountId>(number), .username = "alice"};
}

std::vector<store::CounterChange> counted(std::uint8_t times) {
    return {{.key = base::ByteBuffer(16, 2), .row = base::ByteBuffer(16, times)}};
}

// Sessions 1, 2 and 3 are stored and synced, then 1 is ended: so many steps of it.
int write_live(LiveDatabase& live, Progress& progress) {
    for (std::uint8_t number = 1; number <= 3; ++number) {
        if (!live.store_session(filled<SessionId>(number), session_number(number)))
            return fault_answered;
        progress.attempted = number;
    }
    if (!live.sync())
        return fault_answered;
    progress.acknowledged = 3;
    progress.attempted = 4;
    if (!live.end_session(filled<SessionId>(1)))
        return fault_answered;
    progress.acknowledged = 4;
    return completed;
}

int check_live(Places const& places, Disk const& disk, Progress const& progress) {
    auto const opened = open_live(places.live(), disk);
    if (!opened)
        return say(opened, "opening the live database again");
    for (std::uint8_t number = 1; number <= 3; ++number) {
        auto const session = (*opened)->load_session(filled<SessionId>(number));
        if (!session)
            return say(session, "reading a session");
        bool const is_ended = number == 1 && progress.attempted == 4;
        if (progress.acknowledged >= 3 && !is_ended && !*session)
            return say("a synced session is lost");
        if (number == 1 && progress.acknowledged == 4 && *session)
            return say("an ended session is back");
    }
    return completed;
}

Operation writing_live() {
    return {.name = "write live rows",
            .prepare = [](Places const& places,
                          Disk const& disk) { (void)open_live(places.live(), disk)->release(); },
            .act =
                [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
                    auto* const live = open_live(places.live(), disk).value().release();
                    plan();
                    return write_live(*live, progress);
                },
            .check = check_live};
}

Operation making_live() {
    return {.name = "make the live database",
            .prepare = [](Places const&, Disk const&) {},
            .act =
                [](Places const& places, Disk const& disk, Progress&, auto const& plan) {
                    plan();
                    auto made = open_live(places.live(), disk);
                    if (made)
                        (void)made->release();
                    return made ? completed : fault_answered;
                },
            .check = check_live};
}

// --- the chain and its guard

struct Signer {
    test::TestNetwork network;
    std::unique_ptr<LedgerDatabase> ledger;
    std::optional<sequencer::Chain> chain;

    int open(Places const& places, Disk const& disk) {
        using sequencer::Guard;
        auto opened = open_ledger(places.ledger(), OpenMode::existing, disk);
        if (!opened)
            return say(opened, "opening the ledger");
        ledger = *std::move(opened);
        auto guard = Guard::open(places.guard(), network.genesis.nodes.origin, Guard::Start::again, *disk);
        if (!guard)
            return say("the guard: " + std::string(name(guard.error())));
        auto opened_chain = sequencer::Chain::open(*ledger, *std::move(guard), network.log_key);
        if (!opened_chain)
            return say("the chain: " + std::string(name(opened_chain.error().kind)));
        chain.emplace(*std::move(opened_chain));
        return completed;
    }
};

void prepare_chain(Places const& places, Disk const& disk) {
    test::TestNetwork const network;
    auto ledger = open_ledger(places.ledger(), OpenMode::create, disk).value();
    CHECK(sequencer::found_chain(*ledger, network.genesis).has_value());
    (void)ledger.release();
    CHECK(sequencer::Guard::open(places.guard(), network.genesis.nodes.origin, sequencer::Guard::Start::first,
                                 *disk)
              .has_value());
}

// As the local sequencer does: whatever is no full disk ends the process.
int register_accounts(Signer& signer, Progress& progress) {
    sequencer::BlockMaker maker(*signer.ledger, signer.chain->tip());
    sequencer::CheckMemory checks;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        auto const entry = test::TestAccount(signer.network, number).register_entry();
        CHECK(maker.execute(test::submission_of(entry), test::world_time, checks).value().has_value());
        auto const block = maker.close();
        progress.attempted = block->after.head->size.number();
        auto const head = signer.chain->commit(*block);
        if (!head && head.error().store && head.error().store->kind == StoreFaultKind::no_space)
            return fault_answered;
        if (!head) {
            say("the ledger cannot go on: " + std::string(name(head.error().kind)));
            std::abort();
        }
        maker.settle();
        progress.acknowledged = (*head)->size.number();
    }
    return completed;
}

Operation signing() {
    return {.name = "commit and sign",
            .prepare = prepare_chain,
            .act =
                [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
                    progress = {.acknowledged = 2, .attempted = 2};
                    auto* const signer = new Signer; // never closed, as in a killed process
                    CHECK(signer->open(places, disk) == completed);
                    plan();
                    return register_accounts(*signer, progress);
                },
            .check =
                [](Places const& places, Disk const& disk, Progress const& progress) {
                    Signer signer;
                    if (auto const status = signer.open(places, disk); status != completed)
                        return status;
                    auto const size = signer.chain->head()->size.number();
                    if (size < progress.acknowledged || size > progress.attempted)
                        return say("size " + std::to_string(size));
                    return completed;
                }};
}

// --- the loop
// -----------------------------------------------------------------------------------------------

Disk disk_of_process; // for the handler of SIGABRT

// The process ends because the disk failed; then the power goes too.
void lose_power(int /*signal*/) {
    disk_of_process->lose_unsynced_if_free();
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

std::uint64_t stride() {
    auto const* const text = std::getenv("FAULT_STRIDE");
    return text == nullptr ? 1 : static_cast<std::uint64_t>(std::max(1, std::atoi(text)));
}

char const* name_of(Trouble trouble) {
    switch (trouble) {
    case Trouble::broken: return "broken";
    case Trouble::torn: return "torn";
    case Trouble::full: return "full";
    case Trouble::nearly_full: return "nearly full";
    case Trouble::bit_flip: return "bit flip";
    case Trouble::power_cut: return "power cut";
    case Trouble::killed: return "killed";
    }
    CHECK_UNREACHABLE();
}

class NthFault : public testing::Test {
protected:
    NthFault() : root_(test::fast_temporary_directory()) {}
    ~NthFault() override {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }

    void try_all(Operation const& operation) {
        fs::create_directories(prepared() / "data");
        ASSERT_TRUE(in_process([&](Disk const& disk) {
                        operation.prepare({prepared()}, disk);
                        return completed;
                    }).is(completed));
        for (auto const trouble :
             {Trouble::broken, Trouble::torn, Trouble::full, Trouble::killed, Trouble::power_cut})
            try_each(operation, {.trouble = trouble, .repeats = Repeats::once});
        for (auto const trouble : {Trouble::broken, Trouble::torn, Trouble::full})
            try_each(operation, {.trouble = trouble, .repeats = Repeats::from_then_on});
    }

    void try_each(Operation const& operation, DiskFault fault) {
        std::uint64_t tried = 0;
        for (fault.number = 1; !HasFatalFailure(); fault.number += stride()) {
            if (try_one(operation, fault))
                break;
            ++tried;
        }
        test::add_result({.kind = operation.name + ", " + name_of(fault.trouble) +
                                  (fault.repeats == Repeats::once ? "" : " from then on"),
                          .tried = tried,
                          .lost = std::exchange(lost_, 0),
                          .refused = std::exchange(refused_, 0)});
    }

    fs::path prepared() const { return root_ / "prepared"; }

    ChildEnd in_process(std::function<int(Disk const&)> const& work) {
        return test::run_in_child([&] {
            auto const disk = std::make_shared<FaultyDisk>(root_ / "attic", ++seed_);
            disk_of_process = disk;
            auto const status = work(disk);
            progress_->is_struck = disk->has_struck();
            progress_->call = disk->struck_call().value_or(DiskCall::open);
            return status;
        });
    }

private:
    // Whether the operation ended without having met the fault.
    bool try_one(Operation const& operation, DiskFault const& fault) {
        Places const places{root_ / "tried"};
        fs::remove_all(places.root);
        fs::copy(prepared(), places.root, fs::copy_options::recursive);
        *progress_ = {};
        auto const end = in_process([&](Disk const& disk) {
            std::signal(SIGABRT, lose_power);
            auto const status = operation.act(places, disk, *progress_, [&] { disk->plan(fault); });
            disk->lose_unsynced();
            return status;
        });
        auto const where = operation.name + ", " + name_of(fault.trouble) + " at call " +
                           std::to_string(fault.number) + ": ";
        auto const is_met = progress_->is_struck || end.is(test::power_cut_status) ||
                            end.is(test::killed_status) || end.signal != 0;
        refused_ += end.is(completed) ? 0 : 1;
        judge(end, where);
        auto const after =
            in_process([&](Disk const& disk) { return operation.check(places, disk, *progress_); });
        lost_ += after.is(completed) ? 0 : 1;
        EXPECT_TRUE(after.is(completed)) << where << after.words << " (signal " << after.signal << ")\n"
                                         << "the operation had ended with status " << end.status
                                         << ", signal " << end.signal << " and: " << end.words;
        return !is_met;
    }

    void judge(ChildEnd const& end, std::string const& where) const {
        if (end.signal != 0) {
            EXPECT_EQ(end.signal, SIGABRT) << where << end.words;
            // Debian's RocksDB keeps its assertions: one stops a file that is used after a failed write.
            EXPECT_TRUE(end.words.contains("the disk failed at") || end.words.contains("cannot go on") ||
                        end.words.contains("AssertFalseAndGetStatusForPrevError"))
                << where << end.words;
            return;
        }
        auto const call = progress_->call;
        bool const is_sync = call == DiskCall::sync || call == DiskCall::sync_directory;
        EXPECT_FALSE(progress_->is_struck && is_sync) << where << "a failed sync did not end the process";
        EXPECT_NE(end.status, wrong) << where << end.words;
    }

    fs::path root_;
    test::Shared<Progress> progress_;
    std::uint64_t seed_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t refused_ = 0;
};

TEST_F(NthFault, while_opening_loses_no_block) {
    try_all(opening());
}
TEST_F(NthFault, while_committing_loses_no_acknowledged_block) {
    try_all(committing());
}
TEST_F(NthFault, while_erasing_leaves_a_ledger_that_erases_again) {
    try_all(erasing());
}
TEST_F(NthFault, while_copying_leaves_a_complete_copy_or_none) {
    try_all(copying());
}
TEST_F(NthFault, while_writing_live_rows_brings_no_ended_session_back) {
    try_all(writing_live());
}
TEST_F(NthFault, while_making_the_live_database_does_not_keep_the_next_start_from_making_it) {
    try_all(making_live());
}
TEST_F(NthFault, while_signing_leaves_a_chain_that_opens) {
    try_all(signing());
}

// A full disk refuses, and the database goes on when space is back: at the first try.
TEST_F(NthFault, of_a_full_disk_does_not_keep_live_rows_from_being_written_when_space_returns) {
    for (std::uint64_t number = 1; number <= 6; ++number) {
        fs::remove_all(prepared());
        fs::create_directories(prepared() / "data");
        auto const end = in_process([&](Disk const& disk) {
            auto const live = open_live(Places{prepared()}.live(), disk).value();
            CHECK(live->store_session(filled<SessionId>(1), session_number(1)).has_value());
            disk->plan({.trouble = Trouble::full, .number = number, .repeats = Repeats::from_then_on});
            for (int tries = 0; tries < 2; ++tries) {
                (void)live->change_counters(counted(3));
                (void)live->end_session(filled<SessionId>(1));
                (void)live->sync();
            }
            disk->heal();
            auto const stored = live->change_counters(counted(4));
            return stored ? completed : say(stored, "counting");
        });
        EXPECT_TRUE(end.is(completed)) << "full from call " << number << ": " << end.words;
    }
}

// A flipped bit is found, or was never used; a wrong row is never answered.
TEST_F(NthFault, that_flips_a_bit_of_a_read_gives_a_fault_or_the_right_rows) {
    auto reading = opening();
    reading.name = "read";
    reading.act = [](Places const& places, Disk const& disk, Progress& progress, auto const& plan) {
        progress = {.acknowledged = 2, .attempted = 2};
        plan();
        auto opened = open_ledger(places.ledger(), OpenMode::existing, disk);
        if (!opened)
            return fault_answered;
        auto const contents = read_everything(*opened->release());
        if (!contents)
            return fault_answered;
        return contents->height == ledger::BlockHeight{2} && contents->accounts == sample_block_0().accounts
                   ? completed
                   : say("a wrong row was answered");
    };
    fs::create_directories(prepared() / "data");
    ASSERT_TRUE(test::run_in_child([&] {
                    auto const disk = std::make_shared<FaultyDisk>(prepared().parent_path() / "attic");
                    reading.prepare({prepared()}, disk);
                    return completed;
                }).is(completed));
    try_each(reading, {.trouble = Trouble::bit_flip, .call = DiskCall::read});
}

} // namespace
} // namespace bulla::store
