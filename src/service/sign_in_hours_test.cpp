#include "service/sign_in_hours.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Counts = std::vector<std::uint32_t>;

class SignInHoursTest : public testing::Test {
protected:
    SignInHoursTest() { counted.begin(start); }
    void add(int count, base::Timestamp time) {
        for (int i = 0; i < count; ++i)
            counted.add(time);
    }
    static constexpr base::Timestamp start{std::chrono::milliseconds{1'800'000'000'000}}; // a full hour
    SignInHours counted;
};

TEST_F(SignInHoursTest, are_counted_by_the_hour_from_the_start_to_now) {
    add(5, start + minutes{59});
    add(10, start + hours{2});
    auto const view = counted.view(start + hours{3} + minutes{1});
    EXPECT_EQ(view.since, start);
    EXPECT_EQ(view.first, start);
    EXPECT_EQ(view.counts, (Counts{5, 0, 10, 0}));
}

TEST_F(SignInHoursTest, begin_with_the_hour_in_which_the_node_started) {
    counted.begin(start + minutes{30});
    EXPECT_EQ(counted.view(start + minutes{31}).first, start);
    EXPECT_EQ(counted.view(start + minutes{31}).counts, Counts{0});
}

TEST_F(SignInHoursTest, of_a_few_people_are_not_told) {
    add(4, start);
    EXPECT_EQ(counted.view(start).counts, Counts{0});
    add(1, start);
    EXPECT_EQ(counted.view(start).counts, Counts{5});
    add(4, start);
    EXPECT_EQ(counted.view(start).counts, Counts{5});
}

TEST_F(SignInHoursTest, are_forgotten_after_seven_days) {
    add(5, start);
    auto const last = start + hours{SignInHours::hours_max - 1};
    EXPECT_EQ(counted.view(last).counts.front(), 5U);
    auto const later = counted.view(last + hours{1});
    EXPECT_EQ(later.counts, Counts(SignInHours::hours_max, 0));
    EXPECT_EQ(later.first, start + hours{1});
    add(5, start + hours{10'000});
    auto const much_later = counted.view(start + hours{10'000});
    EXPECT_EQ(much_later.counts.size(), SignInHours::hours_max);
    EXPECT_EQ(much_later.counts.back(), 5U);
}

TEST_F(SignInHoursTest, of_a_clock_that_went_back_are_of_the_newest_hour) {
    add(5, start + hours{2});
    add(5, start);
    EXPECT_EQ(counted.view(start).counts, (Counts{0, 0, 10}));
}

} // namespace
} // namespace bulla::service
