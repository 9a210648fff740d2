#include "http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace bulla::http {

struct Server::Opened {
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor;
    std::uint16_t port = 0;
    std::string path;
};

namespace {

using boost::asio::ip::tcp;
using Local = boost::asio::local::stream_protocol;
using Error = boost::system::error_code;

StartFault to_fault(Error const& error) {
    switch (error.value()) {
    case EADDRINUSE: return {StartFaultKind::address_in_use, error.value()};
    case EACCES:
    case EPERM: return {StartFaultKind::not_permitted, error.value()};
    default: return {StartFaultKind::failed, error.value()};
    }
}

template <class Protocol>
Result<void, StartFault> bind_and_listen(boost::asio::basic_socket_acceptor<Protocol>& acceptor,
                                         typename Protocol::endpoint const& endpoint) {
    Error error;
    acceptor.open(endpoint.protocol(), error);
    if (!error && std::is_same_v<Protocol, tcp>)
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error)
        acceptor.bind(endpoint, error);
    if (!error)
        acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
        return std::unexpected{to_fault(error)};
    return {};
}

Result<Server::Opened, StartFault> open(TcpListener const& listener, boost::asio::io_context& context) {
    Error error;
    auto const address = boost::asio::ip::make_address(listener.host, error);
    if (error)
        return std::unexpected{StartFault{StartFaultKind::address_malformed, EINVAL}};
    tcp::acceptor acceptor(context);
    TRY(bind_and_listen(acceptor, {address, listener.port}));
    auto const port = acceptor.local_endpoint(error).port();
    return Server::Opened{.acceptor = std::move(acceptor), .port = port, .path = {}};
}

Result<Server::Opened, StartFault> open(UnixListener const& listener, boost::asio::io_context& context) {
    if (listener.path.empty() || listener.path.size() >= sizeof(sockaddr_un::sun_path))
        return std::unexpected{StartFault{StartFaultKind::address_malformed, ENAMETOOLONG}};
    struct stat there{};
    if (::lstat(listener.path.c_str(), &there) == 0 && S_ISSOCK(there.st_mode))
        ::unlink(listener.path.c_str());
    // The mode stands from the beginning: nobody connects in between.
    auto const mask = ::umask(0177);
    Local::acceptor acceptor(context);
    auto const bound = bind_and_listen(acceptor, Local::endpoint(listener.path));
    ::umask(mask);
    if (!bound)
        return std::unexpected{bound.error()};
    return Server::Opened{.acceptor = std::move(acceptor), .port = 0, .path = listener.path};
}

// What is open besides connections keeps its share; the soft limit is raised as far as it goes.
std::size_t connections_possible(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    if (limit.rlim_cur < limit.rlim_max && limit.rlim_cur < wanted + files_reserved) {
        auto const before = limit.rlim_cur;
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted + files_reserved);
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    auto const files = static_cast<std::size_t>(limit.rlim_cur);
    return std::min(wanted, files > 2 * files_reserved ? files - files_reserved
                                                       : std::max<std::size_t>(1, files / 2));
}

// nothing for a connection that has ended already.
std::optional<ClientAddress> find_peer(Socket const& socket) {
    Error error;
    auto const endpoint = socket.remote_endpoint(error);
    if (error)
        return std::nullopt;
    if (endpoint.protocol().family() == AF_UNIX)
        return ClientAddress{.address = boost::asio::ip::address_v4::loopback(), .prefix = {}};
    tcp::endpoint peer;
    peer.resize(endpoint.size());
    std::memcpy(peer.data(), endpoint.data(), endpoint.size());
    return make_client_address(peer.address());
}

bool is_for_want_of_something(Error const& error) {
    return error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
           error.value() == ENOMEM;
}

} // namespace

