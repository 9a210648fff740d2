#include "cli/progress_bar.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace bulla::cli {
namespace {

constexpr std::uint64_t width = 30; // characters
constexpr std::chrono::milliseconds interval{100};

} // namespace

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (is_terminal_)
        fmt::print(stderr, "\r\x1b[K");
}

void ProgressBar::show(std::uint64_t done, std::uint64_t size) {
    auto const now = std::chrono::steady_clock::now();
    if (!is_terminal_ || size == 0 || now < next_)
        return;
    next_ = now + interval;
    auto const filled = width * done / size;
    fmt::print(stderr, "\r{} [{:=<{}}{: <{}}] {} of {}", what_, "", filled, "", width - filled, done, size);
    std::fflush(stderr);
}

} // namespace bulla::cli
