// Owns an object of a C library: Handle<EVP_PKEY, EVP_PKEY_free>.
#pragma once

#include <memory>

namespace bulla::base {

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

template <class T, auto Free>
using Handle = std::unique_ptr<T, FreeWith<Free>>;

} // namespace bulla::base
