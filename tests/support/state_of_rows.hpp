// State rows, as a database on disk has them, out of rows that are plain values, and back.
#pragma once

#include "store/ledger_rows.hpp"
#include "support/ledger_rows.hpp"

#include <utility>

namespace bulla::test {

class RowsView final : public store::StateView {
public:
    explicit RowsView(LedgerRows rows) : rows_(std::move(rows)) {}

    store::Stored<void> each(Visitor const& visit) override {
        using enum store::StateFamily;
        for (auto const& [label, row] : rows_.accounts)
            if (!visit({.family = accounts, .key = label, .value = store::encode_account(row)}))
                return {};
        for (auto const& [kid, row] : rows_.signing_keys)
            if (!visit({.family = signing_keys, .key = kid, .value = ledger::encode(row)}))
                return {};
        auto const key_of = [](ledger::NetworkRowKind kind) {
            return base::ByteBuffer{std::to_underlying(kind)};
        };
        auto const nodes = key_of(ledger::NetworkRowKind::nodes);
        auto const policy = key_of(ledger::NetworkRowKind::policy);
        if (!visit({.family = network, .key = nodes, .value = ledger::encode(*rows_.nodes)}) ||
            !visit({.family = network, .key = policy, .value = ledger::encode(*rows_.policy)}))
            return {};
        for (auto const& [name, value] : rows_.network_rows)
            if (!visit({.family = network, .key = store::encode_network_key(name), .value = value}))
                return {};
        return {};
    }

private:
    LedgerRows const rows_;
};

template <class Key, class Row>
bool put_row(std::map<Key, Row>& rows, std::optional<Key> const& key, std::optional<Row> row) {
    if (key && row)
        rows.insert_or_assign(*key, *std::move(row));
    return key && row;
}
template <class Row>
std::optional<Row> decode_row(base::ByteView value) {
    auto row = ledger::decode<Row>(value);
    return row ? std::optional(*std::move(row)) : std::nullopt;
}
template <class Row>
bool put_row(std::optional<Row>& place, base::ByteView value) {
    place = decode_row<Row>(value);
    return place.has_value();
}

// False: it does not decode.
inline bool put_state_row(LedgerRows& rows, store::StateRow const& row) {
    switch (row.family) {
    case store::StateFamily::accounts:
        return put_row(rows.accounts, ledger::Label::parse(row.key), store::parse_account(row.value));
    case store::StateFamily::signing_keys:
        return put_row(rows.signing_keys, ledger::KeyId::parse(row.key),
                       decode_row<ledger::SigningKeyRow>(row.value));
    case store::StateFamily::network: break;
    }
    if (row.key.size() == 1)
        return row.key[0] == std::to_underlying(ledger::NetworkRowKind::nodes)
                   ? put_row(rows.nodes, row.value)
                   : put_row(rows.policy, row.value);
    return put_row(rows.network_rows, store::parse_network_key(row.key),
                   std::optional(base::to_buffer(row.value)));
}

inline store::Stored<void> put_state_rows(LedgerRows& rows, std::span<store::StateRow const> added) {
    for (auto const& row : added)
        if (!put_state_row(rows, row))
            return std::unexpected{
                store::StoreFault{store::StoreFaultKind::damaged, "memory", "does not decode"}};
    return {};
}

} // namespace bulla::test
