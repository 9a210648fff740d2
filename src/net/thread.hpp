// A named thread that is joined when its owner ends. Threads are made here and nowhere else.
//
// The body gets a stop_token, which the destructor sets before it joins; a body that waits does so with
// base::Condition::wait(lock, stop_token, …). An exception that reaches the top of the body ends the process
// with a message: it is a fault of ours, and a dead node is better than one with a part missing.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace bulla::net {

// What a thread that wakes does to one that runs: a prompt one may take its core at once; a patient one
// (Linux: SCHED_BATCH) waits until a core is free or the other's turn is over, so that what the others bring
// meanwhile is done together. With a free core there is no difference, and none where the system does not
// allow it.
enum class Pace : std::uint8_t { prompt, patient };

class Thread {
public:
    using Body = std::move_only_function<void(std::stop_token)>;

    // The name shows in debuggers and top; at most thread_name_size_max bytes of it are kept.
    Thread(std::string name, Body body, Pace pace = Pace::prompt);

    // Asks the body to end and waits for it. A second call does nothing.
    void stop_and_join();

private:
    std::jthread thread_; // its destructor asks and joins too
};

// Runs the body; an exception that leaves it ends the process with the name and what the exception says.
void run_or_end_process(std::string const& name, std::move_only_function<void()> body) noexcept;

} // namespace bulla::net
