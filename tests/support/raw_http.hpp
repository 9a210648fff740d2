// A client for tests that sends exactly the bytes it is given, and waits at most ten seconds for an answer.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bulla::test {

struct RawAnswer {
    int status = 0;
    std::string head; // status line and fields, without the empty line
    std::string body;

    // The name as the server prints it.
    std::optional<std::string> field(std::string_view name) const {
        auto const begin = head.find("\r\n" + std::string(name) + ": ");
        if (begin == std::string::npos)
            return std::nullopt;
        auto const value = begin + 2 + name.size() + 2;
        return head.substr(value, head.find("\r\n", value) - value);
    }
};

class RawClient {
public:
    // Has a file already, but is not connected.
    RawClient() : file_(::socket(AF_INET, SOCK_STREAM, 0)) {}
    explicit RawClient(std::uint16_t port) : RawClient() { connect(port); }
    void connect(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        start(reinterpret_cast<sockaddr*>(&address), sizeof(address));
    }
    explicit RawClient(std::string const& socket_path) : file_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
        start(reinterpret_cast<sockaddr*>(&address), sizeof(address));
    }
    ~RawClient() {
        if (file_ >= 0)
            ::close(file_);
    }
    RawClient(RawClient&& other) noexcept
        : file_(std::exchange(other.file_, -1)), read_(std::move(other.read_)) {}
    RawClient& operator=(RawClient&&) = delete;

    bool is_connected() const { return connected_; }
    int file() const { return file_; }

    // False when the other side has closed meanwhile.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            auto const sent = ::send(file_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void end_sending() { ::shutdown(file_, SHUT_WR); }

    // Closes with RST, as a program does that dies.
    void reset() {
        linger const at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(file_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        ::close(std::exchange(file_, -1));
    }

    // The next answer of known size; status 0 when the connection ends before it.
    RawAnswer answer(std::string_view method = "GET") {
        while (!read_.contains("\r\n\r\n"))
            if (!read_more())
                return {};
        RawAnswer answer;
        auto const end = read_.find("\r\n\r\n");
        answer.head = read_.substr(0, end);
        read_.erase(0, end + 4);
        answer.status = std::stoi(answer.head.substr(9, 3));
        auto const size = method == "HEAD" ? 0 : std::stoul(answer.field("Content-Length").value_or("0"));
        while (read_.size() < size)
            if (!read_more())
                return {};
        answer.body = read_.substr(0, size);
        read_.erase(0, size);
        return answer;
    }

    // Without waiting: bytes, or the end of the connection.
    bool has_something_to_read() {
        char byte = 0;
        return !read_.empty() || ::recv(file_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
    }

    // So many bytes, or up to the end of the connection.
    void read_exactly(std::size_t size) {
        char byte = 0;
        while (size-- > 0 && ::recv(file_, &byte, 1, 0) == 1) {
        }
    }

    // Everything up to the end of the connection; an error counts as the end.
    std::string rest() {
        while (read_more()) {
        }
        return std::exchange(read_, {});
    }

    // Whether the server has closed, and sent nothing more.
    bool is_at_end() { return read_.empty() && !read_more(); }

private:
    void start(sockaddr const* address, socklen_t size) {
        timeval const patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        ::setsockopt(file_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        connected_ = ::connect(file_, address, size) == 0;
    }
    bool read_more() {
        char bytes[16 * 1024];
        auto const size = ::recv(file_, bytes, sizeof(bytes), 0);
        if (size <= 0)
            return false;
        read_.append(bytes, static_cast<std::size_t>(size));
        return true;
    }

    int file_;
    bool connected_ = false;
    std::string read_;
};

} // namespace bulla::test
