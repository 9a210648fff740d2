#include "http/turn_desk.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace bulla::http {

boost::asio::awaitable<std::optional<Turns::Time::duration>> TurnDesk::wait(Urgency urgency) {
    using Waited = std::optional<Turns::Time::duration>;
    auto const now = std::chrono::steady_clock::now();
    if (!turns_.open_for(urgency, now))
        co_return std::nullopt;
    auto initiate = [this, urgency, now](auto handler) {
        turns_.enter(urgency, now,
                     [handler = std::move(handler)](Waited waited) mutable { std::move(handler)(waited); });
        if (!std::exchange(is_giving_, true))
            give_soon();
    };
    co_return co_await boost::asio::async_initiate<boost::asio::use_awaitable_t<> const, void(Waited)>(
        std::move(initiate), boost::asio::use_awaitable);
}

void TurnDesk::give_soon() {
    boost::asio::post(context_, [this] { give(); });
}

void TurnDesk::give() {
    auto due = turns_.take(std::chrono::steady_clock::now());
    is_giving_ = !turns_.is_empty();
    if (is_giving_)
        give_soon();
    for (auto& one : due) // the last of them may be the end of this desk
        one();
}

} // namespace bulla::http
