// News of each block, for listeners that stay: the pages' explorer, and whoever wants to see an account
// change.
//
//  1. A listener holds a height and a seat, never blocks: what it has not read yet is read from the ledger
//  when it comes for it. So a slow one costs no more memory than a quick one.
//  2. There are listeners_max seats, listeners_per_prefix_max of one address prefix.
//  3. A listener is woken at most ten times a second, however fast blocks come: what has come meanwhile is
//  read at once. So the thread that publishes has little to do for them.
#pragma once

#include "base/mutex.hpp"
#include "service/ground.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <set>

namespace bulla::service {

inline constexpr std::size_t listeners_max = 1'024;
inline constexpr std::size_t listeners_per_prefix_max = 64;
inline constexpr std::size_t blocks_at_once_max = 64;
inline constexpr std::uint64_t blocks_back_max = 1'024; // older ones are left out

struct ListenerTimes {
    std::chrono::milliseconds pace{100}; // between two that a listener is woken
    std::chrono::milliseconds silence_max = std::chrono::seconds{15}; // then next() comes back without news
};

struct BlockNews {
    struct Block {
        ledger::BlockEntry entry;
        ledger::LeafIndex index; // of the block entry
    };
    std::vector<Block> blocks; // ascending; none: nothing came, and the other side wants to hear something
    sequencer::HeadPointer head; // published when they were read: its checkpoint covers them all
};

class BlockFeed {
public:
    explicit BlockFeed(Ground const& ground, ListenerTimes times = {}); // the ground outlives it
    ~BlockFeed(); // there is no listener left
    BlockFeed(BlockFeed const&) = delete;
    BlockFeed& operator=(BlockFeed const&) = delete;

    // Used by one coroutine, on an executor of one thread.
    class Listener {
    public:
        ~Listener();
        Listener(Listener const&) = delete;
        Listener& operator=(Listener const&) = delete;

        // After silence_max at the latest. Nothing: the end, or the disk does not answer.
        boost::asio::awaitable<std::optional<BlockNews>> next();

    private:
        friend class BlockFeed;
        enum class Until : std::uint8_t { publication, end };
        Listener(BlockFeed& feed, AddressPrefix prefix, ledger::BlockHeight first)
            : feed_(feed), prefix_(std::move(prefix)), next_(first) {}
        // True: woken before the time is over.
        boost::asio::awaitable<bool> wait(Until until, std::chrono::milliseconds time);
        std::optional<BlockNews> read(sequencer::HeadPointer head);

        BlockFeed& feed_;
        AddressPrefix const prefix_;
        ledger::BlockHeight next_;
        bool was_told_ = false;
        std::shared_ptr<boost::asio::steady_timer> timer_;
        Until until_ = Until::end; // of the present wait; guarded by the feed's mutex
    };

    // From the block after `seen` on, or from the newest one. Nothing: no seat is free.
    std::unique_ptr<Listener> listen(AddressPrefix const& prefix, std::optional<ledger::BlockHeight> seen);

    void end(); // of all listeners, now and later
    std::size_t listeners() const;

private:
    void wake(Listener::Until least);
    ledger::BlockHeight first_after(std::optional<ledger::BlockHeight> seen) const;

    Ground const& ground_;
    ListenerTimes const times_;
    std::atomic<bool> ended_ = false;
    mutable base::Mutex mutex_;
    std::size_t seats_taken_ GUARDED_BY(mutex_) = 0;
    std::map<AddressPrefix, std::size_t> by_prefix_ GUARDED_BY(mutex_);
    std::set<Listener*> waiting_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
