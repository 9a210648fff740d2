#include "sequencer/comet/server.hpp"

#include "sequencer/comet/dispatch.hpp"
#include "sequencer/comet/frame.hpp"
#include "sequencer/comet/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <array>

namespace bulla::sequencer::comet {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 64 * 1024;

void append(base::ByteBuffer& out, abci::Response const& response) {
    std::string bytes;
    response.SerializeToString(&bytes);
    append_frame(out, base::as_bytes(bytes));
}

// Wakes a thread that waits in a call on this descriptor, and ends the connection for the other side.
void shut_down(int descriptor) {
    ::shutdown(descriptor, SHUT_RDWR);
}

} // namespace

Server::Server(Application& application, std::shared_ptr<spdlog::logger> log)
    : application_(application), log_(std::move(log)) {}

Result<std::unique_ptr<Server>, ServerFault> Server::start(std::filesystem::path const& socket,
                                                           Application& application,
                                                           std::shared_ptr<spdlog::logger> log) {
    std::unique_ptr<Server> server(new Server(application, std::move(log))); // the constructor is private
    TRY(server->listen(socket));
    server->accepting_.emplace(
        "abci", [&server = *server](std::stop_token const& stop) { server.accept_connections(stop); });
    return server;
}

Result<void, ServerFault> Server::listen(std::filesystem::path const& socket) {
    namespace fs = std::filesystem;
    if (socket.string().size() >= sizeof(sockaddr_un::sun_path))
        return std::unexpected{
            ServerFault{"the path of the engine's socket is too long: " + socket.string()}};
    boost::system::error_code error;
    std::error_code file_error;
    fs::create_directories(socket.parent_path(), file_error);
    fs::permissions(socket.parent_path(), fs::perms::owner_all, file_error);
    fs::remove(socket, file_error);
    if (!file_error)
        static_cast<void>(acceptor_.open(Protocol(), error));
    if (!file_error && !error)
        static_cast<void>(acceptor_.bind(Protocol::endpoint(socket.string()), error));
    if (!file_error && !error)
        static_cast<void>(acceptor_.listen(Protocol::acceptor::max_listen_connections, error));
    if (file_error || error)
        return std::unexpected{ServerFault{file_error ? file_error.message() : error.message()}};
    return {};
}

Server::~Server() {
    boost::system::error_code no_endpoint;
    std::error_code ignored;
    std::filesystem::remove(acceptor_.local_endpoint(no_endpoint).path(), ignored);
    shut_down(acceptor_.native_handle());
    accepting_.reset();
    for (auto& connection : connections_)
        shut_down(connection.socket.native_handle());
    connections_.clear();
}

void Server::accept_connections(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        boost::system::error_code error;
        Protocol::socket socket(context_);
        static_cast<void>(acceptor_.accept(socket, error));
        if (error == asio::error::interrupted || error == asio::error::connection_aborted)
            continue;
        if (error)
            return; // the end, or a listener that nobody can mend
        connections_.remove_if([](Connection const& each) { return each.has_ended.load(); });
        if (connections_.size() >= connections_max) {
            log_->warn("more than {} connections to the engine's socket: one is closed", connections_max);
            continue;
        }
        auto& connection = connections_.emplace_back(std::move(socket));
        connection.thread.emplace("abci-call", [this, &connection](std::stop_token const&) {
            serve(connection);
            shut_down(connection.socket.native_handle());
            connection.has_ended = true;
        });
    }
}

void Server::serve(Connection& connection) {
    FrameReader frames(frame_size_max);
    base::ByteBuffer received(read_size);
    while (true) {
        boost::system::error_code error;
        auto const size = connection.socket.read_some(asio::buffer(received), error);
        if (error == asio::error::interrupted)
            continue;
        if (error || !answer(connection, base::ByteView(received).first(size), frames))
            return;
    }
}

// Answers every whole frame; false ends the connection.
bool Server::answer(Connection& connection, base::ByteView received, FrameReader& frames) {
    base::ByteBuffer answers;
    std::optional<CallFault> fault;
    auto const write = [&] {
        boost::system::error_code error;
        asio::write(connection.socket, asio::buffer(answers), error);
        answers.clear();
        return !error;
    };
    frames.feed(received);
    while (!fault) {
        auto const frame = frames.next();
        if (frame && !*frame)
            return answers.empty() || write();
        auto const response = frame ? dispatch(application_, **frame)
                                    : Called<abci::Response>(std::unexpect, CallFault::malformed);
        if (response)
            append(answers, *response);
        else
            fault = response.error();
        if (answers.size() > answers_size_max && !write())
            return false;
    }
    log_->error("a call of the engine cannot be answered ({}): {}", name(*fault), advice(*fault));
    append(answers, exception_of(*fault));
    write();
    return false;
}

} // namespace bulla::sequencer::comet
