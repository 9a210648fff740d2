#include "service/engine_start.hpp"

#include "ledger/node_list_walk.hpp"

namespace bulla::service {
namespace {

bool has_validators(ledger::NodeList const& list) {
    return std::ranges::all_of(
        list.nodes, [](ledger::ListedNode const& listed) { return listed.node.validator_key.has_value(); });
}

// The list after an entry: the one before, unless the entry changes it.
void follow(ledger::NodeList& list, base::ByteView bytes) {
    auto const entry = ledger::decode_entry(bytes);
    if (!entry || entry->entry.kind != ledger::EntryKind::apply_change)
        return;
    if (auto const next = ledger::next_node_list(list, *entry->act); next && *next)
        list = **next;
}

} // namespace

store::Stored<std::optional<EngineStart>> load_engine_start(store::LedgerDatabase& ledger,
                                                            std::uint64_t size) {
    auto const genesis = ledger::decode<ledger::Genesis>(TRY(ledger.load_entry(ledger::LeafIndex{0})));
    if (!genesis)
        return std::unexpected{store::StoreFault{
            .kind = store::StoreFaultKind::damaged, .place = "entries", .detail = "no genesis"}};
    auto list = make_node_list(genesis->nodes);
    std::optional<EngineStart> found;
    TRY(ledger.each_entry(ledger::LeafIndex{1}, [&](ledger::LeafIndex index, base::ByteView bytes) {
        auto const size_here = index.number() + 1;
        if (size_here < size) {
            follow(list, bytes);
            return true;
        }
        auto const block = ledger::decode<ledger::BlockEntry>(bytes);
        if (size_here == size && block && has_validators(list))
            found = EngineStart{.time = block->time, .start = merkle::hash_leaf(bytes), .list = list};
        return false;
    }));
    return found;
}

} // namespace bulla::service
