// Work in a child process, which may end in any way; and memory that outlives it.
//
// The parent must never have used RocksDB: a child inherits its threads' state without the threads.
#pragma once

#include "base/check.hpp"

#include <sys/mman.h>

#include <functional>
#include <new>
#include <string>

namespace bulla::test {

struct ChildEnd {
    int status = 0; // of exit
    int signal = 0; // that ended it, else 0
    std::string words; // its standard error

    bool is(int wanted) const { return signal == 0 && status == wanted; }
};

// A child that has not ended after a minute is ended by SIGALRM.
ChildEnd run_in_child(std::function<int()> const& work);

// A directory on a disk in memory, where there is one.
std::string fast_temporary_directory();

template <class T>
class Shared {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    Shared() : place_(::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        CHECK(place_ != MAP_FAILED);
        new (place_) T();
    }
    ~Shared() { ::munmap(place_, sizeof(T)); }
    Shared(Shared const&) = delete;
    Shared& operator=(Shared const&) = delete;

    T& operator*() const { return *static_cast<T*>(place_); }
    T* operator->() const { return static_cast<T*>(place_); }

private:
    void* place_;
};

} // namespace bulla::test
