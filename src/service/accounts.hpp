// What a signed-in account can see and change: its state, its proof, its entries.
#pragma once

#include "service/proof.hpp"
#include "service/recovery_requests.hpp"
#include "service/registration.hpp"
#include "service/sign_counters.hpp"
#include "service/tokens.hpp"

namespace bulla::service {

struct AccountView {
    std::string username;
    ledger::AccountId account;
    ledger::Label label;
    ledger::AccountHead head;
    ledger::AccountState state;
    store::CredentialNames names;
    sequencer::HeadPointer at; // the head it was read at
};

// What stands about an account in this node's databases.
struct AccountExport {
    AccountView view;
    store::SideRow side_row;
    std::map<ledger::CredentialId, SignCount> sign_counts;
    std::optional<GuessRow> guesses; // failures of the name
};

class Accounts {
public:
    Accounts(Ground& ground, RecoveryRequests& requests); // both outlive it

    Served<AccountView> view(Principal const& principal);
    // The proof file (.tlog-proof with an `extra` line, docs/formats/proof.md).
    Served<std::string> prove(ledger::Label const& label, ProofForm form = ProofForm::whole);

    // A new password: as registration, for a session's own account; its statement is a replace_credential, or
    // an add_credential where the account has none. The evidence is an active credential's, then the new
    // one's.
    Served<PasswordOffer> begin_password_change(Principal const& principal,
                                                base::ByteView registration_request,
                                                AddressPrefix const& prefix);
    boost::asio::awaitable<Served<sequencer::Receipt>> finish_password_change(Principal principal,
                                                                              PendingId id, NewPassword made);

    // What the owner calls a credential: 1 to 64 characters, none of them a control character. Beside the
    // ledger, and erased with the account.
    Served<void> name_credential(Principal const& principal, ledger::CredentialId const& credential,
                                 std::string name);
    // Everything that is held about the account; sessions are listed by Tokens.
    Served<AccountExport> take_out(Principal const& principal);

    // add_credential (no password), revoke_credential, end_sessions, erase, cancel_recovery,
    // allow_operator_recovery, forbid_operator_recovery: a statement about the own account.
    struct Change {
        ledger::EntryKind kind = ledger::EntryKind::end_sessions;
        base::ByteBuffer statement;
        std::vector<ledger::Evidence> evidence;
    };
    boost::asio::awaitable<Served<sequencer::Receipt>> change(Principal principal, Change change);

private:
    boost::asio::awaitable<Served<sequencer::Receipt>> cancel_recovery(Principal principal, Change change);

    struct Pending {
        ledger::Label label;
        ledger::AccountVersion version;
    };
    Served<std::vector<store::SideWrite>> side_writes_of(ledger::DecodedEntry const& entry,
                                                         ledger::Label const& label) const;
    void clear_away(ledger::DecodedEntry const& entry, Principal const& principal) const;
    Served<void> check_change(ledger::DecodedEntry const& entry, ledger::Label const& label) const;
    Ground& ground_;
    RecoveryRequests& requests_;
    ProofFrames frames_;
    PendingTable<Pending> pending_;
};

} // namespace bulla::service
