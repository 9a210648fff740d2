// What a signed-in account can see and change: its state, its proof, its entries.
#pragma once

#include "service/proof.hpp"
#include "service/registration.hpp"
#include "service/tokens.hpp"

namespace bulla::service {

struct AccountView {
    std::string username;
    ledger::AccountId account;
    ledger::Label label;
    ledger::AccountHead head;
    ledger::AccountState state;
    sequencer::HeadPointer at; // the head it was read at
};

class Accounts {
public:
    explicit Accounts(Ground& ground);

    Served<AccountView> view(Principal const& principal);
    // The proof file (.tlog-proof with an `extra` line, docs/formats/proof.md).
    Served<std::string> prove(ledger::Label const& label, ProofForm form = ProofForm::whole);

    // A new password: as registration, for a session's own account. The evidence is the present credential's,
    // then the new one's.
    Served<PasswordOffer> begin_password_change(Principal const& principal,
                                                base::ByteView registration_request,
                                                AddressPrefix const& prefix);
    boost::asio::awaitable<Served<sequencer::Receipt>> finish_password_change(Principal principal,
                                                                              PendingId id, NewPassword made);

    // add_credential (a device key), revoke_credential, end_sessions, erase: a statement about the own
    // account.
    struct Change {
        ledger::EntryKind kind = ledger::EntryKind::end_sessions;
        base::ByteBuffer statement;
        std::vector<ledger::Evidence> evidence;
    };
    boost::asio::awaitable<Served<sequencer::Receipt>> change(Principal principal, Change change);

private:
    struct Pending {
        ledger::Label label;
        ledger::AccountVersion version;
    };
    Ground& ground_;
    ProofFrames frames_;
    PendingTable<Pending> pending_;
};

} // namespace bulla::service
