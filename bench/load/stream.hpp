// One keep-alive connection to a server on the loopback address, and the answers that come over it.
//
// A server may end a connection after an answer: the next request then opens another. Anything else that goes
// wrong ends the program, since a load generator that goes on after a fault would measure something else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulla::bench {

struct Answer {
    int status = 0;
    std::string_view body; // until the next request
};

class Stream {
public:
    explicit Stream(std::uint16_t port) : port_(port) {}
    ~Stream() { close(); }
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;

    // Whether the socket is a new one, which its epoll set does not know.
    enum class Opened : std::uint8_t { before, now };
    Opened send(std::string_view request);

    // Reads what has come; nothing until the answer is whole.
    std::optional<Answer> receive();

    // The same, waiting for the answer.
    Answer exchange(std::string_view request);

    int socket() const { return socket_; }

private:
    void open();
    void close();
    std::optional<Answer> take_answer();

    std::uint16_t port_;
    int socket_ = -1;
    bool ends_ = false; // the server closes after this answer
    std::string input_;
};

} // namespace bulla::bench
