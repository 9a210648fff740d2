#include "stream.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace bulla::bench {

void Stream::open() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(socket_ >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) == 0);
    int const on = 1;
    CHECK(::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
    ends_ = false;
}

void Stream::close() {
    if (socket_ >= 0)
        ::close(socket_);
    socket_ = -1;
}

Stream::Opened Stream::send(std::string_view request) {
    input_.clear();
    if (ends_)
        close();
    auto const opened = socket_ < 0 ? Opened::now : Opened::before;
    if (socket_ < 0)
        open();
    CHECK(::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
    return opened;
}

std::optional<Answer> Stream::receive() {
    std::array<char, 16 * 1024> piece; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    auto const size = ::recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return std::nullopt;
    CHECK(size > 0);
    input_.append(piece.data(), static_cast<std::size_t>(size));
    return take_answer();
}

std::optional<Answer> Stream::take_answer() {
    constexpr std::string_view length_name = "\r\nContent-Length: ";
    constexpr std::string_view status_line = "HTTP/1.1 200";
    auto const text = std::string_view(input_);
    auto const end = text.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return std::nullopt;
    auto const head = text.substr(0, end + 2);
    std::uint64_t length = 0;
    if (auto const found = head.find(length_name); found != std::string_view::npos) {
        auto const digits = head.substr(found + length_name.size());
        length = base::parse_decimal(digits.substr(0, digits.find('\r'))).value_or(0);
    }
    if (text.size() < end + 4 + length)
        return std::nullopt;
    ends_ = head.contains("\r\nConnection: close\r\n");
    auto const status = base::parse_decimal(head.substr(status_line.size() - 3, 3));
    CHECK(status.has_value());
    return Answer{.status = static_cast<int>(*status), .body = text.substr(end + 4, length)};
}

Answer Stream::exchange(std::string_view request) {
    send(request);
    for (;;) {
        pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
        CHECK(::poll(&ready, 1, 10'000) == 1);
        if (auto const answer = receive())
            return *answer;
    }
}

} // namespace bulla::bench
