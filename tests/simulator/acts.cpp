#include "simulator/acts.hpp"

#include "simulator/asker.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace bulla::test {
namespace {

namespace fs = std::filesystem;
using store::StoreFaultKind;

constexpr std::chrono::hours validity{1};
constexpr std::chrono::hours ten_years{24 * 3652};

std::optional<Wanted> draw_wanted(Asker const& asker, RememberedAccount& remembered,
                                  RememberedAccount::Version const& now, std::uint64_t drawn) {
    if (now.password == 0)
        return asker.register_name(++remembered.passwords_used);
    switch (drawn % 8) {
    case 0:
    case 1:
    case 2: return asker.replace_password(now, ++remembered.passwords_used);
    case 3:
    case 4: return asker.add_device(now);
    case 5:
    case 6: return asker.end_sessions(now);
    default: return asker.erase(now);
    }
}

} // namespace

Acts::Acts(Ground ground, std::uint64_t seed)
    : node_(ground.node), disk_(ground.disk), oracle_(ground.oracle), choose_(seed),
      full_disks_(ground.full_disks), maker_(ground.node.ledger(), ground.node.chain().tip()) {}

Wrong Acts::act() {
    auto const kind = draw(32);
    oracle_.note("act", kind);
    if (kind < 14)
        return order_blocks();
    if (kind < 18)
        return begin_session();
    if (kind < 20)
        return sync_live();
    if (kind < 23)
        return end_session();
    if (kind < 25)
        return count();
    if (kind < 27)
        return erase();
    switch (kind) {
    case 27: return copy();
    case 28: return turn_clock();
    case 29: return replay();
    default: return fill_disk();
    }
}

// A broken disk that answers a fault instead of ending the process: its caller would end it.
Wrong Acts::refused(std::string const& doing, store::StoreFault const& fault) {
    if (is_full_ && fault.kind == StoreFaultKind::no_space)
        return std::nullopt;
    auto const words =
        fmt::format("{}: fault {} at {}: {}", doing, int(fault.kind), fault.place, fault.detail);
    if (is_full_ || !disk_.has_struck())
        return words;
    std::fputs((words + "\n").c_str(), stderr);
    std::abort();
}

// --- entries
// ------------------------------------------------------------------------------------------------

// As a service does: a clock that was set back is not believed.
base::Timestamp Acts::latest() const {
    return std::max(base::from_unix_milliseconds(oracle_.clock), node_.chain().head()->block.time);
}

TestAccount& Acts::account(std::size_t number) {
    auto const found = accounts_.find(number);
    if (found != accounts_.end())
        return found->second;
    auto const& remembered = oracle_.accounts[number];
    TestAccount account(node_.network(), number + 1);
    account.version = ledger::AccountVersion{remembered.acknowledged};
    account.head = ledger::LeafHash::from(remembered.versions[remembered.acknowledged].head);
    return accounts_.emplace(number, account).first->second;
}

void Acts::add_entry(std::size_t number) {
    auto& asking = account(number);
    auto& remembered = oracle_.accounts[number];
    auto const version = asking.version.number();
    if (version + 1 >= versions_max)
        return;
    Asker const asker(node_.network(), asking, number, latest() + validity);
    auto wanted = draw_wanted(asker, remembered, remembered.versions[version], draw(8));
    sequencer::Submission submission{.entry = ledger::encode(wanted->entry),
                                     .side_writes = std::move(wanted->side_writes)};
    auto const executed =
        maker_.execute(std::move(submission), base::from_unix_milliseconds(oracle_.clock), checks_);
    CHECK(executed.has_value());
    if (!*executed) {
        ++oracle_.refused;
        return oracle_.note("rejected", std::uint64_t(executed->error()));
    }
    if (version > 0 && remembered.versions[version].password == 0)
        oracle_.reach(Probe::label_registered_again);
    asking.accepted(wanted->entry);
    std::ranges::copy(asking.head.view(), wanted->after.head.begin());
    remembered.versions[version + 1] = wanted->after;
    open_block_.push_back({.account = number, .version = version + 1});
}

void Acts::fill_open_block() {
    for (auto entries = 1 + draw(3); entries > 0; --entries)
        add_entry(draw(accounts_max));
}

// One block, and now and then one that is executed on it before it is durable.
Wrong Acts::order_blocks() {
    fill_open_block();
    while (maker_.entry_count() > 0) {
        auto const block = maker_.close();
        auto const ordered = std::exchange(open_block_, {});
        if (draw(4) == 0)
            fill_open_block();
        for (auto const& one : ordered)
            oracle_.accounts[one.account].attempted = one.version;
        oracle_.size_attempted = block->after.head->size.number();
        auto const head = node_.chain().commit(*block);
        if (head) {
            maker_.settle();
            acknowledge(ordered, **head);
            continue;
        }
        forget(ordered);
        if (head.error().store)
            return refused("committing", *head.error().store);
        std::fputs("the ledger cannot go on\n", stderr); // as the local sequencer does
        std::abort();
    }
    return std::nullopt;
}

// A full disk refused them: nothing of them is there, nor of what was executed on them.
void Acts::forget(OpenBlock const& ordered) {
    if (!is_full_)
        return;
    maker_.revert();
    accounts_.clear();
    open_block_.clear();
    for (auto const& one : ordered)
        oracle_.accounts[one.account].attempted = oracle_.accounts[one.account].acknowledged;
    oracle_.size_attempted = node_.chain().head()->size.number();
    oracle_.reach(Probe::full_disk_refused_a_block);
    oracle_.note("no space");
}

