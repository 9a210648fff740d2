// The limits on guessing: every OPRF evaluation is counted where it is made, before it is made.
//
// A verified login gives its failure back and sets the name's count to zero. Rows are written before the evaluation's
// answer leaves, so that a killed process forgets nothing; times are wall clock, and a clock set back never shortens
// a delay. Unknown names are counted like known ones, by label. Rules (decision 0004):
//
//   name             failures 1 to 4 free, from the 5th a delay of 30 s, doubling, at most 1 h; closed at 100 in a row
//   name and prefix  its own ladder, one step ahead, so that a stranger's failures slow the stranger first
//   prefix           20 evaluations a minute, burst 40, over all names
//   registration     5 an hour and 20 a day a label, 10 an hour a prefix
//
// Safe from any thread.
#pragma once

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/types.hpp"

#include <chrono>
#include <unordered_map>

namespace bulla::service {

// Where the rows are kept: the live database, or a map in tests.
class CounterStore {
public:
    virtual ~CounterStore() = default;
    virtual std::optional<base::ByteBuffer> load_counter(base::ByteView key) = 0;
    virtual void store_counter(base::ByteView key, base::ByteView row) = 0;
    virtual void erase_counter(base::ByteView key) = 0;
};

struct LimitRefusal {
    std::optional<std::chrono::seconds> retry_after; // none: closed until another credential or an operator opens it
};

// Names the guess that was counted.
struct GuessTicket {
    ledger::Label label;
    base::ByteBuffer prefix;
};

inline constexpr std::uint32_t free_failures = 4;
inline constexpr std::uint32_t failures_max = 100;
inline constexpr std::chrono::seconds first_delay{30};
inline constexpr std::chrono::seconds delay_max{3600};
inline constexpr double evaluations_per_second = 20.0 / 60;
inline constexpr double evaluations_burst = 40;
inline constexpr std::size_t prefixes_max = 100'000;

class GuessLimits {
public:
    explicit GuessLimits(CounterStore& counters) : counters_(counters) {}

    Result<GuessTicket, LimitRefusal> begin_guess(ledger::Label const& label, base::ByteView prefix,
                                                  base::Timestamp now);
    void give_back(GuessTicket const& ticket); // after a verified login

    Result<void, LimitRefusal> begin_registration(ledger::Label const& label, base::ByteView prefix,
                                                  base::Timestamp now);
    void registered(ledger::Label const& label); // the name's counts begin at zero

private:
    // A name's, or a name's and prefix's, failures in a row.
    struct Ladder {
        std::uint32_t failures = 0;
        base::Timestamp open_from; // no evaluation before
        static Ladder parse(std::optional<base::ByteBuffer> const& row);
        base::ByteBuffer encode() const;
        void count(base::Timestamp now);
        Result<void, LimitRefusal> check(base::Timestamp now) const;
    };
    // At most so many in each window that begins with its first event.
    struct Windows {
        std::array<base::Timestamp, 2> starts{};
        std::array<std::uint32_t, 2> counts{};
        static Windows parse(std::optional<base::ByteBuffer> const& row);
        base::ByteBuffer encode() const;
        Result<void, LimitRefusal> take(base::Timestamp now, std::array<std::uint32_t, 2> const& maxima);
    };
    struct Bucket {
        double level = evaluations_burst;
        base::Timestamp filled;
    };

    Result<void, LimitRefusal> take_from_bucket(base::ByteView prefix, base::Timestamp now) REQUIRES(mutex_);

    CounterStore& counters_;
    base::Mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_ GUARDED_BY(mutex_); // by prefix; in memory, bounded
};

} // namespace bulla::service
