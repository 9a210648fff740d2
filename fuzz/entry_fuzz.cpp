// decode_entry(): what it accepts, encode() prints again byte for byte, statement included.
#include "ledger/entry.hpp"

#include <variant>

using namespace bulla;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    base::ByteView const bytes(data, size);
    auto const entry = ledger::decode_entry(bytes);
    if (!entry)
        return 0;
    CHECK(std::ranges::equal(ledger::encode(entry->entry), bytes));
    CHECK(ledger::peek_kind(bytes) == entry->entry.kind);
    auto const statement =
        std::visit([](auto const& wanted) { return ledger::encode(wanted); }, entry->statement);
    CHECK(statement == entry->entry.statement);
    CHECK(entry->digest == ledger::digest_statement(entry->entry.kind, statement));
    CHECK(entry->leaf_hash == merkle::hash_leaf(bytes));
    return 0;
}
