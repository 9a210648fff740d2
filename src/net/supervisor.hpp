// Tells the supervisor how the service is, by the protocol of sd_notify(3): one datagram a message to a
// unix socket that the supervisor names. docs/decisions/0020-sd-notify.md says why not by its library.
#pragma once

#include <string>
#include <string_view>

namespace bulla::net {

class Supervisor {
public:
    // The value of NOTIFY_SOCKET: a path, or "@" and an abstract name. Empty: nobody listens.
    explicit Supervisor(std::string socket) : socket_(std::move(socket)) {}

    // "READY=1", "STATUS=…", several assignments in lines. What cannot be sent is dropped: the manager acts
    // by what it does not hear.
    void notify(std::string_view assignments) const;

private:
    std::string socket_;
};

} // namespace bulla::net
