// The connections of one server on one I/O thread.
//
// The sweep goes over them several times a second while there are any, and ends waits that are over their
// deadline.
#pragma once

#include "http/attendance.hpp"
#include "http/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <list>

namespace bulla::http {

class Lane {
public:
    Lane(boost::asio::io_context& context, ServerParts const& parts, Attendance& attendance);

    boost::asio::io_context& context() { return context_; }

    // From any thread. The connection's place in the attendance is taken already; it is left at the end.
    void host(Socket socket, ClientAddress peer, base::ByteBuffer place);

    // From any thread: begin no request any more; end the connections that wait for one; end every one.
    std::size_t in_flight() const { return state_.in_flight.load(std::memory_order_relaxed); }
    void begin_no_request() { state_.stopping = true; }
    void end_when_idle();
    void cut();

private:
    boost::asio::awaitable<void> serve(Socket socket, ClientAddress peer, base::ByteBuffer place);
    boost::asio::awaitable<void> sweep();

    boost::asio::io_context& context_;
    ServerParts const& parts_;
    Attendance& attendance_;

    LaneState state_;

    // Of the lane's thread alone.
    std::list<Connection*> connections_;
    boost::asio::steady_timer timer_;
    bool sweeping_ = false;
};

} // namespace bulla::http
