#include "service/check_crew.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bulla::service {
namespace {

constexpr std::size_t portion_size_max = 128; // checks
constexpr std::size_t portions_max = 64;      // waiting

std::optional<ledger::AuditFault> run(std::vector<ledger::AuditCheck> const& portion) {
    for (auto const& [index, planned] : portion)
        if (!credential::check(planned.check))
            return ledger::AuditFault{.index = index,
                                      .reason = ledger::AuditReason::wrong_signature,
                                      .rejection = planned.otherwise};
    return std::nullopt;
}

} // namespace

CheckCrew::CheckCrew(std::size_t threads) {
    CHECK(threads > 0);
    for (std::size_t number = 0; number < threads; ++number)
        threads_.emplace_back(fmt::format("check-{}", number),
                              [this](std::stop_token const& stop) { work(stop); });
}

CheckCrew::~CheckCrew() {
    base::Lock const lock(mutex_);
    queue_.clear();
}

void CheckCrew::hand_out(std::vector<ledger::AuditCheck> checks) {
    auto const begin = std::make_move_iterator(checks.begin());
    for (std::size_t from = 0; from < checks.size(); from += portion_size_max) {
        auto const to = std::min(from + portion_size_max, checks.size());
        hand_out_portion(
            Portion(begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to)));
    }
}

void CheckCrew::hand_out_portion(Portion portion) {
    base::Lock const lock(mutex_);
    while (queue_.size() >= portions_max)
        changed_.wait(mutex_);
    queue_.push_back(std::move(portion));
    changed_.notify_all();
}

bool CheckCrew::has_found_a_fault() const {
    base::Lock const lock(mutex_);
    return first_.has_value();
}

std::optional<ledger::AuditFault> CheckCrew::finish() {
    base::Lock const lock(mutex_);
    while (!queue_.empty() || in_progress_ > 0)
        changed_.wait(mutex_);
    return first_;
}

void CheckCrew::work(std::stop_token const& stop) {
    while (true) {
        Portion portion;
        {
            base::Lock const lock(mutex_);
            // condition_variable_any with a stop token wakes when the thread is asked to end.
            changed_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return !queue_.empty(); });
            if (queue_.empty())
                return;
            portion = std::move(queue_.front());
            queue_.pop_front();
            ++in_progress_;
            changed_.notify_all();
        }
        if (auto const fault = run(portion))
            report(*fault);
        report_done();
    }
}

void CheckCrew::report(ledger::AuditFault const& fault) {
    base::Lock const lock(mutex_);
    if (!first_ || fault.index < first_->index)
        first_ = fault;
}

void CheckCrew::report_done() {
    base::Lock const lock(mutex_);
    --in_progress_;
    changed_.notify_all();
}

} // namespace bulla::service
