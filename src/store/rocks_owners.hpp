// Rows of the ledger's database that find an account by its id, and that hold what its owner calls its
// credentials (docs/formats/store.md):
//
//   "account" ‖ account id[16]                 → label[32]
//   "dropped" ‖ account id[16]                 → empty: a row of that id was erased, and its bytes may still
//   be
//                                                on the disk; the label does not stand here
//   "named" ‖ label[32] ‖ credential id[16]    → the name, UTF-8
//
// All in the family `meta`. They go with the row of `side` that they belong to.
#pragma once

#include "store/ledger_database.hpp"
#include "store/rocks.hpp"

namespace bulla::store {

class RocksOwners {
public:
    explicit RocksOwners(Rocks& rocks) : rocks_(rocks) {}

    Stored<std::optional<ledger::Label>> find_label(ledger::AccountId const& account);
    void put_id(rocksdb::WriteBatch& batch, ledger::AccountId const& account, ledger::Label const& label);
    void erase_id(rocksdb::WriteBatch& batch, ledger::AccountId const& account); // and marks it

    Stored<CredentialNames> load_names(ledger::Label const& label);
    void put_name(rocksdb::WriteBatch& batch, CredentialNaming const& naming);
    void erase_names(rocksdb::WriteBatch& batch, ledger::Label const& label); // also those written meanwhile

    // For making erased bytes leave the disk.
    Stored<std::vector<ledger::AccountId>> erased_ids();
    void forget_erased(rocksdb::WriteBatch& batch, ledger::AccountId const& account);
    static KeyStretch row_of(ledger::AccountId const& account);
    static KeyStretch names_of(ledger::Label const& label);

private:
    Rocks& rocks_;
};

} // namespace bulla::store
