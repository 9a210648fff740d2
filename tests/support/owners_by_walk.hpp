// Finds accounts by their id in a ledger's database of a test that keeps no rows for it: by looking at all.
#pragma once

#include "support/ledger_rows.hpp"

namespace bulla::test {

class OwnersByWalk : public store::LedgerDatabase {
public:
    store::Stored<std::optional<ledger::Label>> find_label(ledger::AccountId const& account) override {
        auto const genesis = TRY(load_entry(ledger::LeafIndex{0}));
        auto const network = ledger::make_network_id(merkle::hash_leaf(genesis));
        std::vector<std::pair<ledger::Label, ledger::Opening>> openings;
        TRY(each_side_row([&](ledger::Label const& label, store::SideRow const& row) {
            openings.emplace_back(label, row.opening);
            return true;
        }));
        for (auto const& [label, opening] : openings) {
            auto const row = TRY(load_account(label));
            if (row && row->state &&
                ledger::make_account_id(network, label, row->state->registered, opening) == account)
                return label;
        }
        return std::nullopt;
    }
    store::Stored<store::CredentialNames> load_names(ledger::Label const&) override {
        return store::CredentialNames{};
    }
    store::Stored<void> name_credential(store::CredentialNaming const&) override { return {}; }
};

} // namespace bulla::test
