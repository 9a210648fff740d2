#include "store/rocks_engine.hpp"

#include "base/encoding.hpp"
#include "ledger/fields.hpp"

namespace bulla::store {
namespace {

using base::ByteBuffer;
using base::ByteView;

constexpr std::string_view height_key = "engine";
constexpr std::string_view result_prefix = "result";
constexpr std::string_view kept_prefix = "kept";

struct HeightRow {
    EngineHeight height;
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.height);
    }
};

ByteBuffer key_of(std::string_view prefix, ByteView rest = {}) {
    return base::concat(base::as_bytes(prefix), rest);
}

StoreFault damaged(ByteView key) {
    return {.kind = StoreFaultKind::damaged,
            .place = "meta/" + base::to_hex(key),
            .detail = "the row does not decode"};
}

} // namespace

template <class Row>
Stored<std::optional<Row>> RocksEngine::load(ByteBuffer const& key) {
    auto const bytes = TRY(rocks_.load(meta_family, key));
    if (!bytes)
        return std::nullopt;
    auto row = ledger::decode<Row>(as_view(*bytes));
    if (!row)
        return std::unexpected{damaged(key)};
    return *std::move(row);
}

// A transaction that was refused although it is an entry already keeps the result it has.
Stored<void> RocksEngine::put_step(rocksdb::WriteBatch& batch, EngineStep const& step) {
    rocks_.put(batch, meta_family, key_of(height_key), ledger::encode(HeightRow{step.height}));
    for (auto const& [hash, result] : step.results) {
        if (result.index || !TRY(load_result(hash)))
            rocks_.put(batch, meta_family, key_of(result_prefix, hash), ledger::encode(result));
    }
    for (auto const& key : step.taken)
        rocks_.erase(batch, meta_family, key_of(kept_prefix, key));
    return {};
}

void RocksEngine::put_kept(rocksdb::WriteBatch& batch, KeptKey const& key, KeptWrites const& kept) {
    rocks_.put(batch, meta_family, key_of(kept_prefix, key), ledger::encode(kept));
}

Stored<void> RocksEngine::erase_kept(rocksdb::WriteBatch& batch, KeptKey const& key,
                                     std::vector<ledger::Label>& dropped) {
    auto const kept = TRY(load_kept(key));
    if (!kept)
        return {};
    for (auto const& write : kept->writes)
        dropped.push_back(write.label);
    rocks_.erase(batch, meta_family, key_of(kept_prefix, key));
    return {};
}

Stored<EngineHeight> RocksEngine::load_height() {
    auto const row = TRY(load<HeightRow>(key_of(height_key)));
    return row ? row->height : EngineHeight{};
}

Stored<std::optional<TransactionResult>> RocksEngine::load_result(TransactionHash const& hash) {
    return load<TransactionResult>(key_of(result_prefix, hash));
}

Stored<std::optional<KeptWrites>> RocksEngine::load_kept(KeptKey const& key) {
    return load<KeptWrites>(key_of(kept_prefix, key));
}

Stored<void> RocksEngine::each_kept(KeptVisitor const& visit) {
    return rocks_.each(meta_family, key_of(kept_prefix), [&](ByteView key, ByteView bytes) -> Stored<bool> {
        if (!base::as_text(key).starts_with(kept_prefix))
            return false;
        auto const of = KeptKey::parse(key.subspan(kept_prefix.size()));
        auto const kept = ledger::decode<KeptWrites>(bytes);
        if (!of || !kept)
            return std::unexpected{damaged(key)};
        return visit(*of, *kept);
    });
}

ByteBuffer RocksEngine::kept_first() {
    return key_of(kept_prefix);
}

ByteBuffer RocksEngine::kept_last() {
    return key_of(kept_prefix, ByteBuffer(KeptKey::size, 0xff));
}

} // namespace bulla::store
