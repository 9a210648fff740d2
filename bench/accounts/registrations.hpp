// Makes registrations by the million for a founded data directory: entries that `bulla ledger verify`
// accepts, with two real signatures, and the side rows that belong to them.
//
// Every real_every-th account is a whole one: its name is user-0, user-1 and so on, its record comes from
// OPAQUE with the password of password_client.hpp, and its owner can sign in. The others have keys and
// signatures as real, but nobody knows their name: the label is the output of a VRF proof made of random
// bytes, which nobody can tell from a true one without the name, and the record is random too.
#pragma once

#include "sequencer/check_memory.hpp"
#include "sequencer/sequencer.hpp"
#include "service/founding.hpp"

namespace bulla::bench {

class RegistrationMaker {
public:
    // Directory and node keys outlive the maker. The nodes whose keys are given admit every account: as many
    // of them as it takes. Safe from any thread.
    RegistrationMaker(service::DataDirectory const& data, ledger::PolicyRow const& policy,
                      std::uint64_t real_every, std::vector<crypto::Ed25519KeyPair const*> node_keys);

    // Account `number`, admitted at `now`. Its signatures were made here: where there is a memory, their
    // checks are remembered rather than run.
    sequencer::Submission make(std::uint64_t number, base::Timestamp now,
                               sequencer::CheckMemory* checks) const;

private:
    struct Owned {
        ledger::Register statement;
        ledger::Evidence evidence;
        store::SideRow side_row;
        ledger::Label label;
    };
    Owned make_whole(std::uint64_t number, base::Timestamp now) const;
    Owned make_nameless(std::uint64_t number, base::Timestamp now) const;
    ledger::Register make_statement(ledger::Label const& label, ledger::Opening const& opening,
                                    base::Timestamp now) const;

    service::DataDirectory const& data_;
    ledger::PolicyRow policy_;
    std::uint64_t real_every_;
    std::vector<crypto::Ed25519KeyPair const*> node_keys_;
};

} // namespace bulla::bench
