#include "service/snapshot_join.hpp"

#include "merkle/outline.hpp"
#include "sequencer/log_fill.hpp"
#include "sequencer/network_open.hpp"
#include "service/join_link.hpp"

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

asio::awaitable<std::optional<Counted>> find_offer(JoinLink* link) {
    std::vector<Counted> counted;
    for (auto const& node : link->others()) {
        auto const bytes =
            co_await link->get(node, {.target = "/node/snapshots", .size_max = offers_size_max});
        auto const list = bytes ? ledger::decode<sequencer::SnapshotList>(*bytes)
                                : Result<sequencer::SnapshotList, base::CborFault>();
        if (list)
            for (auto const& offer : list->offers)
                if (is_sound(offer))
                    count(counted, offer, node);
    }
    std::optional<Counted> best;
    for (auto& each : counted)
        if (each.from.size() >= link->enough() && (!best || best->offer.height < each.offer.height))
            best = std::move(each);
    co_return best;
}

// From one node after the other, what a test accepts. The node that gave it is asked first the next time.
template <class Accept>
asio::awaitable<bool> fetch_good(JoinLink* link, Nodes* nodes, JoinLink::Wanted wanted, Accept accept) {
    for (std::size_t place = 0; place < nodes->size(); ++place) {
        auto const bytes = co_await link->get((*nodes)[place], wanted);
        if (!bytes || !accept(*bytes))
            continue;
        std::swap((*nodes)[place], nodes->front());
        co_return true;
    }
    co_return false;
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
                                .size_max = chunk_size_max};
        if (!co_await fetch_good(link, &counted->from, std::move(wanted), write))
            co_return std::unexpected{JoinFault::no_ledger};
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

template <class Hash>
std::vector<Hash> split(base::ByteView bytes) {
    std::vector<Hash> hashes;
    for (; bytes.size() >= Hash::size; bytes = bytes.subspan(Hash::size))
        hashes.push_back(Hash::from(bytes.first(Hash::size)));
    return hashes;
}

// The hashes of full bundles, and the leaves of the last: from one node, since the root tells of all at once.
asio::awaitable<std::optional<merkle::Outline>> fetch_outline(JoinLink* link, ledger::Node node,
                                                              ledger::TreeSize size,
                                                              merkle::LogRoot const* root) {
    base::ByteBuffer full, rest;
    for (auto const& tile : merkle::tiles_of_growth(ledger::TreeSize{}, size)) {
        bool const is_last = tile.level == 0 && tile.width < merkle::tile_width_max;
        if (tile.level != 1 && !is_last)
            continue;
        auto const bytes = co_await link->get(node, JoinLink::want(tile));
        if (!bytes)
            co_return std::nullopt;
        base::append(is_last ? rest : full, *bytes);
    }
    co_return merkle::Outline::check(split<merkle::NodeHash>(full), split<ledger::LeafHash>(rest), *root);
}

JoinFault fault_of_log(sequencer::LogFill::Fault fault) {
    return fault == sequencer::LogFill::Fault::store ? JoinFault::store : JoinFault::wrong_ledger;
}

asio::awaitable<Result<void, JoinFault>> take_bundles(JoinLink* link, Nodes* nodes,
                                                      merkle::Outline const* outline,
                                                      sequencer::LogFill* fill) {
    for (std::uint64_t number = 0; number < outline->bundle_count(); ++number) {
        Result<void, sequencer::LogFill::Fault> taken;
        auto const bundle = outline->bundle(number);
        auto const take = [&](base::ByteBuffer const& bytes) {
            auto const entries = merkle::parse_bundle(bytes, bundle.width);
            if (!entries || !outline->has(number, *entries))
                return false;
            for (auto const& entry : *entries)
                if (taken)
                    taken = fill->take(entry);
            return true;
        };
        if (!co_await fetch_good(link, nodes, JoinLink::want(bundle), take))
            co_return std::unexpected{JoinFault::no_ledger};
        CO_TRY(map_fault(taken, fault_of_log));
    }
    co_return Result<void, JoinFault>{};
}

asio::awaitable<Result<void, JoinFault>> take_log(JoinLink* link, Counted* counted,
                                                  ledger::BlockEntry const* block,
                                                  store::LedgerDatabase* ledger) {
    ledger::TreeSize const size{block->first_index.number() + block->entry_count};
    std::optional<merkle::Outline> outline;
    for (auto const& node : counted->from)
        if (!outline)
            outline = co_await fetch_outline(link, node, size, &block->log_root);
    if (!outline)
        co_return std::unexpected{JoinFault::no_ledger};
    sequencer::LogFill fill(*ledger, counted->offer.height);
    CO_TRY(co_await take_bundles(link, &counted->from, &*outline, &fill));
    CO_TRY(map_fault(fill.take(counted->offer.block_entry), fault_of_log));
    CO_TRY(map_fault(fill.finish(), fault_of_log));
    co_return Result<void, JoinFault>{};
}

asio::awaitable<std::optional<std::string>> describe_blocks(JoinLink* link, ledger::Node node,
                                                            store::EngineHeight height) {
    std::string list;
    for (auto each = height; each.number() <= height.number() + 2; each = each.next()) {
        auto const bytes = co_await link->get(node, {.target = fmt::format("/node/blocks/{}", each.number()),
                                                     .size_max = sequencer::block_description_size_max});
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
    CO_TRY(co_await take_log(link.get(), &*counted, &*block, ledger));
    JoinedSnapshot joined{.offer = counted->offer, .blocks = {}};
    for (auto const& node : counted->from)
        if (auto blocks = co_await describe_blocks(link.get(), node, counted->offer.height))
            joined.blocks.push_back(*std::move(blocks));
    if (joined.blocks.empty())
        co_return std::unexpected{JoinFault::no_ledger};
    co_return joined;
}

} // namespace bulla::service
