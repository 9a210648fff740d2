#include "service/linked_entry.hpp"

#include "service/faults_of_order.hpp"

namespace bulla::service {
namespace {

constexpr int tries_max = 4;

bool came_late(sequencer::OrderFault const& fault) {
    return fault.rejection == ledger::Rejection::stale_version ||
           fault.rejection == ledger::Rejection::wrong_previous;
}

} // namespace

boost::asio::awaitable<Served<sequencer::Receipt>> order_linked(Ground const* ground, LinkedEntry linked) {
    for (int tries = 1;; ++tries) {
        auto const account =
            CO_TRY(map_fault(ground->ledger.load_account(linked.label),
                             [](store::StoreFault const& fault) { return to_service_fault(fault); }));
        if (!account)
            co_return refuse(ServiceFaultKind::refused);
        linked.entry.link =
            ledger::AccountLink{.version = account->head.version.next(), .previous = account->head.head};
        sequencer::Submission submission{.entry = ledger::encode(linked.entry), .side_writes = {}};
        if (linked.write)
            submission.side_writes.push_back(*linked.write);
        auto ordered = co_await ground->sequencer.order(std::move(submission));
        if (ordered)
            co_return *std::move(ordered);
        if (tries == tries_max || !came_late(ordered.error()))
            co_return std::unexpected{to_service_fault(ordered.error())};
    }
}

} // namespace bulla::service
