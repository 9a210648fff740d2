// Waiting for the signals that end the program.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace bulla::net {

enum class EndSignal { terminate, interrupt }; // SIGTERM, SIGINT

// Resumes at the next SIGTERM or SIGINT. From the call on, the two no longer end the process by themselves,
// until the returned awaitable has ended; a wait that is cancelled reports terminate.
boost::asio::awaitable<EndSignal> wait_for_end_signal();

// A write to a connection that the other side has closed is an error of that write, and not the end of the
// process.
void ignore_broken_pipes();

} // namespace bulla::net
