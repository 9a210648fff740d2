// Runs one coroutine to its end on the calling thread: what a command does that has nothing else to do.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace bulla::cli {

template <class T>
boost::asio::awaitable<void> keep_result(boost::asio::awaitable<T> work, std::optional<T>* result) {
    result->emplace(co_await std::move(work));
}

template <class T>
T await_here(boost::asio::awaitable<T> work) {
    boost::asio::io_context context{1};
    std::optional<T> result; // T may have no default, which co_spawn would ask of it
    boost::asio::co_spawn(context, keep_result(std::move(work), &result),
                          [](std::exception_ptr const& error) {
                              if (error)
                                  std::rethrow_exception(error);
                          });
    context.run();
    return *std::move(result);
}

} // namespace bulla::cli
