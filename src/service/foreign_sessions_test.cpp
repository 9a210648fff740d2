#include "service/foreign_sessions.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using namespace std::chrono_literals;

constexpr auto begin = base::from_unix_milliseconds(1'000'000'000'000);
constexpr auto lifetime = 15min;

struct Sessions : testing::Test {
    ForeignSessions sessions{lifetime};
    token::SessionId const id = token::SessionId::from(base::ByteBuffer(16, 1));
    ForeignSession session() const {
        ForeignSession foreign;
        foreign.session.username = "alice";
        foreign.session.ends = begin + 24h;
        return foreign;
    }
};

TEST_F(Sessions, are_found_until_they_end) {
    EXPECT_FALSE(sessions.find(id).has_value());
    sessions.put(id, session(), begin);
    EXPECT_EQ(sessions.find(id)->session.username, "alice");
    EXPECT_FALSE(sessions.has_ended(id, begin));
    sessions.end(id, begin);
    EXPECT_FALSE(sessions.find(id).has_value());
    EXPECT_TRUE(sessions.has_ended(id, begin));
}

// The answer to a question for the row may arrive after the news of its end.
TEST_F(Sessions, that_have_ended_do_not_return) {
    sessions.end(id, begin);
    sessions.put(id, session(), begin + lifetime - 1ms);
    EXPECT_FALSE(sessions.find(id).has_value());
    EXPECT_FALSE(sessions.has_ended(id, begin + lifetime));
}

} // namespace
} // namespace bulla::service
