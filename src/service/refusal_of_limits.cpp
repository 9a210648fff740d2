#include "service/refusal_of_limits.hpp"

namespace bulla::service {

ServiceFault to_limit_fault(LimitRefusal const& refusal) {
    return {.kind = ServiceFaultKind::wait, .retry_after = refusal.retry_after};
}

} // namespace bulla::service
