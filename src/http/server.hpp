// The HTTP server: listens on one address, and hands its connections to the I/O threads in turn.
//
// It prints nothing and starts no thread. Too many connections, or too many from one address prefix, are
// answered 503 and closed. When the process is out of files it stops accepting for a moment and goes on with
// the connections it has.
#pragma once

#include "http/lane.hpp"
#include "net/io_threads.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

namespace bulla::http {

struct TcpListener {
    std::string host = "127.0.0.1"; // an IP address
    std::uint16_t port = 0;         // 0: the system picks one
};
struct UnixListener {
    std::string path; // made with mode 0600, and removed at the end; a socket left there is replaced
};
using Listener = std::variant<TcpListener, UnixListener>;

enum class StartFaultKind {
    address_malformed, // no IP address, or the path is too long
    address_in_use,
    not_permitted, // a port below 1024, or a directory that is not ours
    failed,        // anything else
};
struct StartFault {
    StartFaultKind kind;
    int error_number; // errno
};

class Server {
public:
    struct Opened; // made by start() alone
    Server(Opened opened, ServerParts parts, net::IoThreads& threads);

    // The parts are kept; what they refer to, and the I/O threads, must outlive the server.
    static Result<std::unique_ptr<Server>, StartFault> start(Listener const& listener, ServerParts parts,
                                                             net::IoThreads& threads);
    ~Server(); // stops without grace
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    std::uint16_t port() const { return port_; } // 0 for a unix socket
    std::size_t connections() const { return attendance_.connections(); }
    std::size_t requests_in_flight() const;

    // Closes the listener and idle connections; requests begun have until the grace is over, then their
    // connections are cut. Waits for all of it, and for handlers that still run, so these must have ends of
    // their own. A second call does nothing. Not to be called from an I/O thread; the I/O threads must be
    // running.
    void stop(std::chrono::milliseconds grace);

private:
    boost::asio::awaitable<void> accept();
    void admit(Socket socket, Lane& lane);
    void turn_away(Socket socket);

    ServerParts const parts_;
    // Both of the first I/O thread.
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    std::uint16_t const port_;
    std::string const path_; // of a unix socket
    Attendance attendance_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    bool accepting_ = true; // of the first I/O thread
    bool stopped_ = false;
};

} // namespace bulla::http
