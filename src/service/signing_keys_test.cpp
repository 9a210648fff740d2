// Publishing and retiring on a real data directory, with the test's own clock: what stands in the ledger,
// which files there are, and whose tokens are accepted, also after a death between two steps.
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

#include <sys/stat.h>

#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ledger::KeyId;

class SigningKeysOfNode : public testing::Test {
protected:
    SigningKeysOfNode() {
        settings.data = directory.path() / "data";
        settings.token_lifetime = 24h;
        start();
    }
    void start() {
        run.reset();
        run = std::make_unique<TestNode>(settings, clock);
    }
    fs::path file(KeyId const& kid) const {
        return settings.data / "keys" / ("signing-" + token::print_key_id(kid));
    }
    std::set<fs::path> key_files() const {
        std::set<fs::path> files;
        for (auto const& entry : fs::directory_iterator(settings.data / "keys"))
            if (entry.path().filename().string().starts_with("signing"))
                files.insert(entry.path());
        return files;
    }
    std::size_t published() const {
        auto const set = run->tokens().key_set();
        std::size_t count = 0;
        for (auto place = set.find("\"kid\""); place != std::string::npos;
             place = set.find("\"kid\"", place + 1))
            ++count;
        return count;
    }

    test::TemporaryDirectory directory;
    Settings settings;
    SetClock clock;
    std::unique_ptr<TestNode> run;
};

TEST_F(SigningKeysOfNode, the_first_start_publishes_one_that_a_later_start_finds) {
    auto const first = run->signing();
    start();
    EXPECT_EQ(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(first)});
    EXPECT_EQ(published(), 1U);
}

TEST_F(SigningKeysOfNode, a_rotation_signs_with_the_new_one_and_goes_on_verifying_with_the_old_one) {
    run->sign_up();
    auto const before = run->token();
    auto const first = run->signing();
    auto const second = run->rotate();
    EXPECT_NE(second, first);
    EXPECT_EQ(run->signing(), second);
    EXPECT_EQ(published(), 2U);
    EXPECT_EQ(run->row(first).ends, clock.now() + 24h);
    EXPECT_EQ(run->row(second).ends, std::nullopt);
    EXPECT_EQ(key_files(), std::set{file(second)});
    EXPECT_TRUE(run->tokens().check_bearer(before));
    EXPECT_TRUE(run->tokens().check_bearer(run->token()));
    start();
    EXPECT_EQ(run->signing(), second);
    EXPECT_TRUE(run->tokens().check_bearer(before));
}

TEST_F(SigningKeysOfNode, the_old_one_ends_when_the_last_token_it_signed_has_expired) {
    run->sign_up();
    auto const last = run->token();
    run->rotate();
    clock.advance(24h - 1ms);
    EXPECT_EQ(published(), 2U);
    EXPECT_TRUE(run->tokens().check_bearer(last));
    clock.advance(1ms);
    EXPECT_EQ(published(), 1U);
    EXPECT_FALSE(run->tokens().check_bearer(last));
}

TEST_F(SigningKeysOfNode, a_second_rotation_waits_for_the_end_of_the_first_key) {
    run->rotate();
    auto const second = run->signing();
    EXPECT_EQ(run->fault_of_rotation(), SigningKeyFaultKind::no_room);
    EXPECT_EQ(run->signing(), second);
    clock.advance(24h);
    EXPECT_NE(run->rotate(), second);
}

TEST_F(SigningKeysOfNode, a_stolen_key_ends_at_once_and_another_one_signs) {
    run->sign_up();
    auto const stolen = run->token();
    EXPECT_TRUE(run->tokens().check_bearer(stolen)); // remembered: the next check is not a first sight
    auto const first = run->signing();
    ASSERT_TRUE(run->wait(run->keys().end_now(first)));
    EXPECT_EQ(run->tokens().check_bearer(stolen).error(), BearerFault::malformed);
    EXPECT_EQ(published(), 1U);
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(run->signing())});
    EXPECT_TRUE(run->tokens().check_bearer(run->token()));
    EXPECT_EQ(run->wait(run->keys().end_now(first)).error().kind, SigningKeyFaultKind::ended);
}

TEST_F(SigningKeysOfNode, a_key_that_only_verifies_can_be_ended_too) {
    run->sign_up();
    auto const before = run->token();
    auto const first = run->signing();
    auto const second = run->rotate();
    ASSERT_TRUE(run->wait(run->keys().end_now(first)));
    EXPECT_FALSE(run->tokens().check_bearer(before));
    EXPECT_EQ(run->signing(), second);
}

TEST_F(SigningKeysOfNode, a_clock_set_back_does_not_bring_a_stolen_key_back) {
    run->sign_up();
    auto const stolen = run->token();
    clock.advance(1min);
    ASSERT_TRUE(run->wait(run->keys().end_now(run->signing())));
    clock.advance(-30s);
    EXPECT_FALSE(run->tokens().check_bearer(stolen));
}

