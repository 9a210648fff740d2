// The main of every unit test program.
#include "crypto/start.hpp"

#include <gtest/gtest.h>

#if __has_feature(thread_sanitizer)
// RocksDB comes from Debian without instrumentation: its memtables synchronise where the sanitizer does not
// see it. And tests that kill a child fork while its background threads run.
extern "C" char const* __tsan_default_suppressions();
extern "C" char const* __tsan_default_suppressions() {
    return "race:rocksdb::";
}
extern "C" char const* __tsan_default_options();
extern "C" char const* __tsan_default_options() {
    return "die_after_fork=0";
}
#endif

int main(int argc, char** argv) {
    bulla::crypto::start();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
