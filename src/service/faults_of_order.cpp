#include "service/faults_of_order.hpp"

#include "base/check.hpp"

namespace bulla::service {
namespace {

// The refusals that another entry of the same account can cause between a client's two requests.
ServiceFaultKind of_rejection(ledger::Rejection rejection) {
    using enum ledger::Rejection;
    switch (rejection) {
    case label_taken:
    case name_closed: return ServiceFaultKind::username_taken;
    case stale_version:
    case wrong_previous:
    case unknown_account:
    case account_erased:
    case statement_expired:
    case admission_expired:
    case unknown_keyset:
    case recovery_pending:
    case recovery_too_early:
    case change_too_early:
    case wrong_sequence: return ServiceFaultKind::conflict;
    case unknown_recovery: return ServiceFaultKind::unknown_request; // ended, cancelled or replaced
    default: return ServiceFaultKind::refused;
    }
}

} // namespace

ServiceFault to_service_fault(sequencer::OrderFault const& fault) {
    using enum sequencer::OrderFaultKind;
    switch (fault.kind) {
    case rejected: {
        CHECK(fault.rejection.has_value());
        return {.kind = of_rejection(*fault.rejection), .rejection = fault.rejection};
    }
    case busy: return {.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}};
    case stopped: return {.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{5}};
    case no_space: return {.kind = ServiceFaultKind::no_space};
    case unknown: return {.kind = ServiceFaultKind::outcome_unknown};
    }
    CHECK_UNREACHABLE();
}

ServiceFault to_service_fault(store::StoreFault const& fault) {
    return {.kind = fault.kind == store::StoreFaultKind::no_space ? ServiceFaultKind::no_space
                                                                  : ServiceFaultKind::internal};
}

} // namespace bulla::service
