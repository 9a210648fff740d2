// How often a password may be guessed. Every OPRF evaluation is a guess, counted before it is made.
//
//   name             failures 1 to 4 free, from the 5th a delay of 30 s, doubling, at most 1 h; at 100 closed
//   name and prefix  failures 1 to 4 free, from the 5th a delay of 30 s, four times longer with each, at most
//   4 h:
//                    a stranger's failures slow the stranger more than the name, and leave the owner gaps
//   prefix           20 evaluations a minute over all names, at most 40 at once
//   sign-in by key   a prefix: one a second, 120 at once. No name closes by it and none is closed for it: a
//                    signature cannot be guessed
//   registration     a name: 5 evaluations in an hour, 20 in a day, 100 in all; a prefix: 10 in any hour
//
// The counts of names lie in the CounterStore and outlive the process; those of prefixes alone are in memory,
// bounded. What is refused is not counted, and known and unknown names are refused alike. Thread-safe:
// guesses at one name are counted one after the other, so a hundred at once see 1 … 100.
#pragma once

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "service/counter_rows.hpp"
#include "service/prefix_rows.hpp"
#include "service/prefix_table.hpp"
#include "store/live_database.hpp"

namespace bulla::service {

enum class Kept : std::uint8_t { no_space, yes };

// Where counts of names are kept. What is not kept is no free guess: on a full disk nobody guesses, and after
// any other failure the implementation ends the process. Called by several threads, never by two for one key.
class CounterStore {
public:
    virtual ~CounterStore() = default;
    virtual std::optional<base::ByteBuffer> load_counter(base::ByteView key) = 0;
    virtual Kept change_counters(std::vector<store::CounterChange> const& changes) = 0; // all or none
};

struct GuessRules {
    Ladder name{};
    Ladder name_and_prefix{.factor = 4, .delay_max = Seconds{14'400}};
    BucketRules prefix{};
    BucketRules key_login{.spacing = std::chrono::milliseconds{1'000}, .burst = 120};
    RegistrationLimits registration{};
    std::size_t prefix_registrations_hourly = 10;
    std::size_t prefixes_max = 100'000;
};

struct LimitRefusal {
    enum class Kind : std::uint8_t {
        wait, // allowed again after retry_after
        closed, // 100 in a row: outside it looks like a wait
        no_space, // the disk is full: what cannot be counted is not allowed
    };
    Kind kind = Kind::wait;
    Seconds retry_after{1}; // at least one second; never the reason
};

// One guess that was counted. Dropping it leaves it a failure.
class GuessTicket {
public:
    GuessTicket(GuessTicket&&) = default;
    GuessTicket& operator=(GuessTicket&&) = default;
    GuessTicket(GuessTicket const&) = delete;
    GuessTicket& operator=(GuessTicket const&) = delete;

    std::uint16_t failures() const { return failures_; } // of the name, this guess included

private:
    friend class GuessLimits;
    GuessTicket(ledger::Label const& label, base::ByteView prefix, std::uint16_t failures)
        : label_(label), prefix_(base::to_buffer(prefix)), failures_(failures) {}
    ledger::Label label_;
    base::ByteBuffer prefix_;
    std::uint16_t failures_;
};

enum class Dropped : std::uint8_t { no, yes };

class GuessLimits {
public:
    explicit GuessLimits(CounterStore& counters, GuessRules rules = {});

    // A prefix is an IPv4 /24 or IPv6 /56, as bytes; at most 16 of them count.
    Result<GuessTicket, LimitRefusal> begin_guess(ledger::Label const& label, base::ByteView prefix,
                                                  base::Timestamp now);
    // After a verified login, and only then: the name's failures are 0 again, also those of this prefix.
    void give_back(GuessTicket ticket);

    // One sign-in by passkey or SSH key that begins.
    Result<void, LimitRefusal> begin_key_login(base::ByteView prefix, base::Timestamp now);

    // One evaluation of a registration or a change of password.
    Result<void, LimitRefusal> begin_registration(ledger::Label const& label, base::ByteView prefix,
                                                  base::Timestamp now);
    // After a committed entry that brings a new credential, a recovery, or an operator's word: all counts of
    // the name are 0, so that nobody closes a name before its owner comes.
    void registered(ledger::Label const& label);

    // For the sweep: drops a stored counter of the label, if it still is as old as fate_of_counter() wants.
    Dropped drop_old(ledger::Label const& label, base::ByteView key, base::Timestamp now);

private:
    static constexpr std::size_t stripe_count = 64;

    base::Mutex& stripe_of(ledger::Label const& label) { return stripes_[label[0] % stripe_count]; }
    GuessRow load_guess(base::ByteView key, base::Timestamp now);
    RegistrationRow load_registration(base::ByteView key, base::Timestamp now);
    Result<void, LimitRefusal> take_evaluation(base::ByteView prefix, base::Timestamp now);
    Result<void, LimitRefusal> take_registration(base::ByteView prefix, base::Timestamp now);

    CounterStore& counters_;
    GuessRules const rules_;
    std::array<base::Mutex, stripe_count> stripes_; // each guards the stored rows of its labels
    base::Mutex prefixes_mutex_; // taken after a stripe, never before
    PrefixTable<EvaluationBucket> buckets_ GUARDED_BY(prefixes_mutex_);
    PrefixTable<EvaluationBucket> key_logins_ GUARDED_BY(prefixes_mutex_);
    PrefixTable<HourOfEvaluations> hours_ GUARDED_BY(prefixes_mutex_);
};

} // namespace bulla::service
