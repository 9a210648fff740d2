// Requests that operators recover an account, by people who have lost every way in (LEDGER §7,
// docs/decisions/0036).
//
//   ask      a name. The answer is the same for every name: an id to come back with, and a number to tell an
//            operator
//   accept   by an operator, who knows the person by other means. Only then is the label told
//   offer    what the new credential is made of
//   make     the new credential and its signature over the begin statement. From its id comes the fingerprint
//            that person and operator read to each other, before the operator proposes the recovery
//   begin    apply_change, once a quorum has approved and the time has come. recovery.hpp has the finish
//
//  1. Requests for other than accounts that have allowed it are not kept: the id alone answers for them, as
//     it does for one that gave way to others. Nobody learns from an answer whether a name exists.
//  2. What waits for an operator ends after a day; what was accepted waits a day for the new credential, and
//     then as long as a proposed change lives. Both are bounded (recovery_request_table.hpp).
#pragma once

#include "service/operator_audit.hpp"
#include "service/recovery_attempts.hpp"
#include "service/recovery_offer.hpp"
#include "service/recovery_request_table.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::service {

inline constexpr std::size_t held_requests_max = 2'000;
inline constexpr std::chrono::hours asked_request_lifetime{24};
inline constexpr std::chrono::hours accepted_request_lifetime{24};

struct RecoveryRequestAsked {
    RequestId id;
    RequestNumber number;
    ledger::NetworkId network;
    base::Timestamp time;
    base::Timestamp ends;
};
// As whoever asked sees it.
struct RecoveryRequestView {
    RequestState state = RequestState::asked;
    RequestNumber number;
    base::Timestamp ends;
    std::optional<ledger::StatementDigest> begin = {}; // once the credential is made
    std::optional<base::Timestamp> finish_from = {}; // once begun
};

class RecoveryRequests {
public:
    RecoveryRequests(Ground const& ground, RecoveryAttempts& attempts); // both outlive it

    // --- by whoever asks
    Served<RecoveryRequestAsked> ask(std::string_view username, AddressPrefix const& prefix);
    // unknown_request: it is over, or never was; also when its recovery was finished or cancelled.
    Served<RecoveryRequestView> look(RequestId const& id) const;
    // conflict: no operator has accepted it, or the credential is made.
    Served<RecoveryOffer> offer(RequestId const& id,
                                std::optional<base::ByteBuffer> const& registration_request,
                                AddressPrefix const& prefix) const;
    Served<ledger::StatementDigest> make(RequestId const& id, NewRecovery made);
    // `waiting`: the changes that wait for a decision. conflict: the operators have not decided, or the time
    // has not come.
    boost::asio::awaitable<Served<RecoveryBegun>> begin(RequestId id, std::vector<WaitingChange> waiting);

    // --- by operators
    std::vector<RecoveryRequest> list() const; // those of accounts that still allow it, the oldest first
    Served<void> accept(RequestNumber const& number); // unknown_request, conflict, busy
    Served<void> drop(RequestNumber const& number);
    // The request whose new credential an act recovers to; nothing: it was made at another node.
    std::optional<RecoveryRequest> find(ledger::RecoverAccount const& act) const;
    // apply_change of a recovery: with what the request holds. unknown_request: another node does.
    boost::asio::awaitable<Served<sequencer::Receipt>> apply(ledger::ApplyChange statement);

    // --- by the account's owner
    std::vector<RecoveryRequest> of(ledger::Label const& label) const;
    // When the account is erased, or lets operators help no more: what it asked goes, new record and all.
    Served<void> forget(ledger::Label const& label);

private:
    bool is_allowed(ledger::Label const& label) const;
    Served<RecoveryRequest> find_in(RequestState state, RequestId const& id) const;

    Ground const& ground_;
    RecoveryAttempts& attempts_;
    RecoveryRequestTable table_;
};

} // namespace bulla::service
