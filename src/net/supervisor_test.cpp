#include "net/supervisor.hpp"

#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

namespace bulla::net {
namespace {

// What the supervisor's end of the protocol does: receive.
class Listener {
public:
    explicit Listener(std::string const& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::ranges::copy(name, address.sun_path);
        if (name.starts_with('@'))
            address.sun_path[0] = '\0';
        auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr const*>(&address), size), 0);
    }
    ~Listener() { ::close(socket_); }
    Listener(Listener const&) = delete;
    Listener& operator=(Listener const&) = delete;

    std::string receive() const {
        std::array<char, 256> room{};
        auto const size = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
        return size < 0 ? "nothing" : std::string(room.data(), static_cast<std::size_t>(size));
    }

private:
    int socket_;
};

TEST(Supervisor, hears_each_message_as_one_datagram_on_a_path_or_an_abstract_name) {
    test::TemporaryDirectory const directory;
    for (auto const& name :
         {(directory.path() / "notify").string(), "@bulla-test-" + std::to_string(::getpid())}) {
        Listener const listener(name);
        Supervisor const told(name);
        told.notify("READY=1\nSTATUS=serving");
        told.notify("WATCHDOG=1");
        EXPECT_EQ(listener.receive(), "READY=1\nSTATUS=serving");
        EXPECT_EQ(listener.receive(), "WATCHDOG=1");
        EXPECT_EQ(listener.receive(), "nothing");
    }
}

TEST(Supervisor, may_be_absent_gone_or_named_in_no_way_we_know) {
    for (auto const& name : {std::string(), std::string("/nowhere/at/all"), std::string("vsock:2:1"),
                             "/" + std::string(200, 'x')})
        Supervisor(name).notify("READY=1");
}

} // namespace
} // namespace bulla::net
