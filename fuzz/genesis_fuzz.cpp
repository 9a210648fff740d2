// Genesis and block entries: what decodes prints again, and a genesis that agrees with itself makes a block 0
// that an audit accepts.
#include "ledger/audit.hpp"
#include "ledger/block.hpp"

using namespace bulla;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    base::ByteView const bytes(data, size);
    if (auto const block = ledger::decode<ledger::BlockEntry>(bytes))
        CHECK(std::ranges::equal(ledger::encode(*block), bytes));
    auto const genesis = ledger::decode<ledger::Genesis>(bytes);
    ledger::Audit audit;
    auto const fed = audit.feed(bytes);
    CHECK(fed.has_value() == (genesis && size <= ledger::entry_size_max && ledger::is_consistent(*genesis)));
    if (!fed)
        return 0;
    CHECK(std::ranges::equal(ledger::encode(*genesis), bytes));
    auto const made = ledger::make_genesis_block(*genesis);
    CHECK(audit.feed(made.built.block_bytes).has_value());
    CHECK(audit.finish().has_value());
    CHECK(audit.head().frontier == made.built.head.frontier);
    return 0;
}
