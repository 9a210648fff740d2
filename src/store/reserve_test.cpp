#include "store/reserve.hpp"

#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace bulla::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t wanted = 32 << 20;

class ReserveTest : public testing::Test {
protected:
    test::TemporaryDirectory directory;
    fs::path const file = directory.path() / "reserve";
    Reserve reserve{file};
};

TEST_F(ReserveTest, is_taken_when_it_fits_beside_what_must_stay_free) {
    EXPECT_FALSE(reserve.has_room(reserve_size + wanted - 1, wanted));
    EXPECT_FALSE(fs::exists(file));
    EXPECT_TRUE(reserve.has_room(reserve_size + wanted, wanted));
    EXPECT_EQ(fs::file_size(file), reserve_size);
}

TEST_F(ReserveTest, gives_its_space_back_when_little_is_free) {
    ASSERT_TRUE(reserve.has_room(reserve_size + wanted, wanted));
    EXPECT_TRUE(reserve.has_room(wanted, wanted));
    EXPECT_FALSE(reserve.has_room(wanted - 1, wanted));
    EXPECT_FALSE(fs::exists(file));
}

// Its own space, given back, does not count as room.
TEST_F(ReserveTest, lets_no_block_through_before_it_is_taken_again) {
    ASSERT_TRUE(reserve.has_room(reserve_size + wanted, wanted));
    reserve.release();
    EXPECT_FALSE(reserve.has_room(reserve_size + wanted - 1, wanted));
    EXPECT_TRUE(reserve.has_room(reserve_size + wanted, wanted));
}

TEST_F(ReserveTest, that_an_earlier_process_kept_is_kept_on) {
    ASSERT_TRUE(reserve.has_room(reserve_size + wanted, wanted));
    Reserve again(file);
    EXPECT_TRUE(again.has_room(wanted, wanted));
}

TEST_F(ReserveTest, with_holes_is_none) {
    std::ofstream(file).close();
    fs::resize_file(file, reserve_size);
    Reserve hollow(file);
    EXPECT_FALSE(hollow.has_room(wanted, wanted));
}

} // namespace
} // namespace bulla::store
