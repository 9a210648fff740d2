#include "service/refusal_of_limits.hpp"

namespace bulla::service {

// A closed name looks like one that has to wait: known and unknown names alike.
ServiceFault to_limit_fault(LimitRefusal const& refusal) {
    if (refusal.kind == LimitRefusal::Kind::no_space)
        return {.kind = ServiceFaultKind::no_space};
    return {.kind = ServiceFaultKind::wait, .retry_after = refusal.retry_after};
}

Served<GuessTicket> begin_guess(Ground const& ground, ledger::Label const& label, AddressPrefix const& prefix,
                                base::Timestamp now) {
    auto ticket = ground.limits.begin_guess(label, prefix, now);
    if (!ticket && ticket.error().kind == LimitRefusal::Kind::no_space)
        return std::unexpected{to_limit_fault(ticket.error())};
    if (!ticket) {
        bool const is_closed = ticket.error().kind == LimitRefusal::Kind::closed;
        ground.events.record(is_closed ? Event::login_closed : Event::login_limited);
        return std::unexpected{to_limit_fault(ticket.error())};
    }
    ground.events.record(Event::guess);
    if (ticket->failures() == failures_max)
        ground.events.record(Event::name_closed);
    return *std::move(ticket);
}

Served<void> begin_registration(Ground const& ground, ledger::Label const& label, AddressPrefix const& prefix,
                                base::Timestamp now) {
    auto const begun = ground.limits.begin_registration(label, prefix, now);
    if (begun)
        return {};
    ground.events.record(Event::registration_limited);
    return std::unexpected{to_limit_fault(begun.error())};
}

} // namespace bulla::service
