// The guess limits as the rest of the service asks them: what they refuse is counted, and looks the same for
// known and unknown names.
#pragma once

#include "service/fault.hpp"
#include "service/ground.hpp"

namespace bulla::service {

ServiceFault to_limit_fault(LimitRefusal const& refusal);

// GuessLimits::begin_guess() and begin_registration().
Served<GuessTicket> begin_guess(Ground const& ground, ledger::Label const& label, AddressPrefix const& prefix,
                                base::Timestamp now);
Served<void> begin_registration(Ground const& ground, ledger::Label const& label, AddressPrefix const& prefix,
                                base::Timestamp now);

} // namespace bulla::service
