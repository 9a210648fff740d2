// A bar on standard error, when that is a terminal; nothing otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bulla::cli {

class ProgressBar {
public:
    explicit ProgressBar(std::string what);
    ~ProgressBar(); // clears the line

    void show(std::uint64_t done, std::uint64_t size);

private:
    std::string what_;
    bool is_terminal_;
    std::chrono::steady_clock::time_point next_;
};

} // namespace bulla::cli
