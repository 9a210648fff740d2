#include "service/refusal_of_limits.hpp"

namespace bulla::service {

// A closed name looks like one that has to wait: known and unknown names alike.
ServiceFault to_limit_fault(LimitRefusal const& refusal) {
    return {.kind = ServiceFaultKind::wait, .retry_after = refusal.retry_after};
}

} // namespace bulla::service
