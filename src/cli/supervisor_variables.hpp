// What the supervisor says to its child by environment variables (sd_notify(3), sd_watchdog_enabled(3)).
#pragma once

#include <chrono>
#include <string>

namespace bulla::cli {

struct SupervisorVariables {
    std::string notify_socket; // empty: none
    std::chrono::microseconds watchdog{0}; // 0: none
};
// WATCHDOG_USEC counts only when WATCHDOG_PID is this process, or absent.
SupervisorVariables read_supervisor_variables();

} // namespace bulla::cli
