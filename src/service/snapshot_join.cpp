#include "service/snapshot_join.hpp"

#include "sequencer/log_fill.hpp"
#include "sequencer/network_open.hpp"
#include "service/join_log.hpp"

#include <fmt/format.h>

namespace bulla::service {
namespace {

namespace asio = boost::asio;

using sequencer::SnapshotOffer;
using Nodes = std::vector<ledger::Node>;

constexpr std::size_t offers_size_max = std::size_t{8} << 20;
// A row goes whole into a chunk, even one that is longer alone.
constexpr std::size_t chunk_size_max = sequencer::chunk_size_default + (std::size_t{1} << 20);

struct Counted {
    SnapshotOffer offer;
    Nodes from;
};

// Offers of the same height that differ stand apart.
void count(std::vector<Counted>& counted, SnapshotOffer const& offer, ledger::Node const& from) {
    auto const same = std::ranges::find(counted, offer, &Counted::offer);
    if (same == counted.end())
        counted.push_back({.offer = offer, .from = {from}});
    else if (same->from.back().id != from.id) // one node counts once
        same->from.push_back(from);
}

std::optional<sequencer::SnapshotList> parse_offers(base::ByteView bytes) {
    auto list = ledger::decode<sequencer::SnapshotList>(bytes);
    if (!list || !std::ranges::all_of(list->offers, sequencer::is_sound))
        return std::nullopt;
    return *std::move(list);
}

// The newest that enough nodes make alike. Who offers another of that height is said.
std::optional<Counted> choose(JoinLink const& link, std::vector<Counted> const& counted) {
    auto const* best = static_cast<Counted const*>(nullptr);
    for (auto const& each : counted)
        if (each.from.size() >= link.enough() && (best == nullptr || best->offer.height < each.offer.height))
            best = &each;
    if (best == nullptr)
        return std::nullopt;
    for (auto const& each : counted)
        if (each.offer.height == best->offer.height && each.offer != best->offer)
            for (auto const& node : each.from)
                link.pass_over(node, WrongAnswer::offer);
    return *best;
}

asio::awaitable<std::optional<Counted>> find_offer(JoinLink* link) {
    std::vector<Counted> counted;
    for (auto const& node : link->others()) {
        auto const bytes = co_await link->get(
            node, {.target = "/node/snapshots", .size_max = offers_size_max, .what = WrongAnswer::offer});
        auto const list = bytes ? parse_offers(*bytes) : std::nullopt;
        if (bytes && !list)
            link->pass_over(node, WrongAnswer::offer);
        if (list)
            for (auto const& offer : list->offers)
                count(counted, offer, node);
    }
    co_return choose(*link, counted);
}

// What was offered and does not decode is the fault of those who offered it.
JoinFault fault_of(store::StoreFault const& fault) {
    return fault.kind == store::StoreFaultKind::damaged ? JoinFault::wrong_ledger : JoinFault::store;
}

Result<void, JoinFault> write_chunk(store::LedgerDatabase& ledger, base::ByteView chunk) {
    auto const rows = sequencer::parse_chunk(chunk);
    if (!rows)
        return std::unexpected{JoinFault::wrong_ledger};
    return map_fault(ledger.fill_state(*rows),
                     [](store::StoreFault const& fault) { return fault_of(fault); });
}

asio::awaitable<Result<void, JoinFault>> take_state(JoinLink* link, Counted* counted,
                                                    store::LedgerDatabase* ledger) {
    auto const& offer = counted->offer;
    for (std::size_t number = 0; number < offer.chunk_count(); ++number) {
        Result<void, JoinFault> written;
        auto const write = [&](base::ByteBuffer const& chunk) {
            if (sequencer::hash_chunk(chunk) != offer.chunk_hash(number))
                return false;
            written = write_chunk(*ledger, chunk);
            return true;
        };
        JoinLink::Wanted wanted{.target = fmt::format("/node/snapshots/{}/{}", offer.height.number(), number),
                                .size_max = chunk_size_max,
                                .what = WrongAnswer::chunk};
        if (!co_await link->find_good(&counted->from, std::move(wanted), write))
            co_return std::unexpected{JoinFault::no_snapshot};
        CO_TRY(written);
    }
    co_return Result<void, JoinFault>{};
}

// Each account's state was compared with its commitment when it was written.
Result<void, JoinFault> check_state(store::LedgerDatabase& ledger, ledger::BlockEntry const& block) {
    sequencer::Head head;
    head.block = block;
    auto const to_join_fault = [](store::StoreFault const& fault) { return fault_of(fault); };
    auto const directory = TRY(map_fault(sequencer::open_directory(ledger, head, {}), to_join_fault));
    auto const network = TRY(map_fault(sequencer::open_network(ledger, block), to_join_fault));
    if (!directory || !network)
        return std::unexpected{JoinFault::wrong_ledger};
    return {};
}

JoinFault fault_of_log(sequencer::LogFill::Fault fault) {
    return fault == sequencer::LogFill::Fault::store ? JoinFault::store : JoinFault::wrong_ledger;
}

asio::awaitable<Result<void, JoinFault>> fill_log(JoinLink* link, Counted* counted,
                                                  ledger::BlockEntry const* block,
                                                  store::LedgerDatabase* ledger) {
    sequencer::LogFill fill(*ledger, counted->offer.height);
    TakeEntry const take = [&](base::ByteView entry) { return map_fault(fill.take(entry), fault_of_log); };
    CO_TRY(co_await take_log(link, &counted->from, {.block = *block, .none = JoinFault::no_snapshot}, take));
    CO_TRY(take(counted->offer.block_entry));
    CO_TRY(map_fault(fill.finish(), fault_of_log));
    co_return Result<void, JoinFault>{};
}

asio::awaitable<std::optional<std::string>> describe_blocks(JoinLink* link, ledger::Node node,
                                                            store::EngineHeight height) {
    std::string list;
    for (auto each = height; each.number() <= height.number() + 2; each = each.next()) {
        auto const bytes = co_await link->get(node, {.target = fmt::format("/node/blocks/{}", each.number()),
                                                     .size_max = sequencer::block_description_size_max,
                                                     .what = WrongAnswer::blocks});
        if (!bytes)
            co_return std::nullopt;
        list += list.empty() ? "[" : ",";
        list += base::as_text(*bytes);
    }
    co_return list + "]";
}

} // namespace

asio::awaitable<Result<std::optional<JoinedSnapshot>, JoinFault>> take_snapshot(
    Joiner const* joiner, store::LedgerDatabase* ledger) {
    auto const link = JoinLink::make(*joiner);
    if (link == nullptr)
        co_return std::unexpected{JoinFault::tls};
    auto counted = co_await find_offer(link.get());
    if (!counted)
        co_return std::nullopt;
    auto const block = ledger::decode<ledger::BlockEntry>(counted->offer.block_entry);
    CHECK(block.has_value()); // is_sound()
    CO_TRY(co_await take_state(link.get(), &*counted, ledger));
    CO_TRY(check_state(*ledger, *block));
    CO_TRY(co_await fill_log(link.get(), &*counted, &*block, ledger));
    JoinedSnapshot joined{.offer = counted->offer, .blocks = {}};
    for (auto const& node : counted->from)
        if (auto blocks = co_await describe_blocks(link.get(), node, counted->offer.height))
            joined.blocks.push_back({.from = node.id, .text = *std::move(blocks)});
    if (joined.blocks.empty())
        co_return std::unexpected{JoinFault::no_snapshot};
    co_return joined;
}

} // namespace bulla::service
