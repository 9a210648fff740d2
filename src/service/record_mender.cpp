#include "service/record_mender.hpp"

#include "sequencer/side_rows.hpp"

namespace bulla::service {
namespace {

// Statement and admissions of such an entry are long over.
constexpr std::chrono::hours kept_max{1};
constexpr std::chrono::milliseconds disk_wait_max{2'000};

} // namespace

store::Stored<void> RecordMender::find_lacking() {
    return ground_.ledger.each_account([&](ledger::Label const& label, ledger::AccountRow const& account) {
        auto const row = ground_.ledger.load_side_row(label);
        if (account.state && row && !(*row && sequencer::has_records_of(**row, *account.state)))
            lacking_.add(label);
        return true;
    });
}

// Also ends a row whose account has been erased while it was on its way.
store::Stored<bool> RecordMender::is_whole(ledger::Label const& label) {
    auto const account = TRY(ground_.ledger.load_account(label));
    auto const row = TRY(ground_.ledger.load_side_row(label));
    if (account && account->state)
        return row && belongs_to(*row, label, *account->state);
    if (row)
        TRY(ground_.ledger.mend_side_row({.label = label, .row = std::nullopt}));
    return true;
}

boost::asio::awaitable<void> RecordMender::mend_one(ledger::Label label) {
    auto const account = ground_.ledger.load_account(label);
    if (!account)
        co_return;
    std::optional<store::SideRow> row;
    if (*account && (*account)->state)
        row = co_await peers_.find_row(label, *(*account)->state);
    auto job = [this, label, row = std::move(row)]() -> store::Stored<bool> {
        if (!TRY(is_whole(label)) && row)
            TRY(ground_.ledger.mend_side_row({.label = label, .row = row}));
        return is_whole(label); // the ledger may have gone on meanwhile
    };
    auto const ran = co_await disk_.run(std::move(job), disk_wait_max);
    if (ran && *ran && **ran)
        lacking_.remove(label);
}

boost::asio::awaitable<void> RecordMender::mend() {
    for (auto const& label : lacking_.list())
        co_await mend_one(label);
}

store::Stored<std::size_t> RecordMender::drop_old() {
    return ground_.ledger.drop_kept_before(ground_.clock.now() - kept_max);
}

} // namespace bulla::service
