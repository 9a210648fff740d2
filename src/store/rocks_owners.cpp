#include "store/rocks_owners.hpp"

#include "base/encoding.hpp"

namespace bulla::store {
namespace {

using base::ByteBuffer;
using base::ByteView;

constexpr std::string_view id_prefix = "account";
constexpr std::string_view dropped_prefix = "dropped";
constexpr std::string_view name_prefix = "named";

ByteBuffer key_of(std::string_view prefix, ByteView rest) {
    return base::concat(base::as_bytes(prefix), rest);
}

ByteBuffer name_key(ledger::Label const& label, ByteView rest) {
    return base::concat(base::as_bytes(name_prefix), label, rest);
}

StoreFault damaged(ByteView key) {
    return {.kind = StoreFaultKind::damaged,
            .place = "meta/" + base::to_hex(key),
            .detail = "the row does not decode"};
}

} // namespace

Stored<std::optional<ledger::Label>> RocksOwners::find_label(ledger::AccountId const& account) {
    auto const key = key_of(id_prefix, account);
    auto const row = TRY(rocks_.load(meta_family, key));
    if (!row)
        return std::nullopt;
    auto const label = ledger::Label::parse(as_view(*row));
    if (!label)
        return std::unexpected{damaged(key)};
    return label;
}

void RocksOwners::put_id(rocksdb::WriteBatch& batch, ledger::AccountId const& account,
                         ledger::Label const& label) {
    rocks_.put(batch, meta_family, key_of(id_prefix, account), label);
}

void RocksOwners::erase_id(rocksdb::WriteBatch& batch, ledger::AccountId const& account) {
    rocks_.erase(batch, meta_family, key_of(id_prefix, account));
    rocks_.put(batch, meta_family, key_of(dropped_prefix, account), {});
}

Stored<CredentialNames> RocksOwners::load_names(ledger::Label const& label) {
    CredentialNames names;
    auto const first = name_key(label, {});
    TRY(rocks_.each_of_few(meta_family, first, [&](ByteView key, ByteView row) -> Stored<bool> {
        if (key.size() < first.size() || !std::ranges::equal(key.first(first.size()), first))
            return false;
        auto const id = ledger::CredentialId::parse(key.subspan(first.size()));
        if (!id)
            return std::unexpected{damaged(key)};
        names.emplace(*id, base::as_text(row));
        return true;
    }));
    return names;
}

void RocksOwners::put_name(rocksdb::WriteBatch& batch, CredentialNaming const& naming) {
    auto const key = name_key(naming.label, naming.credential);
    if (naming.name)
        rocks_.put(batch, meta_family, key, base::as_bytes(*naming.name));
    else
        rocks_.erase(batch, meta_family, key);
}

void RocksOwners::erase_names(rocksdb::WriteBatch& batch, ledger::Label const& label) {
    auto const stretch = names_of(label);
    rocks_.erase_all(batch, stretch);
}

Stored<std::vector<ledger::AccountId>> RocksOwners::erased_ids() {
    std::vector<ledger::AccountId> ids;
    TRY(rocks_.each(meta_family, base::as_bytes(dropped_prefix), [&](ByteView key, ByteView) -> Stored<bool> {
        if (!base::as_text(key).starts_with(dropped_prefix))
            return false;
        auto const id = ledger::AccountId::parse(key.subspan(dropped_prefix.size()));
        if (!id)
            return std::unexpected{damaged(key)};
        ids.push_back(*id);
        return true;
    }));
    return ids;
}

void RocksOwners::forget_erased(rocksdb::WriteBatch& batch, ledger::AccountId const& account) {
    rocks_.erase(batch, meta_family, key_of(dropped_prefix, account));
}

KeyStretch RocksOwners::row_of(ledger::AccountId const& account) {
    return {.family = meta_family, .first = key_of(id_prefix, account), .last = key_of(id_prefix, account)};
}

KeyStretch RocksOwners::names_of(ledger::Label const& label) {
    return {.family = meta_family,
            .first = name_key(label, {}),
            .last = name_key(label, ByteBuffer(ledger::CredentialId::size, 0xff))};
}

} // namespace bulla::store
