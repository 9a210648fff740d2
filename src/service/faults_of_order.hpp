// How the sequencer's answers look to who asked the service.
#pragma once

#include "sequencer/sequencer.hpp"
#include "service/fault.hpp"
#include "store/fault.hpp"

namespace bulla::service {

ServiceFault to_service_fault(sequencer::OrderFault const& fault);
ServiceFault to_service_fault(store::StoreFault const& fault);

} // namespace bulla::service
