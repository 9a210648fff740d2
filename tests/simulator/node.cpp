#include "simulator/node.hpp"

#include "ledger/audit.hpp"
#include "store/record_log.hpp"
#include "store/rocks_live.hpp"

#include <fmt/format.h>

#include <fstream>

namespace bulla::test {
namespace {

namespace fs = std::filesystem;
using sequencer::Chain;
using sequencer::ChainFault;
using sequencer::Guard;

std::string describe(store::StoreFault const& fault) {
    return fmt::format("{} at {}: {}", int(fault.kind), fault.place, fault.detail);
}
std::string describe(ChainFault const& fault) {
    return fmt::format("{} {} {} (ledger {}, guard {})", name(fault.kind),
                       fault.guard ? name(*fault.guard) : "", fault.store ? describe(*fault.store) : "",
                       fault.ledger_size, fault.guard_size);
}

template <class Fixed>
Fixed bytes_of(std::string_view what, std::size_t account, std::uint16_t password) {
    return test_bytes<Fixed>(what, account * 1'000 + password);
}

} // namespace

Node::Node(NodePlaces places, std::shared_ptr<FaultyDisk> disk, Oracle& oracle)
    : places_(std::move(places)), disk_(std::move(disk)), oracle_(oracle) {}

// 192 bytes that are found again in no other row.
store::SideRow Node::side_row(std::size_t account, std::uint16_t password) {
    base::ByteBuffer record;
    for (std::uint16_t part = 0; part < 6; ++part)
        base::append(record, bytes_of<ledger::RecordHash>("simulated record", account * 10 + part, password));
    return {.opaque_record = std::move(record),
            .opening = test_bytes<ledger::Opening>("opening", account + 1),
            .vrf_proof = {}};
}
base::ByteBuffer Node::counter_key(std::size_t account) {
    return base::to_buffer(test_bytes<ledger::Label>("counter", account));
}
store::SessionId Node::session_id(std::size_t session) {
    return test_bytes<store::SessionId>("session", session);
}

// The founding of a data directory happens beside it and is renamed (service/founding.hpp): nobody crashes
// here.
void Node::found() {
    fs::create_directories(places_.data());
    auto const ledger = store::open_ledger(places_.ledger(), store::OpenMode::create, disk_).value();
    CHECK(sequencer::found_chain(*ledger, network_.genesis).has_value());
    CHECK(
        Guard::open(places_.guard(), network_.genesis.nodes.origin, Guard::Start::first, *disk_).has_value());
}

OpenEnd Node::refuse(std::string reason) {
    reason_ = std::move(reason);
    return OpenEnd::refused;
}

void Node::look_before_opening(fs::path const& ledger_directory) const {
    for (auto const& file : fs::directory_iterator(ledger_directory))
        if (file.path().extension() == ".log" &&
            store::check_record_log(file.path()).verdict == store::RecordLogVerdict::interrupted)
            oracle_.reach(Probe::log_ends_in_half_a_record);
}

OpenEnd Node::open(fs::path const& ledger_directory) {
    look_before_opening(ledger_directory);
    auto ledger = store::open_ledger(ledger_directory, store::OpenMode::existing, disk_);
    if (!ledger)
        return refuse("ledger: " + describe(ledger.error()));
    ledger_ = *std::move(ledger);
    auto guard = Guard::open(places_.guard(), network_.genesis.nodes.origin, Guard::Start::again, *disk_);
    if (!guard)
        return refuse("guard: " + std::string(name(guard.error())));
    auto const signed_size = guard->last().size.number();
    auto chain = Chain::open(*ledger_, *std::move(guard), network_.log_key);
    if (!chain && chain.error().kind == ChainFault::Kind::behind_guard)
        return OpenEnd::behind_guard;
    if (!chain)
        return refuse("chain: " + describe(chain.error()));
    if (signed_size > 0 && chain->head()->size.number() > signed_size)
        oracle_.reach(Probe::ledger_ahead_of_guard);
    chain_.emplace(*std::move(chain));
    auto live = store::open_live(places_.live(), disk_);
    if (!live)
        return refuse("live: " + describe(live.error()));
    live_ = *std::move(live);
    return OpenEnd::open;
}

void Node::close() {
    chain_.reset();
    live_.reset();
    ledger_.reset();
}

// --- comparing
// ----------------------------------------------------------------------------------------------

Wrong Node::compare() {
    if (auto wrong = compare_log())
        return wrong;
    for (std::size_t number = 0; number < accounts_max; ++number)
        if (auto wrong = compare_account(number))
            return wrong;
    return compare_live();
}

// The log replays by every rule, has the root that is signed, and had every root that was ever signed.
Wrong Node::compare_log() {
    auto const& head = *chain_->head();
    ledger::Audit audit;
    merkle::Frontier frontier;
    std::map<std::uint64_t, merkle::LogRoot> roots;
    for (auto const& entry : log_of(*ledger_)) {
        if (auto const checks = audit.feed(entry); !checks)
            return fmt::format("the log breaks a rule at {}: {}", checks.error().index.number(),
                               name(checks.error().reason));
        frontier.append(merkle::hash_leaf(entry));
        roots.emplace(frontier.size().number(), frontier.root());
    }
    if (!audit.finish() || audit.head().frontier.root() != head.root)
        return "the root of the log is not the one that is signed";
    for (std::size_t index = 0; index < oracle_.checkpoint_count; ++index) {
        auto const& [size, root] = oracle_.checkpoints[index];
        auto const found = roots.find(size);
        if (found == roots.end())
            return fmt::format("a log of {} entries was signed, now there are {}", size, roots.size());
        if (!std::ranges::equal(found->second.view(), root))
            return fmt::format("the log of {} entries was signed with another root", size);
    }
    auto const size = head.size.number();
    oracle_.note("size", size);
    auto const acknowledged =
        oracle_.checkpoint_count == 0 ? 0 : oracle_.checkpoints[oracle_.checkpoint_count - 1].size;
    if (oracle_.size_attempted > acknowledged)
        oracle_.reach(size > acknowledged ? Probe::unacknowledged_block_survived
                                          : Probe::unacknowledged_block_lost);
    oracle_.size_attempted = size;
    oracle_.remember_checkpoint(size, head.root.view());
    return std::nullopt;
}

Wrong Node::compare_account(std::size_t number) {
    auto& remembered = oracle_.accounts[number];
    auto const label = TestAccount(network_, number + 1).label;
    auto const row = ledger_->load_account(label);
    auto const side = ledger_->load_side_row(label);
    if (!row || !side)
        return "an account cannot be read: " + describe(row ? side.error() : row.error());
    auto const version = *row ? (*row)->head.version.number() : 0;
    if (version < remembered.acknowledged || version > remembered.attempted)
        return fmt::format("account {} has version {}, acknowledged were {}, attempted {}", number, version,
                           remembered.acknowledged, remembered.attempted);
    auto const& expected = remembered.versions[version];
    if (*row && !std::ranges::equal((*row)->head.head.view(), expected.head))
        return fmt::format("account {} has another entry as version {}", number, version);
    if (side->has_value() != (expected.password != 0))
        return fmt::format("account {} has {} record", number, *side ? "a" : "no");
    if (*side && **side != side_row(number, expected.password))
        return fmt::format("account {} has the record of another password", number);
    remembered.acknowledged = remembered.attempted = version;
    return std::nullopt;
}

Wrong Node::compare_live() {
    for (std::size_t number = 0; number < oracle_.session_count; ++number)
        if (auto wrong = compare_session(number))
            return wrong;
    for (std::size_t number = 0; number < accounts_max; ++number)
        if (auto wrong = compare_counter(number))
            return wrong;
    return std::nullopt;
}

// A killed process loses nothing that was acknowledged; the power takes what was not synced, and no log-out.
Wrong Node::compare_session(std::size_t number) {
    auto& state = oracle_.sessions[number];
    auto const loaded = live_->load_session(session_id(number));
    if (!loaded)
        return "a session cannot be read: " + describe(loaded.error());
    bool const is_there = loaded->has_value();
    switch (state) {
    case SessionState::none: return is_there ? Wrong("a session that nobody began") : std::nullopt;
    case SessionState::asked: break;
    case SessionState::acknowledged:
        if (!is_there && !oracle_.is_power_cut)
            return "a session is lost that no power failure took";
        oracle_.reach(is_there ? Probe::unsynced_session_survived : Probe::unsynced_session_lost);
        break;
    case SessionState::synced:
        if (!is_there)
            return "a synced session is lost";
        break;
    case SessionState::ending: oracle_.reach(Probe::log_out_cut_short); break;
    case SessionState::ended:
        if (is_there)
            return "an ended session is back";
        break;
    }
    state = is_there ? SessionState::synced : SessionState::ended;
    oracle_.note("session", is_there ? 1 : 0);
    return std::nullopt;
}

Wrong Node::compare_counter(std::size_t number) {
    auto& remembered = oracle_.accounts[number];
    auto const row = live_->load_counter(counter_key(number));
    if (!row)
        return "a counter cannot be read: " + describe(row.error());
    auto const count = *row ? base::load_big_endian<std::uint64_t>(**row) : 0;
    auto const least = oracle_.is_power_cut ? remembered.count_synced : remembered.count_acknowledged;
    if (count < least || count > remembered.count_attempted)
        return fmt::format("a counter is {}, not from {} to {}", count, least, remembered.count_attempted);
    remembered.count_synced = remembered.count_acknowledged = remembered.count_attempted = count;
    return std::nullopt;
}

Wrong Node::find_erased_records() const {
    std::string files;
    for (auto const& file : fs::directory_iterator(places_.ledger())) {
        std::ifstream in(file.path(), std::ios::binary);
        files.append(std::istreambuf_iterator<char>(in), {});
    }
    for (std::size_t number = 0; number < accounts_max; ++number) {
        auto const& remembered = oracle_.accounts[number];
        auto const in_force = remembered.versions[remembered.acknowledged].password;
        for (std::size_t version = 1; version < remembered.acknowledged; ++version) {
            auto const password = remembered.versions[version].password;
            if (password != 0 && password != in_force &&
                files.contains(base::as_text(*side_row(number, password).opaque_record)))
                return fmt::format("record {} of account {} is still on the disk", password, number);
        }
    }
    return std::nullopt;
}

} // namespace bulla::test
