#include "net/io_threads.hpp"

#include "base/check.hpp"
#include "net/limits.hpp"

#include <boost/asio/post.hpp>

namespace bulla::net {

IoThreads::IoThreads(std::size_t count, std::string_view name) {
    CHECK(count > 0 && count <= io_threads_max);
    lanes_.reserve(count);
    threads_.reserve(count);
    for (std::size_t index = 0; index < count; ++index) {
        auto& lane = *lanes_.emplace_back(std::make_unique<Lane>());
        lane.name = std::string(name) + "-" + std::to_string(index);
        threads_.emplace_back(lane.name, [&lane](std::stop_token const&) { lane.context.run(); });
    }
}

IoThreads::~IoThreads() {
    stop_and_join();
}

boost::asio::io_context& IoThreads::pick() {
    return at(next_.fetch_add(1, std::memory_order_relaxed) % lanes_.size());
}

std::vector<std::string> IoThreads::silent_threads() {
    std::vector<std::string> silent;
    for (auto& lane : lanes_) {
        if (lane->pulse.is_asked()) {
            silent.push_back(lane->name);
            continue;
        }
        lane->pulse.ask();
        boost::asio::post(lane->context, [&pulse = lane->pulse] { pulse.answer(); });
    }
    return silent;
}

void IoThreads::stop_and_join() {
    for (auto& lane : lanes_)
        lane->context.stop();
    for (auto& thread : threads_)
        thread.stop_and_join();
}

} // namespace bulla::net
