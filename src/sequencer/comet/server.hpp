// The unix socket on which the engine finds the application.
//
// Any number of connections up to connections_max, each with a thread of its own: its requests are answered
// strictly one after the other, and one that waits or does not read stops no other. A request that has no
// answer gets an exception, and its connection ends; the engine then stops itself. The socket lies in a
// directory of mode 0700; what stood at its path is removed.
#pragma once

#include "net/thread.hpp"
#include "sequencer/comet/application.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <list>

namespace bulla::sequencer::comet {

struct ServerFault {
    std::string reason; // the system's words
};

class Server {
public:
    // The application outlives the server.
    static Result<std::unique_ptr<Server>, ServerFault> start(std::filesystem::path const& socket,
                                                              Application& application,
                                                              std::shared_ptr<spdlog::logger> log);
    // Ends every connection, after the call that is being answered.
    ~Server();

private:
    using Protocol = boost::asio::local::stream_protocol;
    struct Connection {
        explicit Connection(Protocol::socket accepted) : socket(std::move(accepted)) {}
        Protocol::socket socket;
        std::atomic<bool> has_ended = false;
        std::optional<net::Thread> thread; // last: joined before the socket closes
    };

    Server(Application& application, std::shared_ptr<spdlog::logger> log);
    Result<void, ServerFault> listen(std::filesystem::path const& socket);
    void accept_connections(std::stop_token const& stop);
    void serve(Connection& connection);
    bool answer(Connection& connection, base::ByteView received, class FrameReader& frames);

    Application& application_;
    std::shared_ptr<spdlog::logger> log_;
    boost::asio::io_context context_{1}; // owns descriptors; nothing runs on it
    Protocol::acceptor acceptor_{context_};
    std::list<Connection> connections_; // the accepting thread's, until it has ended
    std::optional<net::Thread> accepting_; // last: ends first
};

} // namespace bulla::sequencer::comet
