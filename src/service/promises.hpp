// Which registration each name is promised to (LEDGER: admissions).
//
// A node that admitted a registration admits no other of the same label until the first is committed, or long
// enough has passed that its admission counts no more.
#pragma once

#include "base/mutex.hpp"
#include "base/time.hpp"
#include "ledger/statement.hpp"

#include <map>

namespace bulla::service {

class Promises {
public:
    static constexpr std::size_t rows_max = 100'000;

    struct Promise {
        ledger::StatementDigest digest;
        ledger::AccountVersion version; // the one its entry makes
        base::Timestamp ends;
        ledger::NodeId asker = {}; // who may withdraw it; zeros: nobody, as it was made before a restart
    };

    enum class Outcome : std::uint8_t { promised, to_another, full };
    // `present`: the account's version now; a promise of an earlier one is over.
    Outcome make(ledger::Label const& label, Promise const& promise, ledger::AccountVersion present,
                 base::Timestamp now);

    // Whether there was such a promise to this node.
    bool withdraw(ledger::Label const& label, ledger::StatementDigest const& digest,
                  ledger::NodeId const& asker);

private:
    void drop_ended(base::Timestamp now) REQUIRES(mutex_);

    base::Mutex mutex_;
    std::map<ledger::Label, Promise> promises_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
