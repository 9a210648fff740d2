#include "service/block_feed.hpp"

#include "ledger/entry.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bulla::service {

namespace asio = boost::asio;

namespace {

std::optional<BlockNews::Block> load_block(store::LedgerDatabase& ledger, ledger::BlockHeight height) {
    auto const index = ledger.load_block_index(height);
    if (!index || !*index)
        return std::nullopt;
    auto const bytes = ledger.load_entry(**index);
    if (!bytes)
        return std::nullopt;
    auto const entry = ledger::decode<ledger::BlockEntry>(*bytes);
    if (!entry)
        return std::nullopt;
    return BlockNews::Block{.entry = *entry, .index = **index};
}

} // namespace

BlockFeed::BlockFeed(Ground const& ground, ListenerTimes times) : ground_(ground), times_(times) {
    ground_.sequencer.heads().listen([this] { wake(Listener::Until::publication); });
}

BlockFeed::~BlockFeed() {
    ground_.sequencer.heads().listen({});
    CHECK(listeners() == 0);
}

std::size_t BlockFeed::listeners() const {
    base::Lock const lock(mutex_);
    return seats_taken_;
}

// A height above the newest one is of another life of this ledger, or made up: it is not waited for.
ledger::BlockHeight BlockFeed::first_after(std::optional<ledger::BlockHeight> seen) const {
    auto const newest = ground_.head()->block.height.number();
    if (!seen)
        return ledger::BlockHeight{newest};
    auto const oldest = newest > blocks_back_max ? newest - blocks_back_max : 0;
    return ledger::BlockHeight{std::max(std::min(seen->number(), newest) + 1, oldest)};
}

std::unique_ptr<BlockFeed::Listener> BlockFeed::listen(AddressPrefix const& prefix,
                                                       std::optional<ledger::BlockHeight> seen) {
    auto const first = first_after(seen);
    base::Lock const lock(mutex_);
    auto const place = by_prefix_.find(prefix);
    bool const is_full = seats_taken_ >= listeners_max ||
                         (place != by_prefix_.end() && place->second >= listeners_per_prefix_max);
    if (is_full)
        return nullptr;
    ++seats_taken_;
    ++by_prefix_[prefix];
    return std::unique_ptr<Listener>(new Listener(*this, prefix, first));
}

void BlockFeed::end() {
    ended_ = true;
    wake(Listener::Until::end);
}

// The timer is its thread's alone: it is cancelled there, and kept until then. The wait of a listener that is
// woken has begun before anything else runs on that thread.
void BlockFeed::wake(Listener::Until least) {
    base::Lock const lock(mutex_);
    std::erase_if(waiting_, [least](Listener* listener) {
        if (least == Listener::Until::publication && listener->until_ == Listener::Until::end)
            return false;
        asio::post(listener->timer_->get_executor(), [timer = listener->timer_] { timer->cancel(); });
        return true;
    });
}

BlockFeed::Listener::~Listener() {
    base::Lock const lock(feed_.mutex_);
    feed_.waiting_.erase(this);
    --feed_.seats_taken_;
    auto const place = feed_.by_prefix_.find(prefix_);
    if (--place->second == 0)
        feed_.by_prefix_.erase(place);
}

asio::awaitable<bool> BlockFeed::Listener::wait(Until until, std::chrono::milliseconds time) {
    if (!timer_)
        timer_ = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
    timer_->expires_after(time);
    {
        base::Lock const lock(feed_.mutex_);
        until_ = until;
        feed_.waiting_.insert(this);
    }
    // What came before this listener was among those who wait woke nobody.
    bool const is_there = until == Until::publication && feed_.ground_.head()->block.height >= next_;
    if (is_there || feed_.ended_)
        co_return true;
    auto const [error] = co_await timer_->async_wait(asio::as_tuple(asio::use_awaitable));
    co_return error.failed();
}

asio::awaitable<std::optional<BlockNews>> BlockFeed::Listener::next() {
    if (std::exchange(was_told_, false))
        co_await wait(Until::end, feed_.times_.pace);
    auto head = feed_.ground_.head();
    // Once more after a wake that was meant for an earlier wait.
    for (int waits = 0; !feed_.ended_ && head->block.height < next_ && waits < 2; ++waits) {
        if (!co_await wait(Until::publication, feed_.times_.silence_max))
            break;
        head = feed_.ground_.head();
    }
    if (feed_.ended_)
        co_return std::nullopt;
    if (head->block.height < next_)
        co_return BlockNews{.blocks = {}, .head = std::move(head)};
    co_return read(std::move(head));
}

std::optional<BlockNews> BlockFeed::Listener::read(sequencer::HeadPointer head) {
    BlockNews news;
    while (next_ <= head->block.height && news.blocks.size() < blocks_at_once_max) {
        auto const block = load_block(feed_.ground_.ledger, next_);
        if (!block)
            return std::nullopt;
        news.blocks.push_back(*block);
        next_ = next_.next();
    }
    was_told_ = true;
    news.head = std::move(head);
    return news;
}

} // namespace bulla::service
