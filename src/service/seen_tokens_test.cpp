#include "service/seen_tokens.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

crypto::Sha256Digest hash_of(std::string_view token) {
    return crypto::sha256(base::as_bytes(token));
}

token::SessionId session_of(std::string_view name) {
    return token::SessionId::from(hash_of(name).view().first(token::SessionId::size));
}

SeenToken living_token(std::string_view session) {
    SeenToken seen{.principal = {}, .issued_at = {}, .kid = {}, .living = LivingSession{}};
    seen.principal.session = session_of(session);
    return seen;
}

class TokensSeen : public testing::Test {
protected:
    void remember(std::string_view token, std::string_view session) {
        seen.remember(hash_of(token), living_token(session), seen.ended_sessions());
    }
    bool lives(std::string_view token) const {
        auto const found = seen.find(hash_of(token));
        return found && found->living;
    }
    SeenTokens seen{3};
};

TEST_F(TokensSeen, one_never_seen_is_not_found) {
    remember("a", "session");
    EXPECT_EQ(seen.find(hash_of("b")), nullptr);
}

TEST_F(TokensSeen, the_end_of_a_session_is_seen_by_each_of_its_tokens_and_by_no_other) {
    remember("a", "first");
    remember("b", "first");
    remember("c", "second");
    seen.session_ended(session_of("first"));
    EXPECT_FALSE(lives("a"));
    EXPECT_FALSE(lives("b"));
    EXPECT_TRUE(lives("c"));
}

TEST_F(TokensSeen, after_the_end_of_its_session_a_token_is_still_known_by_its_signature) {
    remember("a", "session");
    seen.session_ended(session_of("session"));
    EXPECT_NE(seen.find(hash_of("a")), nullptr);
}

TEST_F(TokensSeen, a_session_that_ends_while_it_is_looked_up_is_not_remembered_as_living) {
    auto const before = seen.ended_sessions();
    seen.session_ended(session_of("session"));
    seen.remember(hash_of("a"), living_token("session"), before);
    EXPECT_NE(seen.find(hash_of("a")), nullptr);
    EXPECT_FALSE(lives("a"));
}

TEST_F(TokensSeen, one_remembered_again_is_ended_as_well) {
    remember("a", "session");
    remember("a", "session");
    seen.session_ended(session_of("session"));
    EXPECT_FALSE(lives("a"));
}

TEST_F(TokensSeen, a_full_table_forgets_everything_but_the_newest) {
    for (auto const* const token : {"a", "b", "c", "d"})
        remember(token, "session");
    EXPECT_EQ(seen.find(hash_of("a")), nullptr);
    EXPECT_TRUE(lives("d"));
    seen.session_ended(session_of("session"));
    EXPECT_FALSE(lives("d"));
}

TEST_F(TokensSeen, a_full_table_forgets_nothing_for_a_token_it_holds) {
    for (auto const* const token : {"a", "b", "c", "c"})
        remember(token, "session");
    EXPECT_TRUE(lives("a"));
}

} // namespace
} // namespace bulla::service
