#include "http/lane.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace bulla::http {
namespace {

// A deadline is kept to within a quarter of the shortest one, or half a second.
std::chrono::milliseconds sweep_interval(ServerLimits const& limits) {
    using std::chrono::milliseconds;
    auto const shortest = std::min({limits.header_time_max, limits.body_time_max, limits.write_time_max,
                                    limits.idle_time_max, limits.drain_time_max});
    return std::clamp(shortest / 4, milliseconds(1), milliseconds(500));
}

} // namespace

Lane::Lane(boost::asio::io_context& context, ServerParts const& parts, Attendance& attendance)
    : context_(context), parts_(parts), attendance_(attendance), state_(context), timer_(context) {}

void Lane::host(Socket socket, ClientAddress peer, base::ByteBuffer place) {
    boost::asio::co_spawn(context_, serve(std::move(socket), std::move(peer), std::move(place)),
                          boost::asio::detached);
}

boost::asio::awaitable<void> Lane::serve(Socket socket, ClientAddress peer, base::ByteBuffer place) {
    {
        Connection connection(std::move(socket), std::move(peer), parts_, state_);
        auto const position = connections_.insert(connections_.end(), &connection);
        if (!std::exchange(sweeping_, true)) {
            attendance_.enter();
            boost::asio::co_spawn(context_, sweep(), boost::asio::detached);
        }
        co_await connection.serve();
        connections_.erase(position);
        if (connections_.empty() && state_.stopping)
            timer_.cancel();
    }
    attendance_.leave(place); // the last access to anything of the server
}

boost::asio::awaitable<void> Lane::sweep() {
    auto const interval = sweep_interval(parts_.limits);
    while (!connections_.empty()) {
        timer_.expires_after(interval);
        co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        auto const now = std::chrono::steady_clock::now();
        for (auto* const connection : connections_)
            connection->expire(now);
    }
    sweeping_ = false;
    attendance_.leave(); // the last access to anything of the server
}

void Lane::end_when_idle() {
    attendance_.enter();
    boost::asio::post(context_, [this] {
        for (auto* const connection : connections_)
            connection->stop_when_idle();
        timer_.cancel(); // the sweep looks whether anybody is left
        attendance_.leave();
    });
}

void Lane::cut() {
    attendance_.enter();
    boost::asio::post(context_, [this] {
        for (auto* const connection : connections_)
            connection->cut();
        attendance_.leave();
    });
}

} // namespace bulla::http
