#include "service/join_log.hpp"

#include "merkle/outline.hpp"

namespace bulla::service {
namespace {

namespace asio = boost::asio;

template <class Hash>
std::vector<Hash> split(base::ByteView bytes) {
    std::vector<Hash> hashes;
    for (; bytes.size() >= Hash::size; bytes = bytes.subspan(Hash::size))
        hashes.push_back(Hash::from(bytes.first(Hash::size)));
    return hashes;
}

// The hashes of full bundles, and the leaves of the last: from one node, since the root tells of all at once.
asio::awaitable<std::optional<merkle::Outline>> fetch_outline(JoinLink* link, ledger::Node node,
                                                              ledger::BlockEntry const* block) {
    base::ByteBuffer full, rest;
    ledger::TreeSize const size{block->first_index.number() + block->entry_count};
    for (auto const& tile : merkle::tiles_of_growth(ledger::TreeSize{}, size)) {
        bool const is_last = tile.level == 0 && tile.width < merkle::tile_width_max;
        if (tile.level != 1 && !is_last)
            continue;
        auto const bytes = co_await link->get(node, JoinLink::want(tile));
        if (!bytes)
            co_return std::nullopt;
        base::append(is_last ? rest : full, *bytes);
    }
    auto outline =
        merkle::Outline::check(split<merkle::NodeHash>(full), split<ledger::LeafHash>(rest), block->log_root);
    if (!outline)
        link->pass_over(node, WrongAnswer::tile);
    co_return outline;
}

} // namespace

asio::awaitable<Result<void, JoinFault>> take_log(JoinLink* link, std::vector<ledger::Node>* nodes,
                                                  LogWanted wanted, TakeEntry take) {
    std::optional<merkle::Outline> outline;
    for (auto const& node : *nodes)
        if (!outline)
            outline = co_await fetch_outline(link, node, &wanted.block);
    if (!outline)
        co_return std::unexpected{wanted.none};
    auto skipped = wanted.first % merkle::tile_width_max;
    for (auto number = wanted.first / merkle::tile_width_max; number < outline->bundle_count(); ++number) {
        Result<void, JoinFault> taken;
        auto const bundle = outline->bundle(number);
        auto const accept = [&](base::ByteBuffer const& bytes) {
            auto const entries = merkle::parse_bundle(bytes, bundle.width);
            if (!entries || !outline->has(number, *entries))
                return false;
            for (auto const& entry :
                 std::span(*entries).subspan(std::min(std::exchange(skipped, 0), entries->size())))
                if (taken)
                    taken = take(entry);
            return true;
        };
        if (!co_await link->find_good(nodes, JoinLink::want(bundle), accept))
            co_return std::unexpected{wanted.none};
        CO_TRY(taken);
    }
    co_return Result<void, JoinFault>{};
}

} // namespace bulla::service
