// Says that a value made of secrets is public from here on.
//
// Only the test of constant time hears it (tests/constant_time): it runs under valgrind with secrets marked
// as undefined, and what is declassified may be branched on. Everywhere else it does nothing.
#pragma once

#ifdef BULLA_MEMCHECK
#include <valgrind/memcheck.h>
#endif

namespace bulla::base {

template <class T>
T const& declassify(T const& value) {
#ifdef BULLA_MEMCHECK
    VALGRIND_MAKE_MEM_DEFINED(&value, sizeof value);
#endif
    return value;
}

} // namespace bulla::base
