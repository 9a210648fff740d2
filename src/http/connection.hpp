// One connection: reads requests, calls their handlers, writes the answers in order.
//
// Lives in the coroutine that serves it, on one I/O thread; all calls come from that thread. Every wait on
// the network has a deadline, kept by expire(): a timer for each operation would cost more than the
// operation.
#pragma once

#include "http/body_buffer.hpp"
#include "http/request_id.hpp"
#include "http/response_head.hpp"
#include "http/server_parts.hpp"
#include "http/turn_desk.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <atomic>

namespace bulla::http {

using Socket = boost::asio::generic::stream_protocol::socket;
using SteadyTime = std::chrono::steady_clock::time_point;

// What the connections of one I/O thread share.
struct LaneState {
    explicit LaneState(boost::asio::io_context& context) : turns(context) {}
    DateText date;
    RequestIds request_ids;
    std::atomic<std::size_t> in_flight =
        0; // requests whose head was read and whose answer is not yet written
    TurnDesk turns;
    std::atomic<bool> stopping = false; // no request is begun any more; set from any thread
};

class Connection {
public:
    Connection(Socket socket, ClientAddress peer, ServerParts const& parts, LaneState& lane);

    // Until one side ends the connection. Does not throw.
    boost::asio::awaitable<void> serve();

    void expire(SteadyTime now); // ends a wait that is over its deadline
    void stop_when_idle();       // ends the wait for a next request
    void cut();                  // ends everything but a handler that runs

private:
    // Why there is no request: a problem to be told, or nothing to be said because the other side is gone or
    // done.
    using Silence = std::optional<Problem>;
    enum class Next { request, drain, close };
    enum class Waiting { nothing, first_byte, progress };

    // What of a request the form of its answer depends on.
    struct Asked {
        Method method = Method::get;
        Version version = Version::http_1_1;
        Persistence persistence = Persistence::close;
    };

    boost::asio::awaitable<bool> shake_hands(); // of TLS; false: no connection came of it
    boost::asio::awaitable<void> step_back();
    boost::asio::awaitable<Next> serve_next();
    void start();
    boost::asio::awaitable<Next> refuse(Silence silence, Asked asked);
    boost::asio::awaitable<Next> serve_route(RequestHead head, RouteMatch match, Asked asked);
    boost::asio::awaitable<bool> await_turn(Urgency urgency); // false: refused
    bool has_left(); // the other side has closed, or shut down its half
    boost::asio::awaitable<Response> call(Route const* route, Request request);
    boost::asio::awaitable<Next> send(Response response, Asked asked, Next after);
    void observe(Method method, Response const& response);

    boost::asio::awaitable<Result<RequestHead, Silence>> read_head();
    boost::asio::awaitable<Result<SecretBytes, Silence>> read_body(BodyAhead ahead, std::size_t body_max);
    boost::asio::awaitable<Result<SecretBytes, Silence>> read_sized_body(std::size_t size);
    boost::asio::awaitable<Result<SecretBytes, Silence>> read_chunked_body(std::size_t body_max);
    boost::asio::awaitable<Result<void, Silence>> continue_if_expected(Expectation expectation);
    boost::asio::awaitable<void> drain();

    // The bytes read, or nothing to be said at the end of the stream, an error and an idle timeout;
    // request_timeout at other timeouts.
    boost::asio::awaitable<Result<std::size_t, Silence>> read_some(base::ByteSpan room, SteadyTime deadline);
    // Until the socket is ready, the deadline, or the end of the connection: the last two are no success.
    boost::asio::awaitable<bool> wait(Socket::wait_type what, SteadyTime deadline);
    boost::asio::awaitable<std::optional<std::size_t>> read_tls(base::ByteSpan room);
    // Without waiting: what the socket or the TLS session takes or wants.
    net::TlsStep write_now(std::string_view bytes);
    // What the system takes without waiting; an error shows at the next write.
    std::size_t write_at_once(std::string_view bytes);
    boost::asio::awaitable<bool> write_all(std::string_view bytes);
    boost::asio::awaitable<bool> write_piece(std::string_view piece);
    boost::asio::awaitable<bool> write_source(BodySource source, BodyEnd end);

    Socket socket_;
    std::unique_ptr<net::TlsSession> tls_; // none: plain
    ClientAddress const peer_;
    ServerParts const& parts_;
    LaneState& lane_;
    InputBuffer input_;
    std::string output_; // kept for its room
    std::size_t requests_ = 0;
    SteadyTime deadline_ = SteadyTime::max(); // of the wait on the socket
    Waiting waiting_ = Waiting::nothing;
    bool expired_ = false; // the wait that ends now ended by its deadline
    bool cut_ = false;
    SteadyTime started_; // the end of the request's head, by two clocks
    base::Timestamp now_;
    RequestId id_;
    Route const* route_ = nullptr; // of the request being served
    std::string exception_; // of its handler
};

} // namespace bulla::http
