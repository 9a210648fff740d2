#include "service/signing_key_steps.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using namespace std::chrono_literals;
using ledger::KeyId;

constexpr base::Timestamp now = base::from_unix_milliseconds(1'800'000'000'000);
constexpr std::chrono::seconds lifetime{90 * 86'400};
constexpr std::chrono::seconds token_lifetime_max{86'400};

KeyId kid(std::uint8_t number) {
    KeyId id;
    id.writable()[0] = number;
    return id;
}
ledger::LiveSigningKey live(std::uint8_t number, std::optional<base::Timestamp> ends = std::nullopt) {
    return {.kid = kid(number), .algorithm = ledger::SigningAlgorithm::eddsa, .ends = ends};
}
SigningKeyFile file(std::uint8_t number, base::Timestamp made = now - 1h) {
    return {.kid = kid(number), .made = made};
}
SigningKeyStep step(SigningKeyState const& state) {
    return next_step(state, now, lifetime);
}

TEST(SigningKeySteps, the_first_key_is_published) {
    EXPECT_EQ(step({}), SigningKeyStep(PublishKey{}));
}

TEST(SigningKeySteps, one_key_that_signs_is_left_alone) {
    EXPECT_EQ(step({.live = {live(1)}, .files = {file(1)}}), SigningKeyStep(Settled{}));
}

TEST(SigningKeySteps, a_file_that_was_never_published_is_erased) {
    EXPECT_EQ(step({.live = {live(1)}, .files = {file(1), file(2)}}), SigningKeyStep(EraseFile{kid(2)}));
}

TEST(SigningKeySteps, the_newest_published_key_signs_and_the_one_before_is_retired) {
    SigningKeyState const state{.live = {live(1), live(2)}, .files = {file(2), file(1)}};
    EXPECT_EQ(signing_kid(state), kid(2));
    EXPECT_EQ(step(state), SigningKeyStep(RetireKey{kid(1)}));
}

TEST(SigningKeySteps, the_file_of_a_retired_key_is_erased) {
    SigningKeyState const state{.live = {live(1, now + 1h), live(2)}, .files = {file(1), file(2)}};
    EXPECT_EQ(signing_kid(state), kid(2));
    EXPECT_EQ(step(state), SigningKeyStep(EraseFile{kid(1)}));
}

TEST(SigningKeySteps, a_published_key_without_its_file_is_followed_by_another) {
    EXPECT_EQ(signing_kid({.live = {live(1)}, .files = {}}), std::nullopt);
    EXPECT_EQ(step({.live = {live(1)}, .files = {}}), SigningKeyStep(PublishKey{}));
    EXPECT_EQ(step({.live = {live(1), live(2)}, .files = {file(2)}}), SigningKeyStep(RetireKey{kid(1)}));
}

TEST(SigningKeySteps, the_oldest_key_ends_when_nothing_can_sign_and_nothing_has_room) {
    EXPECT_EQ(step({.live = {live(1, now + 1h), live(2)}, .files = {}}), SigningKeyStep(EndKeyNow{kid(1)}));
}

TEST(SigningKeySteps, a_key_is_followed_by_another_at_its_lifetime_and_not_before) {
    SigningKeyState state{.live = {live(1)}, .files = {file(1, now - lifetime + 1ms)}};
    EXPECT_EQ(step(state), SigningKeyStep(Settled{}));
    state.files = {file(1, now - lifetime)};
    EXPECT_EQ(step(state), SigningKeyStep(PublishKey{}));
}

TEST(SigningKeySteps, a_key_made_under_a_clock_far_ahead_is_old) {
    EXPECT_EQ(step({.live = {live(1)}, .files = {file(1, now + 1h)}}), SigningKeyStep(Settled{}));
    EXPECT_EQ(step({.live = {live(1)}, .files = {file(1, now + lifetime)}}), SigningKeyStep(PublishKey{}));
}

TEST(SigningKeySteps, an_old_key_signs_on_while_there_is_no_room_for_another) {
    SigningKeyState const state{.live = {live(1, now + 1h), live(2)}, .files = {file(2, now - 2 * lifetime)}};
    EXPECT_EQ(signing_kid(state), kid(2));
    EXPECT_EQ(step(state), SigningKeyStep(Settled{}));
}

// What a step does to rows and files, by the rules of the ledger.
void take(SigningKeyState& state, SigningKeyStep const& step, std::uint8_t& next_key) {
    if (auto const* const erase = std::get_if<EraseFile>(&step))
        std::erase_if(state.files, [&](SigningKeyFile const& one) { return one.kid == erase->kid; });
    if (auto const* const retire = std::get_if<RetireKey>(&step))
        std::ranges::find(state.live, retire->kid, &ledger::LiveSigningKey::kid)->ends =
            now + token_lifetime_max;
    if (auto const* const end = std::get_if<EndKeyNow>(&step))
        std::erase_if(state.live, [&](ledger::LiveSigningKey const& one) { return one.kid == end->kid; });
    if (std::holds_alternative<PublishKey>(step)) {
        ASSERT_LT(state.live.size(), ledger::live_signing_keys_max);
        state.files.push_back(file(next_key, now));
        state.live.push_back(live(next_key++));
    }
}

// Rows 1 and 2, each absent, without end or with one; files of rows 1 and 2 and of a key without row, each
// absent, new or old.
std::vector<SigningKeyState> small_world() {
    std::vector<SigningKeyState> states;
    for (int number = 0; number < 9 * 27; ++number) {
        SigningKeyState state;
        int const row_states[] = {number % 3, number / 3 % 3};
        int const file_states[] = {number / 9 % 3, number / 27 % 3, number / 81};
        for (std::uint8_t key = 0; key < 2; ++key)
            if (row_states[key] != 0)
                state.live.push_back(
                    live(key, row_states[key] == 1 ? std::nullopt : std::optional(now + 1h)));
        for (std::uint8_t key = 0; key < 3; ++key)
            if (file_states[key] != 0)
                state.files.push_back(file(key, file_states[key] == 1 ? now : now - 2 * lifetime));
        states.push_back(std::move(state));
    }
    return states;
}

TEST(SigningKeySteps, lead_from_every_state_to_one_key_that_signs_and_no_file_beside_it) {
    for (auto state : small_world()) {
        std::uint8_t next_key = 100;
        int steps = 0;
        for (; step(state) != SigningKeyStep(Settled{}) && steps < 16; ++steps)
            take(state, step(state), next_key);
        EXPECT_LT(steps, 16);
        auto const signing = signing_kid(state);
        ASSERT_TRUE(signing.has_value());
        ASSERT_EQ(state.files.size(), 1U);
        EXPECT_EQ(state.files[0].kid, *signing);
        for (auto const& key : state.live)
            EXPECT_EQ(key.ends.has_value(), key.kid != *signing);
    }
}

// Otherwise people who are signed in would be signed out by a restart.
TEST(SigningKeySteps, never_end_a_key_early_while_one_can_sign) {
    for (auto const& state : small_world())
        if (signing_kid(state))
            EXPECT_FALSE(std::holds_alternative<EndKeyNow>(step(state)));
}

} // namespace
} // namespace bulla::service
