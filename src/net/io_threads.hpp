// The I/O threads: n io_contexts, each run by one thread of its own.
//
// What is started on a context stays on its thread, so it needs no lock and no strand. An exception that
// leaves a handler ends the process with a message. The object must outlive everything that holds an executor
// of it: sockets, timers, servers and worker pools.
#pragma once

#include "net/pulse.hpp"
#include "net/thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::net {

class IoThreads {
public:
    // Starts count threads (1 to io_threads_max), called NAME-0, NAME-1 …
    explicit IoThreads(std::size_t count, std::string_view name = "io");
    ~IoThreads();
    IoThreads(IoThreads const&) = delete;
    IoThreads& operator=(IoThreads const&) = delete;

    std::size_t size() const { return lanes_.size(); }
    boost::asio::io_context& at(std::size_t index) { return lanes_[index]->context; }

    // The next context in turn. May be called from any thread.
    boost::asio::io_context& pick();

    // Asks every thread to answer, and names those that have not answered since the call before: one whose
    // handler does not come back. Of one caller.
    std::vector<std::string> silent_threads();

    // Ends the threads: a handler that runs is finished, others are dropped when this object ends. A second
    // call does nothing. Not to be called from a thread of this object.
    void stop_and_join();

private:
    struct Lane {
        std::string name;
        Pulse pulse;
        boost::asio::io_context context{1};
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
    };

    std::vector<std::unique_ptr<Lane>> lanes_;
    std::vector<Thread> threads_; // after lanes_: joined before the contexts end
    std::atomic<std::size_t> next_{0};
};

} // namespace bulla::net
