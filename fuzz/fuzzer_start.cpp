// libFuzzer supplies main and calls this first.
#include "crypto/start.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***);

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    bulla::crypto::start();
    return 0;
}