TEST_F(SigningKeysOfNode, an_unknown_key_cannot_be_ended) {
    EXPECT_EQ(run->wait(run->keys().end_now(KeyId{})).error().kind, SigningKeyFaultKind::unknown_key);
}

TEST_F(SigningKeysOfNode, a_key_grown_old_is_followed_by_another_also_across_a_restart) {
    auto const first = run->signing();
    clock.advance(settings.signing_key_lifetime - 1s);
    start();
    EXPECT_EQ(run->signing(), first);
    clock.advance(1s);
    EXPECT_TRUE(run->wait(run->keys().settle()));
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(published(), 2U);
}

TEST_F(SigningKeysOfNode, a_file_made_and_not_published_before_a_death_is_erased) {
    auto const first = run->signing();
    run.reset();
    crypto::SystemRandomness randomness;
    auto const made =
        make_signing_key(KeyDirectory::bare(settings.data / "keys"), randomness, clock.now()).value();
    start();
    EXPECT_FALSE(fs::exists(file(made.kid)));
    EXPECT_EQ(run->signing(), first);
}

TEST_F(SigningKeysOfNode, half_a_key_file_left_by_a_death_is_erased) {
    run.reset();
    std::ofstream(settings.data / "keys" / "signing.tmp") << "half";
    start();
    EXPECT_EQ(key_files().size(), 1U);
}

TEST_F(SigningKeysOfNode, a_death_between_publishing_and_retiring_is_made_good) {
    run->sign_up();
    auto const before = run->token();
    auto const first = run->signing();
    crypto::SystemRandomness randomness;
    auto const second =
        make_signing_key(KeyDirectory::bare(settings.data / "keys"), randomness, clock.now()).value();
    run->publish_alone(second);
    start();
    EXPECT_EQ(run->signing(), second.kid);
    EXPECT_EQ(run->row(first).ends, clock.now() + 24h);
    EXPECT_EQ(key_files(), std::set{file(second.kid)});
    EXPECT_TRUE(run->tokens().check_bearer(before));
}

TEST_F(SigningKeysOfNode, a_death_between_retiring_and_erasing_the_file_is_made_good) {
    auto const first = run->signing();
    fs::copy_file(file(first), directory.path() / "kept");
    auto const second = run->rotate();
    run.reset();
    fs::copy_file(directory.path() / "kept", file(first));
    start();
    EXPECT_EQ(key_files(), std::set{file(second)});
    EXPECT_EQ(run->signing(), second);
}

TEST_F(SigningKeysOfNode, a_death_between_the_end_of_a_stolen_key_and_the_next_one_is_made_good) {
    auto const first = run->signing();
    run->retire_alone(first);
    start();
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(run->signing())});
}

TEST_F(SigningKeysOfNode, a_key_that_the_ledger_retires_signs_no_more) {
    auto const first = run->signing();
    run->retire_alone(first);
    EXPECT_EQ(run->keys().in_force(), nullptr);
    EXPECT_TRUE(run->wait(run->keys().settle()));
    EXPECT_NE(run->signing(), first);
    EXPECT_EQ(key_files(), std::set{file(run->signing())});
}

TEST_F(SigningKeysOfNode, a_lost_file_is_followed_by_a_new_key) {
    auto const first = run->signing();
    run.reset();
    fs::remove(file(first));
    start();
    EXPECT_NE(run->signing(), first);
    EXPECT_TRUE(run->row(first).ends.has_value());
}

TEST_F(SigningKeysOfNode, lost_files_do_not_stop_a_start_when_there_is_no_room) {
    auto const first = run->signing();
    auto const second = run->rotate();
    run.reset();
    fs::remove(file(second));
    start();
    EXPECT_NE(run->signing(), second);
    EXPECT_EQ(run->row(first).ends, clock.now());
}

TEST_F(SigningKeysOfNode, the_file_of_a_new_key_is_for_its_owner_alone) {
    struct stat status{};
    ASSERT_EQ(::stat(file(run->rotate()).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SigningKeysOfNode, the_list_says_which_one_signs) {
    auto const first = run->signing();
    auto const made = clock.now();
    clock.advance(1h);
    auto const second = run->rotate();
    auto const listed = run->keys().list();
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].kid, first);
    EXPECT_EQ(listed[0].made, std::nullopt);
    EXPECT_EQ(listed[0].ends, made + 25h);
    EXPECT_FALSE(listed[0].signs);
    EXPECT_EQ(listed[1].kid, second);
    EXPECT_EQ(listed[1].made, made + 1h);
    EXPECT_TRUE(listed[1].signs);
}

} // namespace
} // namespace bulla::service