void Acts::acknowledge(OpenBlock const& ordered, sequencer::Head const& head) {
    for (auto const& one : ordered)
        oracle_.accounts[one.account].acknowledged = one.version;
    oracle_.acknowledged += ordered.size();
    oracle_.remember_checkpoint(head.size.number(), head.root.view());
    oracle_.note("acknowledged", head.size.number());
}

// An entry that is in the log already, sent once more.
Wrong Acts::replay() {
    auto const index = 2 + draw(node_.chain().head()->size.number());
    if (index >= node_.chain().head()->size.number())
        return std::nullopt;
    auto entry = node_.ledger().load_entry(ledger::LeafIndex{index});
    if (!entry)
        return refused("reading an entry", entry.error());
    auto const executed = maker_.execute({.entry = *std::move(entry), .side_writes = {}},
                                         base::from_unix_milliseconds(oracle_.clock), checks_);
    CHECK(executed.has_value());
    if (*executed)
        return "an entry was accepted twice";
    oracle_.reach(Probe::replay_refused);
    ++oracle_.refused;
    return std::nullopt;
}

// --- live rows
// ----------------------------------------------------------------------------------------------

Wrong Acts::begin_session() {
    if (oracle_.session_count == sessions_max)
        return std::nullopt;
    auto const number = oracle_.session_count++;
    oracle_.sessions[number] = SessionState::asked;
    auto const stored = node_.live().store_session(Node::session_id(number), {.username = "alice"});
    if (!stored)
        return refused("beginning a session", stored.error());
    oracle_.sessions[number] = SessionState::acknowledged;
    ++oracle_.acknowledged;
    return std::nullopt;
}

Wrong Acts::sync_live() {
    if (auto const synced = node_.live().sync(); !synced)
        return refused("syncing", synced.error());
    for (auto& session : oracle_.sessions)
        if (session == SessionState::acknowledged)
            session = SessionState::synced;
    for (auto& remembered : oracle_.accounts)
        remembered.count_synced = remembered.count_acknowledged;
    return std::nullopt;
}

Wrong Acts::end_session() {
    if (oracle_.session_count == 0)
        return std::nullopt;
    auto const number = draw(oracle_.session_count);
    auto& state = oracle_.sessions[number];
    if (state != SessionState::acknowledged && state != SessionState::synced)
        return std::nullopt;
    auto const before = std::exchange(state, SessionState::ending);
    auto const ended = node_.live().end_session(Node::session_id(number));
    if (!ended) {
        state = before == SessionState::synced && is_full_ ? before : SessionState::ending;
        return refused("ending a session", ended.error());
    }
    if (!*ended)
        return "a session was gone before it was ended";
    state = SessionState::ended;
    ++oracle_.acknowledged;
    oracle_.note("ended", number);
    return std::nullopt;
}

Wrong Acts::count() {
    auto const number = draw(accounts_max);
    auto& remembered = oracle_.accounts[number];
    auto const next = ++remembered.count_attempted;
    auto const stored = node_.live().change_counters(
        {{.key = base::to_buffer(Node::counter_key(number)), .row = base::to_buffer(base::u64be(next))}});
    if (!stored)
        return refused("counting", stored.error());
    remembered.count_acknowledged = next;
    ++oracle_.acknowledged;
    return std::nullopt;
}

// --- what an operator does
// ----------------------------------------------------------------------------------

Wrong Acts::erase() {
    oracle_.is_erasing = true;
    auto const erased = node_.ledger().erase_now();
    oracle_.is_erasing = false;
    if (!erased)
        return refused("erasing", erased.error());
    oracle_.note("erased", *erased);
    if (*erased > 0 && std::exchange(oracle_.was_erasing, false))
        oracle_.reach(Probe::erased_after_a_crash);
    return node_.find_erased_records();
}

Wrong Acts::copy() {
    oracle_.copy_size = 0;
    std::error_code ignored;
    fs::remove_all(node_.places().copy(), ignored);
    auto const copied = node_.ledger().checkpoint(node_.places().copy());
    if (!copied)
        return refused("copying", copied.error());
    oracle_.copy_size = node_.chain().head()->size.number();
    return std::nullopt;
}

Wrong Acts::turn_clock() {
    using namespace std::chrono_literals;
    auto const now = base::from_unix_milliseconds(oracle_.clock);
    std::array const times = {now + 1h,
                              now - 1h,
                              now + ten_years,
                              now - ten_years,
                              base::Timestamp{},
                              base::Timestamp{0x7fff'ffff * 1'000ms},
                              base::Timestamp{0xffff'ffff * 1'000ms},
                              now};
    auto const then = std::max(times[draw(times.size())], base::Timestamp{});
    if (then < now)
        oracle_.reach(Probe::clock_went_back);
    oracle_.clock = base::unix_milliseconds(then);
    return std::nullopt;
}

// Refused while it is full, taken when space is back, and nothing is lost by it.
Wrong Acts::fill_disk() {
    if (full_disks_ == FullDisks::never)
        return std::nullopt;
    // A database that has met a full disk comes back with the next write, and must not meet another one just
    // then.
    if (auto wrong = sync_live())
        return wrong;
    is_full_ = true;
    auto const kind = draw(2) == 0 ? Trouble::full : Trouble::nearly_full;
    disk_.plan({.trouble = kind,
                .number = 1 + draw(3),
                .repeats = Repeats::from_then_on,
                .whose = Whose::main_thread});
    auto wrong = order_blocks();
    if (!wrong)
        wrong = count();
    if (!wrong)
        wrong = end_session();
    disk_.heal();
    is_full_ = false;
    if (wrong)
        return wrong;
    auto const acknowledged = oracle_.acknowledged;
    wrong = order_blocks();
    if (!wrong && oracle_.acknowledged > acknowledged)
        oracle_.reach(Probe::went_on_after_a_full_disk);
    return wrong;
}

} // namespace bulla::test
