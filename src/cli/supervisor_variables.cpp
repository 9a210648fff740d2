#include "cli/supervisor_variables.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace bulla::cli {
namespace {

std::string_view variable(char const* name) {
    auto const* const value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

} // namespace

SupervisorVariables read_supervisor_variables() {
    SupervisorVariables read{.notify_socket = std::string(variable("NOTIFY_SOCKET"))};
    auto const pid = variable("WATCHDOG_PID");
    if (pid.empty() || number_in(pid) == ::getpid())
        read.watchdog =
            std::chrono::microseconds{std::max<std::int64_t>(0, number_in(variable("WATCHDOG_USEC")))};
    return read;
}

} // namespace bulla::cli
