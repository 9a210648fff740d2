#include "http/connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace bulla::http {
namespace {

// A body that fits in here together with its head goes out in one write.
constexpr std::size_t output_size_kept = 16 * 1024;

// Counts one request as long as it lives.
class InFlight {
public:
    explicit InFlight(std::atomic<std::size_t>& count) : count_(count) {
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~InFlight() { count_.fetch_sub(1, std::memory_order_relaxed); }
    InFlight(InFlight const&) = delete;
    InFlight& operator=(InFlight const&) = delete;

private:
    std::atomic<std::size_t>& count_;
};

} // namespace

Connection::Connection(Socket socket, ClientAddress peer, ServerParts const& parts, LaneState& lane)
    : socket_(std::move(socket)), peer_(std::move(peer)), parts_(parts), lane_(lane) {
    boost::system::error_code error;
    socket_.non_blocking(true, error);
}

void Connection::expire(SteadyTime now) {
    if (now < deadline_)
        return;
    deadline_ = SteadyTime::max();
    expired_ = true;
    boost::system::error_code error;
    socket_.cancel(error);
}

void Connection::stop_when_idle() {
    boost::system::error_code error;
    if (waiting_ == Waiting::first_byte)
        socket_.cancel(error);
}

void Connection::cut() {
    cut_ = true;
    boost::system::error_code error;
    socket_.close(error);
}

boost::asio::awaitable<void> Connection::serve() {
    auto next = Next::request;
    try {
        if (parts_.tls != nullptr && !co_await shake_hands())
            next = Next::close;
        while (next == Next::request) {
            next = co_await serve_next();
            if (next == Next::request && !input_.empty())
                co_await step_back();
        }
    } catch (...) {
        next = Next::close; // no memory for a coroutine: this connection ends, the others go on
    }
    boost::system::error_code error;
    if (tls_)
        tls_->say_goodbye();
    socket_.shutdown(Socket::shutdown_send, error);
    if (next == Next::drain && !error)
        co_await drain();
}

// Who sends the next request before the answer to the last gets it when everybody else has had a turn.
boost::asio::awaitable<void> Connection::step_back() {
    co_await boost::asio::post(boost::asio::use_awaitable);
}

boost::asio::awaitable<Connection::Next> Connection::serve_next() {
    route_ = nullptr;
    exception_.clear();
    auto head = co_await read_head();
    if (!head)
        co_return co_await refuse(head.error(), {});
    ++requests_;
    InFlight const in_flight(lane_.in_flight);
    start();

    Asked const asked{
        .method = head->parts.method, .version = head->version, .persistence = head->persistence};
    auto match = parts_.router.find(head->parts.method, head->parts.path);
    if (match) {
        route_ = match->route;
        co_return co_await serve_route(*std::move(head), *std::move(match), asked);
    }
    auto response = make_problem(match.error().problem);
    if (match.error().problem == Problem::method_not_allowed)
        response.with("Allow", std::move(match.error().allowed));
    auto const after = head->body.framing == Framing::none ? Next::request : Next::drain;
    co_return co_await send(std::move(response), asked, after);
}

void Connection::start() {
    started_ = std::chrono::steady_clock::now();
    now_ = parts_.clock.now();
    id_ = lane_.request_ids.next();
}

boost::asio::awaitable<Connection::Next> Connection::serve_route(RequestHead head, RouteMatch match,
                                                                 Asked asked) {
    if (head.body.framing != Framing::none) {
        auto body = co_await read_body(head.body, match.route->body_max);
        if (!body)
            co_return co_await refuse(body.error(), asked);
        head.parts.body = *std::move(body);
    }
    if (match.route->urgency != Urgency::at_once && !co_await await_turn(match.route->urgency))
        co_return co_await send(make_problem(Problem::too_busy, std::chrono::seconds(1)), asked,
                                Next::request);
    head.parts.parameters = std::move(match.parameters);
    auto response = co_await call(match.route, Request(std::move(head.parts)));
    co_return co_await send(std::move(response), asked, Next::request);
}

// Who has left while waiting for long is not worked for. One that only shut down its half may still read the
// refusal.
boost::asio::awaitable<bool> Connection::await_turn(Urgency urgency) {
    auto const waited = co_await lane_.turns.wait(urgency);
    co_return waited && !cut_ && (*waited <= turn_unnoticed || !has_left());
}

bool Connection::has_left() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

boost::asio::awaitable<Response> Connection::call(Route const* route, Request request) {
    try {
        Context context{.application = parts_.application,
                        .client = find_client(peer_, request, parts_.proxies),
                        .now = now_,
                        .route = *route};
        co_return co_await route->handler(std::move(request), std::move(context));
    } catch (std::exception const& exception) {
        exception_ = exception.what();
    } catch (...) {
        exception_ = "an exception of unknown type";
    }
    co_return make_problem(Problem::internal_error);
}

// The request could not be read. The stream is out of step: the connection ends.
boost::asio::awaitable<Connection::Next> Connection::refuse(Silence silence, Asked asked) {
    if (!silence)
        co_return Next::close;
    start();
    co_return co_await send(make_problem(*silence), asked, Next::drain);
}

boost::asio::awaitable<Connection::Next> Connection::send(Response response, Asked asked, Next after) {
    if (!is_sendable(response)) {
        response = make_problem(Problem::internal_error);
        exception_ = "a field of the answer held a control character";
    }
    if (response.status == 500)
        name_request(response, id_.text());
    bool const last = after != Next::request || asked.persistence == Persistence::close || lane_.stopping ||
                      requests_ >= parts_.limits.requests_per_connection_max;
    auto const end = find_body_end(response, asked.version);
    Sending const sending{.body_end = end,
                          .version = asked.version,
                          .persistence =
                              last || end == BodyEnd::close ? Persistence::close : Persistence::keep_alive,
                          .date = lane_.date.at(now_),
                          .transport = tls_ ? Transport::tls : Transport::plain,
                          .request_id = id_.text()};
    output_.clear();
    append_head(output_, response, sending);

    bool const with_body = asked.method != Method::head && end != BodyEnd::none;
    auto const body = with_body && !response.source ? body_text(response.body) : std::string_view{};
    bool const together = output_.size() + body.size() <= output_size_kept;
    if (together)
        output_.append(body);
    auto const rest = std::string_view(output_).substr(write_at_once(output_));
    bool written = rest.empty() || co_await write_all(rest);
    if (written && !together)
        written = co_await write_all(body);
    if (written && with_body && response.source)
        written = co_await write_source(std::move(response.source), end);
    observe(asked.method, response);
    if (!written)
        co_return Next::close;
    if (sending.persistence == Persistence::keep_alive)
        co_return Next::request;
    co_return after == Next::drain || !input_.empty() ? Next::drain : Next::close;
}

void Connection::observe(Method method, Response const& response) {
    if (!parts_.observer)
        return;
    parts_.observer({.method = method,
                     .route = route_ ? route_->name : std::string_view{},
                     .status = response.status,
                     .duration = std::chrono::steady_clock::now() - started_,
                     .problem = response.problem,
                     .request_id = id_.text(),
                     .exception = exception_});
}

} // namespace bulla::http
