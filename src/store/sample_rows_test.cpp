#include "store/sample_rows.hpp"

namespace bulla::store {

Stored<Contents> read_everything(LedgerDatabase& ledger) {
    Contents all;
    if (auto const tip = TRY(ledger.load_tip())) {
        all.height = tip->height;
        for (ledger::BlockHeight height{0}; height <= tip->height; height = height.next())
            if (auto const index = TRY(ledger.load_block_index(height)))
                all.blocks[height.number()] = index->number();
    }
    TRY(ledger.each_entry(ledger::LeafIndex{0}, [&](ledger::LeafIndex index, base::ByteView entry) {
        all.entries[index.number()] = base::to_buffer(entry);
        return true;
    }));
    TRY(ledger.each_tile([&](std::uint8_t level, std::uint64_t number, base::ByteView hashes) {
        all.tiles[{level, number}] = base::to_buffer(hashes);
        return true;
    }));
    TRY(ledger.each_account([&](ledger::Label const& label, ledger::AccountRow const& row) {
        all.accounts[label] = row;
        return true;
    }));
    TRY(ledger.each_signing_key([&](ledger::KeyId const& kid, ledger::SigningKeyRow const& row) {
        all.signing_keys[kid] = row;
        return true;
    }));
    TRY(ledger.each_side_row([&](ledger::Label const& label, SideRow const& row) {
        all.side_rows[label] = row;
        return true;
    }));
    if (all.height) {
        all.nodes = TRY(ledger.load_nodes());
        all.policy = TRY(ledger.load_policy());
    }
    return all;
}

} // namespace bulla::store
