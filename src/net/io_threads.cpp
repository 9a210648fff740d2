#include "net/io_threads.hpp"

#include "base/check.hpp"
#include "net/limits.hpp"

namespace bulla::net {

IoThreads::IoThreads(std::size_t count, std::string_view name) {
    CHECK(count > 0 && count <= io_threads_max);
    lanes_.reserve(count);
    threads_.reserve(count);
    for (std::size_t index = 0; index < count; ++index) {
        auto& context = lanes_.emplace_back(std::make_unique<Lane>())->context;
        threads_.emplace_back(std::string(name) + "-" + std::to_string(index),
                              [&context](std::stop_token const&) { context.run(); });
    }
}

IoThreads::~IoThreads() {
    stop_and_join();
}

boost::asio::io_context& IoThreads::pick() {
    return at(next_.fetch_add(1, std::memory_order_relaxed) % lanes_.size());
}

void IoThreads::stop_and_join() {
    for (auto& lane : lanes_)
        lane->context.stop();
    for (auto& thread : threads_)
        thread.stop_and_join();
}

} // namespace bulla::net
