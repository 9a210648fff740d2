#include "net/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

namespace bulla::net {

void Supervisor::notify(std::string_view assignments) const {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    bool const is_named = socket_.starts_with('/') || socket_.starts_with('@');
    if (!is_named || socket_.size() >= sizeof address.sun_path)
        return;
    std::ranges::copy(socket_, address.sun_path);
    if (socket_.starts_with('@'))
        address.sun_path[0] = '\0';
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    int const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0)
        return;
    ::sendto(socket, assignments.data(), assignments.size(), MSG_NOSIGNAL,
             reinterpret_cast<sockaddr const*>(&address), size);
    ::close(socket);
}

} // namespace bulla::net
