// The main of every unit test program.
#include "crypto/start.hpp"

#include <gtest/gtest.h>

int main(int argc, char** argv) {
    bulla::crypto::start();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
