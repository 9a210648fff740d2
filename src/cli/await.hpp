// Runs one coroutine to its end on the calling thread: what a command does that has nothing else to do.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace bulla::cli {

template <class T>
T await_here(boost::asio::awaitable<T> work) {
    boost::asio::io_context context{1};
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(work), [&result](std::exception_ptr const& error, T value) {
        if (error)
            std::rethrow_exception(error);
        result.emplace(std::move(value));
    });
    context.run();
    return *std::move(result);
}

} // namespace bulla::cli