Result<std::unique_ptr<Server>, StartFault> Server::start(Listener const& listener, ServerParts parts,
                                                          net::IoThreads& threads) {
    auto opened = TRY(std::visit([&](auto const& kind) { return open(kind, threads.at(0)); }, listener));
    auto server = std::make_unique<Server>(std::move(opened), std::move(parts), threads);
    server->attendance_.enter();
    boost::asio::co_spawn(threads.at(0), server->accept(), boost::asio::detached);
    return server;
}

Server::Server(Opened opened, ServerParts parts, net::IoThreads& threads)
    : parts_(std::move(parts)), acceptor_(std::move(opened.acceptor)), pause_(threads.at(0)),
      port_(opened.port), path_(std::move(opened.path)),
      attendance_({.all = connections_possible(parts_.limits.connections_max),
                   .per_prefix = parts_.limits.connections_per_prefix_max}) {
    for (std::size_t index = 0; index < threads.size(); ++index)
        lanes_.push_back(std::make_unique<Lane>(threads.at(index), parts_, attendance_));
}

Server::~Server() {
    stop(std::chrono::milliseconds(0));
}

boost::asio::awaitable<void> Server::accept() {
    auto constexpr awaited = boost::asio::as_tuple(boost::asio::use_awaitable);
    for (std::size_t turn = 0; accepting_; ++turn) {
        auto& lane = *lanes_[turn % lanes_.size()];
        auto [error, socket] = co_await acceptor_.async_accept(lane.context(), awaited);
        if (!error)
            admit(std::move(socket), lane);
        if (!is_for_want_of_something(error))
            continue;
        pause_.expires_after(accept_pause);
        co_await pause_.async_wait(awaited);
    }
    attendance_.leave(); // the last access to anything of the server
}

void Server::admit(Socket socket, Lane& lane) {
    auto peer = find_peer(socket);
    if (!peer)
        return;
    // A proxy stands for many clients, a unix socket for the machine itself: neither is counted by prefix.
    auto place = parts_.proxies.has(peer->address) ? base::ByteBuffer{} : peer->prefix;
    if (!attendance_.admit(place))
        return turn_away(std::move(socket));
    Error error;
    if (!peer->prefix.empty())
        socket.set_option(tcp::no_delay(true), error);
    lane.host(std::move(socket), *std::move(peer), std::move(place));
}

// One attempt, without waiting: who does not read it sees the close.
void Server::turn_away(Socket socket) {
    std::string answer;
    DateText date;
    auto const response = make_problem(Problem::too_many_connections, std::chrono::seconds(1));
    append_head(answer, response, {.persistence = Persistence::close, .date = date.at(parts_.clock.now())});
    answer.append(body_text(response.body));
    Error error;
    socket.non_blocking(true, error);
    socket.write_some(boost::asio::buffer(answer), error);
    socket.shutdown(Socket::shutdown_send, error);
    if (parts_.observer)
        parts_.observer({.status = response.status, .problem = response.problem});
}

std::size_t Server::requests_in_flight() const {
    std::size_t count = 0;
    for (auto const& lane : lanes_)
        count += lane->in_flight();
    return count;
}

void Server::stop(std::chrono::milliseconds grace) {
    if (std::exchange(stopped_, true))
        return;
    auto const end = std::chrono::steady_clock::now() + grace;
    attendance_.enter();
    boost::asio::post(lanes_.front()->context(), [this] {
        accepting_ = false;
        Error error;
        acceptor_.close(error);
        pause_.cancel();
        attendance_.leave();
    });
    // All of them know before the first client sees it: none keeps a connection open after another has closed
    // one.
    for (auto const& lane : lanes_)
        lane->begin_no_request();
    for (auto const& lane : lanes_)
        lane->end_when_idle();
    if (!attendance_.wait_until_empty(end)) {
        for (auto const& lane : lanes_)
            lane->cut();
        attendance_.wait_until_empty();
    }
    if (!path_.empty())
        ::unlink(path_.c_str());
}

} // namespace bulla::http
