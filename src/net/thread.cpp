#include "net/thread.hpp"

#include "net/limits.hpp"

#include <pthread.h>
#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace bulla::net {
namespace {

[[noreturn]] void end_process(std::string const& name, char const* reason) noexcept {
    std::fputs(("bulla: thread " + name + " failed: " + reason + "\n").c_str(), stderr);
    std::abort();
}

// Of the calling thread. A sandbox may forbid it.
void be_patient() noexcept {
    sched_param const no_priority{};
    static_cast<void>(::sched_setscheduler(0, SCHED_BATCH, &no_priority));
}

} // namespace

void run_or_end_process(std::string const& name, std::move_only_function<void()> body) noexcept {
    try {
        body();
    } catch (std::exception const& exception) {
        end_process(name, exception.what());
    } catch (...) {
        end_process(name, "an exception of unknown type");
    }
}

Thread::Thread(std::string name, Body body, Pace pace)
    : thread_([name = std::move(name), body = std::move(body), pace](std::stop_token stop) mutable {
          pthread_setname_np(pthread_self(), name.substr(0, thread_name_size_max).c_str());
          if (pace == Pace::patient)
              be_patient();
          run_or_end_process(name, [&] { body(std::move(stop)); });
      }) {}

void Thread::stop_and_join() {
    if (!thread_.joinable())
        return;
    thread_.request_stop();
    thread_.join();
}

} // namespace bulla::net
