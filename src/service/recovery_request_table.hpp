// The rows of a node's recovery requests, and their ids. Thread-safe.
//
//  1. Of what waits for an operator, asked_requests_max rows are in memory alone, asked_requests_of_name_max
//     of one name: the oldest gives way.
//  2. What an operator has accepted is in the live database too, and comes back at the next start.
#pragma once

#include "base/secret.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/recovery_request_row.hpp"

#include <functional>
#include <map>

namespace bulla::service {

inline constexpr std::size_t asked_requests_max = 1'000;
inline constexpr std::size_t asked_requests_of_name_max = 5;

class RecoveryRequestTable {
public:
    explicit RecoveryRequestTable(Ground const& ground); // outlives it

    // An id that says by itself until when it waits, and that this run has given it out.
    RequestId make_id(base::Timestamp ends) const;
    std::optional<base::Timestamp> end_of_own(RequestId const& id) const; // nothing: over, or not its own

    void keep(RecoveryRequest request); // asked
    // The stored row in its place.
    Served<void> store(RecoveryRequest const& request);
    Served<void> erase(RecoveryRequest const& request);

    // None that has ended.
    std::optional<RecoveryRequest> find(RequestNumber const& number) const;
    std::optional<RecoveryRequest> find(RequestId const& id) const;
    std::optional<RecoveryRequest> find(ledger::StatementDigest const& begin) const;
    using Wanted = std::function<bool(RecoveryRequest const&)>; // called under the lock
    std::vector<RecoveryRequest> select(Wanted const& wanted) const; // the oldest first

private:
    using Rows = std::map<RequestNumber, RecoveryRequest>;

    static std::optional<RequestNumber> find_oldest(Rows const& rows,
                                                    std::optional<ledger::Label> const& label,
                                                    std::size_t count_max);
    void drop_ended();

    Ground const& ground_;
    Secret<32> const id_key_; // of this run
    mutable base::Mutex mutex_;
    Rows rows_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
