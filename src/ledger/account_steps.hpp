// Steps that the rules of accounts share, each with the rejections it pins. Part of the rules.
#pragma once

#include "ledger/plan_maker.hpp"

namespace bulla::ledger {

// Network, not_after, sentinel: before the directory is asked.
Result<void, Rejection> check_asking(WorkingSet const& working_set, AccountPart const& asks);
// version = the directory's + 1, previous = its head; 1 and zeros for a label that is absent.
Result<void, Rejection> check_chain(WorkingSet const& working_set, AccountPart const& asks);
// The account, without the credentials that have ended.
Result<AccountState, Rejection> living_state(WorkingSet const& working_set);
// All of these, in this order.
Result<AccountState, Rejection> asking_state(WorkingSet const& working_set, AccountPart const& asks);

// The generations that a new password may name.
struct Generations {
    AccountVersion first;
    AccountVersion last;
};
// The fields of its kind, its key, and what the policy wants of a password.
Result<void, Rejection> check_new_credential(WorkingSet const& working_set, NewCredential const& wanted,
                                             Generations const& generations);

Credential make_credential(WorkingSet const& working_set, AccountPart const& asks,
                           NewCredential const& wanted);
// At most credentials_max, each public key once.
Result<void, Rejection> insert(AccountState& state, Credential row);
Result<void, Rejection> count_entry(AccountState& state, base::Timestamp time);

void drop_recovery_by_operators(AccountState& state);

// What an entry leaves of the account.
struct Outcome {
    AccountStatus status = AccountStatus::active;
    std::optional<AccountState> state; // none: erased
};
AccountChange make_change(WorkingSet const& working_set, DecodedEntry const& entry, AccountPart const& asks,
                          Outcome outcome);
// The account goes on with this state, active or suspended as before.
ChangeSet keep(WorkingSet const& working_set, DecodedEntry const& entry, AccountPart const& asks,
               AccountState after);

} // namespace bulla::ledger
