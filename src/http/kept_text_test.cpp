#include "http/kept_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>

namespace bulla::http {
namespace {

using namespace std::chrono_literals;

TEST(KeptText, is_made_anew_for_each_who_asks_now_and_then) {
    KeptText text;
    KeptText::Time now{};
    for (int made = 0; made < 100; ++made, now += 50ms)
        EXPECT_EQ(text.read(now, [&] { return std::to_string(made); }), std::to_string(made));
}

TEST(KeptText, is_the_last_one_in_a_flood) {
    KeptText text;
    int made = 0;
    std::string last;
    for (int asked = 0; asked < 1'000; ++asked)
        last = text.read(KeptText::Time{}, [&] { return std::to_string(++made); });
    EXPECT_EQ(made, kept_text_rate);
    EXPECT_EQ(last, std::to_string(made));
    text.read(KeptText::Time{} + 50ms, [&] { return std::to_string(++made); });
    EXPECT_EQ(made, kept_text_rate + 1);
}

TEST(KeptText, a_making_that_throws_is_not_counted) {
    KeptText text;
    for (int asked = 0; asked < 100; ++asked)
        EXPECT_THROW(text.read({}, []() -> std::string { throw std::bad_alloc(); }), std::bad_alloc);
    EXPECT_EQ(text.read({}, [] { return std::string("made"); }), "made");
}

// Against a model that remembers every making.
RC_GTEST_PROP(KeptText, is_made_no_more_often_than_the_rate, (std::vector<std::uint8_t> const& waits)) {
    KeptText text;
    KeptText::Time now{};
    std::deque<KeptText::Time> makings;
    for (auto const wait : waits) {
        now += std::chrono::milliseconds(wait);
        text.read(now, [&] {
            makings.push_back(now);
            return std::string();
        });
    }
    for (auto first = makings.begin(); first != makings.end(); ++first)
        for (auto last = first; last != makings.end(); ++last) {
            auto const seconds = std::chrono::duration<double>(*last - *first).count();
            RC_ASSERT(static_cast<double>(last - first + 1) <= (1 + seconds) * kept_text_rate);
        }
}

} // namespace
} // namespace bulla::http
