// Gives the turns of one I/O thread: one at a time, and between two of them the thread looks at its sockets,
// so that what has come meanwhile is read, answered if it is answered at once, and lined up otherwise.
//
// Of that thread alone. Outlives the coroutines that wait; they end by themselves, for nobody waits for long.
#pragma once

#include "http/turns.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace bulla::http {

class TurnDesk {
public:
    explicit TurnDesk(boost::asio::io_context& context) : context_(context) {}

    // How long it waited; nothing when it is refused.
    boost::asio::awaitable<std::optional<Turns::Time::duration>> wait(Urgency urgency);

private:
    void give_soon();
    void give();

    boost::asio::io_context& context_;
    Turns turns_;
    bool is_giving_ = false; // give() is on its way
};

} // namespace bulla::http
