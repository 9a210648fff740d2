// The proof of an account's state: a file that shows what a name's keys are, or that no such account exists,
// to someone who trusts the log's key alone (docs/formats/proof.md).
//
// The file is a C2SP .tlog-proof of the last block entry; its `extra` line carries the rest:
//   CBOR { 0: format 1, 1: block entry, 2: genesis entry, 3: [genesis inclusion path…], 4: VRF proof[80],
//          5: map proof, ? 6: account head[82], ? 7: account state }
#pragma once

#include "ledger/entry.hpp"
#include "merkle/note.hpp"
#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

namespace bulla::service {

store::Stored<std::string> make_account_proof(store::LedgerDatabase& ledger, sequencer::Head const& head,
                                              ledger::Label const& label, crypto::VrfProof const& vrf_proof);

enum class AccountProofFault : std::uint8_t {
    malformed,          // not a proof file of this form
    wrong_checkpoint,   // not signed by the log key
    wrong_genesis,      // the genesis entry is not in the log at index 0, or names another log key
    wrong_block,        // the block entry is not the log's last entry
    wrong_name,         // the VRF proof is not of this name
    wrong_directory,    // the map proof does not lead to the block's directory root
    wrong_state,        // head or state are not what the proof shows
};
std::string_view name(AccountProofFault fault);

struct ProvedAccount {
    std::uint64_t size = 0;      // of the log
    ledger::NetworkId network;
    ledger::Label label;
    ledger::BlockEntry block;    // the last one; its time is the answer's age
    std::optional<ledger::AccountRow> row; // none: no such account
};

// `username` is normalised. Everything is recomputed from the file, the name and the key.
Result<ProvedAccount, AccountProofFault> check_account_proof(std::string_view file, std::string_view username,
                                                             merkle::VerifierKey const& log_key);

} // namespace bulla::service
