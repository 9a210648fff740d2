// Who waits for what becomes of a transaction. Safe on any thread.
#pragma once

#include "base/mutex.hpp"
#include "sequencer/sequencer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>

namespace bulla::sequencer::comet {

// A transaction in a committed block: the place of its entry, or the number of its rejection.
struct Outcome {
    std::uint32_t code = 0;
    std::optional<Receipt> receipt; // with the head that holds it; none: refused
};
using BlockOutcomes = std::map<store::TransactionHash, Outcome>;

class Outcomes {
public:
    // One who waits; made on the executor of its coroutine and used there alone.
    struct Wait {
        explicit Wait(boost::asio::any_io_executor const& executor)
            : event(executor, boost::asio::steady_timer::time_point::max()) {}
        boost::asio::steady_timer event; // cancelled once there is an outcome or an end
        std::optional<Outcome> outcome;
        bool has_ended = false; // no outcome will come
    };
    using WaitPointer = std::shared_ptr<Wait>;

    // False: too many wait already, or the end has come.
    bool add(store::TransactionHash const& hash, WaitPointer const& wait);
    // Whether nobody else waits for the same.
    bool remove(store::TransactionHash const& hash, WaitPointer const& wait);

    void settle(BlockOutcomes const& outcomes);
    void end(); // wakes everybody without an outcome
    std::size_t size() const;

private:
    mutable base::Mutex mutex_;
    std::multimap<store::TransactionHash, WaitPointer> waiting_ GUARDED_BY(mutex_);
    bool has_ended_ GUARDED_BY(mutex_) = false;
};

} // namespace bulla::sequencer::comet
