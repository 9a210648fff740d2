// The maxima of threads, pools and queues. Everything below is a count unless it says otherwise.
#pragma once

#include <cstddef>

namespace bulla::net {

inline constexpr std::size_t io_threads_max = 64;
inline constexpr std::size_t pool_threads_max = 64;
inline constexpr std::size_t pool_queue_max = 65'536;
inline constexpr std::size_t thread_name_size_max = 15; // bytes, the kernel's limit without the terminator

} // namespace bulla::net
