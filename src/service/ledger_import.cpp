#include "service/ledger_import.hpp"

namespace bulla::service {
namespace {

using Kind = ImportFault::Kind;
auto const store_fault = [](store::StoreFault const& from) {
    return ImportFault{.kind = Kind::store, .store = from};
};
std::unexpected<ImportFault> fault(Kind kind) {
    return std::unexpected{ImportFault{.kind = kind}};
}

} // namespace

Result<void, ImportFault> LedgerImport::take(base::ByteView entry) {
    ++size_;
    if (auto const block = ledger::decode<ledger::BlockEntry>(entry))
        return take_block(*block, entry);
    if (waiting_.size() >= ledger::block_entries_max)
        return fault(Kind::other_block);
    waiting_.push_back(base::to_buffer(entry));
    return {};
}

Result<void, ImportFault> LedgerImport::take_block(ledger::BlockEntry const& block, base::ByteView bytes) {
    if (waiting_.empty())
        return fault(Kind::other_block);
    for (auto& entry : waiting_) {
        auto const outcome =
            TRY(map_fault(maker_.execute({.entry = std::move(entry), .side_writes = {}}, block.time, checks_),
                          store_fault));
        if (!outcome)
            return fault(Kind::refused);
    }
    waiting_.clear();
    auto const made = maker_.close();
    if (!std::ranges::equal(made->batch.entries.back(), bytes))
        return fault(Kind::other_block);
    TRY(map_fault(ledger_.commit(made->batch), store_fault));
    maker_.settle();
    end_ = made->after;
    return {};
}

} // namespace bulla::service
