// How a refusal of the guess limits looks to who asked the service: known and unknown names alike.
#pragma once

#include "service/fault.hpp"
#include "service/limits.hpp"

namespace bulla::service {

ServiceFault to_limit_fault(LimitRefusal const& refusal);

} // namespace bulla::service
