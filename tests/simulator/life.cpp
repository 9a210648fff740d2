#include "simulator/life.hpp"

#include "simulator/acts.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace bulla::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t far_away = 500; // calls: more than a life makes

int say(std::string const& words) {
    std::fputs((words + "\n").c_str(), stderr);
    return life_wrong;
}

DiskFault draw_fault(std::mt19937_64& choose) {
    std::array<std::uint64_t, 3> const reaches = {20, 120, far_away};
    DiskFault fault{.number = 1 + choose() % reaches[choose() % reaches.size()], .whose = Whose::main_thread};
    switch (choose() % 10) {
    case 0:
    case 1: fault.trouble = Trouble::killed; break;
    case 2: fault.trouble = Trouble::broken; break;
    case 3: fault.trouble = Trouble::torn; break;
    case 4:
        fault.trouble = Trouble::broken;
        fault.call = DiskCall::sync;
        fault.repeats = Repeats::from_then_on;
        break;
    case 5: // flush and compaction run on other threads
        fault.trouble = Trouble::power_cut;
        fault.whose = Whose::other_threads;
        fault.number = 1 + choose() % 12;
        break;
    default: fault.trouble = Trouble::power_cut;
    }
    return fault;
}

FaultyDisk* disk_of_process = nullptr; // for the handler
Oracle* oracle_of_process = nullptr;

// The process ends because the disk failed; then the power goes too.
void lose_power(int /*signal*/) {
    auto const call = disk_of_process->struck_call();
    if (!call) { // not the disk, but a check of ours or of RocksDB
        std::signal(SIGABRT, SIG_DFL);
        std::abort();
    }
    bool const is_sync = call == DiskCall::sync || call == DiskCall::sync_directory;
    oracle_of_process->reach(is_sync ? Probe::failed_sync_ended_the_process
                                     : Probe::failed_write_ended_the_process);
    disk_of_process->lose_unsynced_if_free();
    ::_exit(power_cut_status);
}

struct Opened {
    std::shared_ptr<FaultyDisk> disk;
    Node node;

    Opened(LifePlan const& plan, NodePlaces const& places, Oracle& oracle)
        : disk(std::make_shared<FaultyDisk>(places.attic(), plan.seed)), node(places, disk, oracle) {
        disk_of_process = disk.get();
        oracle_of_process = &oracle;
        std::signal(SIGABRT, lose_power);
    }
};

int start(Opened& opened, Oracle& oracle) {
    oracle.is_open = oracle.is_erasing = false;
    auto const end = opened.node.open(opened.node.places().ledger());
    Wrong wrong;
    if (end == OpenEnd::behind_guard)
        return say("the ledger ends before what was signed");
    if (end == OpenEnd::refused)
        wrong = "the start was refused: " + opened.node.reason();
    else
        wrong = opened.node.compare();
    if (!wrong) {
        oracle.is_open = true;
        oracle.is_power_cut = false;
        return life_ended;
    }
    if (!opened.disk->has_struck())
        return say(*wrong);
    oracle.reach(Probe::broken_disk_refused_a_start);
    opened.disk->lose_unsynced();
    ::_exit(life_refused); // closing would write to what is lost
}

} // namespace

LifePlan draw_plan(std::mt19937_64& choose) {
    LifePlan plan{.seed = choose()};
    switch (choose() % 8) {
    case 0: plan.end = LifeEnd::in_order; break;
    case 1: plan.end = LifeEnd::in_order_power_cut; break;
    case 2: plan.end = LifeEnd::dropped; break;
    default: plan.end = LifeEnd::by_fault; plan.fault = draw_fault(choose);
    }
    return plan;
}

int live(LifePlan const& plan, NodePlaces const& places, Oracle& oracle) {
    Opened opened(plan, places, oracle);
    bool const is_by_fault = plan.end == LifeEnd::by_fault;
    if (is_by_fault)
        opened.disk->plan(plan.fault);
    if (auto const status = start(opened, oracle); status != life_ended)
        return status;
    std::mt19937_64 choose(plan.seed);
    Acts acts({.node = opened.node,
               .disk = *opened.disk,
               .oracle = oracle,
               .full_disks = is_by_fault ? FullDisks::never : FullDisks::now_and_then},
              choose());
    for (auto count = 3 + choose() % 14; count > 0; --count)
        if (auto const wrong = acts.act())
            return say(*wrong);
    if (plan.end == LifeEnd::in_order || plan.end == LifeEnd::in_order_power_cut)
        opened.node.close();
    if (plan.end == LifeEnd::in_order_power_cut) {
        opened.disk->lose_unsynced();
        ::_exit(power_cut_status);
    }
    std::fflush(nullptr);
    ::_exit(life_ended); // without closing anything
}

int try_old_copy(NodePlaces const& places, Oracle& oracle) {
    auto const tried = places.data() / "tried";
    fs::remove_all(tried);
    fs::copy(places.copy(), tried);
    Opened opened({}, places, oracle);
    auto const guard = sequencer::Guard::read(places.guard());
    if (!guard)
        return say("no guard record");
    auto const end = opened.node.open(tried);
    opened.node.close();
    fs::remove_all(tried);
    bool const is_older = oracle.copy_size < guard->size.number();
    if (is_older)
        oracle.reach(Probe::old_copy_refused);
    if (is_older && end != OpenEnd::behind_guard)
        return say("an old copy of the ledger was not refused");
    if (!is_older && end != OpenEnd::open)
        return say("a copy as new as the guard was refused: " + opened.node.reason());
    return life_ended;
}

} // namespace bulla::test
