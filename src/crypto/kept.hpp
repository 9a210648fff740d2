// Keys that live as long as the process: memory of their own, by libsodium's sodium_malloc().
//
// The pages are locked, so that they are never written to swap, as far as the system's limit of locked memory
// allows; left out of core dumps (MADV_DONTDUMP); between pages that nobody may touch; wiped when they are
// freed. Each object takes four pages and some system calls: for keys of a node, not for keys of a request.
#pragma once

#include "base/check.hpp"

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace bulla::crypto {

// The process ends when there is no memory.
void* allocate_kept(std::size_t size);
void free_kept(void* place, std::size_t size) noexcept;

struct FreeKept {
    template <class T>
    void operator()(T const* object) const noexcept {
        std::destroy_at(object);
        free_kept(const_cast<T*>(object), sizeof(T));
    }
};

// Stays where it is when its owner moves.
template <class T>
using Kept = std::unique_ptr<T const, FreeKept>;

// Moves the value there; what it leaves behind is wiped when its type wipes what it is moved from.
template <class T>
Kept<T> keep(T value) {
    return Kept<T>(::new (allocate_kept(sizeof(T))) T(std::move(value)));
}

} // namespace bulla::crypto
