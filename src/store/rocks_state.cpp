#include "store/rocks_state.hpp"

#include "base/encoding.hpp"
#include "ledger/network_rows.hpp"
#include "store/ledger_rows.hpp"

#include <utility>

namespace bulla::store {
namespace {

constexpr std::array<StateFamily, state_families> families_in_order = {
    StateFamily::accounts, StateFamily::signing_keys, StateFamily::network};

template <class Row>
bool decodes(base::ByteView value) {
    return ledger::decode<Row>(value).has_value();
}

bool is_network_row(base::ByteView key, base::ByteView value) {
    if (key.size() == 1 && key[0] == std::to_underlying(ledger::NetworkRowKind::nodes))
        return decodes<ledger::NodesRow>(value);
    if (key.size() == 1 && key[0] == std::to_underlying(ledger::NetworkRowKind::policy))
        return decodes<ledger::PolicyRow>(value);
    auto const name = parse_network_key(key);
    return name && ledger::is_network_row(*name, value);
}

bool is_row(StateRow const& row) {
    switch (row.family) {
    case StateFamily::accounts: return ledger::Label::parse(row.key) && parse_account(row.value);
    case StateFamily::signing_keys:
        return ledger::KeyId::parse(row.key) && decodes<ledger::SigningKeyRow>(row.value);
    case StateFamily::network: return is_network_row(row.key, row.value);
    }
    return false;
}

std::size_t place_of(StateFamily family) {
    return std::size_t{std::to_underlying(family)} - 1;
}

} // namespace

class RocksState::View final : public StateView {
public:
    explicit View(RocksState& state) : state_(state), snapshot_(state.rocks_.take_snapshot()) {
        ++state_.views_;
    }
    ~View() override {
        snapshot_.reset();
        --state_.views_;
    }
    View(View const&) = delete;
    View& operator=(View const&) = delete;

    Stored<void> each(Visitor const& visit) override {
        bool goes_on = true;
        for (auto const family : families_in_order) {
            auto const take = [&](base::ByteView key, base::ByteView value) -> Stored<bool> {
                goes_on = visit({.family = family, .key = key, .value = value});
                return goes_on;
            };
            TRY(state_.rocks_.each_as_of(*snapshot_, state_.families_.at(place_of(family)), take));
            if (!goes_on)
                break;
        }
        return {};
    }

private:
    RocksState& state_;
    Rocks::SnapshotPointer snapshot_;
};

std::unique_ptr<StateView> RocksState::view() {
    return std::make_unique<View>(*this);
}

Stored<void> RocksState::put(rocksdb::WriteBatch& batch, StateRow const& row) {
    if (!is_row(row))
        return std::unexpected{StoreFault{.kind = StoreFaultKind::damaged,
                                          .place = "state/" + base::to_hex(row.key),
                                          .detail = "the row does not decode"}};
    rocks_.put(batch, families_.at(place_of(row.family)), row.key, row.value);
    return {};
}

} // namespace bulla::store
