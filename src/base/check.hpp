// CHECK(condition): our own faults. Always on, prints the condition and its place, ends the process.
// A dead node is better than a fork. Never CHECK what an outsider can choose.
#pragma once

namespace bulla::base {

[[noreturn]] void check_failed(char const* condition, char const* file, int line) noexcept;

} // namespace bulla::base

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) [[unlikely]]                                              \
            ::bulla::base::check_failed(#condition, __FILE__, __LINE__);            \
    } while (false)

#define CHECK_UNREACHABLE() ::bulla::base::check_failed("unreachable", __FILE__, __LINE__)
