#include "service/founding.hpp"

#include "crypto/random.hpp"
#include "support/ledger_world.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

class FixedClock final : public base::Clock {
public:
    base::Timestamp now() const override { return test::world_time; }
};

class Founding : public testing::Test {
protected:
    Founding() { settings.data = directory.path() / "data"; }

    Result<DataDirectory, FoundingFault> open() { return open_data(settings, clock, randomness); }
    FoundingFault fault_of_open() {
        auto opened = open();
        return opened ? FoundingFault{.detail = "no fault"} : opened.error();
    }
    fs::path key(std::string_view name) const { return settings.data / "keys" / name; }

    test::TemporaryDirectory directory;
    Settings settings;
    FixedClock clock;
    crypto::SystemRandomness randomness;
};

TEST_F(Founding, a_first_start_makes_a_ledger_that_a_later_start_opens) {
    auto const network = [&] {
        auto first = open().value();
        EXPECT_EQ(first.start, StartKind::first);
        EXPECT_TRUE(first.open_chain());
        return first.network;
    }();
    auto again = open().value();
    EXPECT_EQ(again.start, StartKind::again);
    EXPECT_EQ(again.network, network);
    EXPECT_EQ(again.genesis.time, test::world_time);
    EXPECT_TRUE(again.open_chain());
}

TEST_F(Founding, two_first_starts_make_two_networks) {
    auto const first = open().value().network;
    settings.data = directory.path() / "other";
    EXPECT_NE(open().value().network, first);
}

TEST_F(Founding, keys_are_files_for_their_owner_alone) {
    std::ignore = open().value();
    std::size_t count = 0;
    for (auto const& file : fs::directory_iterator(settings.data / "keys")) {
        EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write) << file;
        ++count;
    }
    EXPECT_EQ(count, 7);
    EXPECT_EQ(fs::status(settings.data).permissions(), fs::perms::owner_all);
    EXPECT_EQ(fs::status(settings.data / "keys").permissions(), fs::perms::owner_all);
}

TEST_F(Founding, what_a_broken_first_start_left_is_removed) {
    auto const left = directory.path() / "data.new";
    fs::create_directories(left / "keys");
    std::ofstream(left / "keys" / "log") << "half a key";
    EXPECT_EQ(open().value().start, StartKind::first);
    EXPECT_FALSE(fs::exists(left));
}

TEST_F(Founding, an_empty_directory_and_missing_parents_are_filled) {
    settings.data = directory.path() / "a" / "b" / "data" / "";
    EXPECT_EQ(open().value().start, StartKind::first);
    settings.data = directory.path() / "empty";
    fs::create_directory(settings.data);
    EXPECT_EQ(open().value().start, StartKind::first);
}

TEST_F(Founding, a_directory_with_something_else_in_it_is_left_alone) {
    fs::create_directory(settings.data);
    std::ofstream(settings.data / "thesis.tex") << "years of work";
    EXPECT_EQ(fault_of_open().kind, FoundingFaultKind::not_a_data_directory);
    EXPECT_EQ(std::distance(fs::directory_iterator(settings.data), {}), 1);
    EXPECT_FALSE(fs::exists(directory.path() / "data.new"));
}

TEST_F(Founding, a_file_in_the_place_of_the_directory_is_refused) {
    std::ofstream(settings.data) << "text";
    EXPECT_EQ(fault_of_open().kind, FoundingFaultKind::not_a_data_directory);
}

// K10
TEST_F(Founding, a_second_instance_is_kept_out_until_the_first_has_ended) {
    {
        auto const first = open().value();
        auto const fault = fault_of_open();
        EXPECT_EQ(fault.kind, FoundingFaultKind::in_use);
        EXPECT_EQ(fault.place, fs::path(settings.data) / "lock");
    }
    EXPECT_TRUE(open());
}

TEST_F(Founding, a_key_of_another_directory_is_refused_by_its_name) {
    auto const data = settings.data;
    std::ignore = open().value();
    settings.data = directory.path() / "other";
    std::ignore = open().value();
    auto const other = settings.data;
    settings.data = data;
    for (auto const* const name : {"node", "operator", "cosigner", "log", "vrf", "oprf-1", "opaque"}) {
        fs::rename(key(name), directory.path() / "kept");
        fs::copy_file(other / "keys" / name, key(name));
        auto const fault = fault_of_open();
        EXPECT_EQ(fault.kind, FoundingFaultKind::foreign_key) << name;
        EXPECT_EQ(fault.place, key(name));
        fs::rename(directory.path() / "kept", key(name));
        EXPECT_TRUE(open()) << name;
    }
}

TEST_F(Founding, with_a_passphrase_the_keys_are_encrypted_from_the_first_start) {
    Passphrase const passphrase = SecretBytes::from(base::as_bytes("a passphrase for tests"));
    auto const network = open_data(settings, clock, randomness, passphrase).value().network;
    EXPECT_TRUE(is_encrypted(settings.data / "keys"));
    EXPECT_EQ(fault_of_open().key.value().kind, KeyFaultKind::passphrase_missing);
    EXPECT_EQ(open_data(settings, clock, randomness, passphrase).value().network, network);
}

TEST_F(Founding, a_passphrase_for_keys_that_are_not_encrypted_is_refused) {
    std::ignore = open().value();
    Passphrase const passphrase = SecretBytes::from(base::as_bytes("a passphrase for tests"));
    EXPECT_EQ(open_data(settings, clock, randomness, passphrase).error().key.value().kind,
              KeyFaultKind::not_encrypted);
}

TEST_F(Founding, what_a_broken_encryption_of_the_keys_left_is_removed) {
    std::ignore = open().value();
    fs::create_directory(settings.data / "keys.new");
    std::ofstream(settings.data / "keys.new" / "log") << "half a key";
    EXPECT_TRUE(open());
    EXPECT_FALSE(fs::exists(settings.data / "keys.new"));
}

// J5
TEST_F(Founding, a_missing_short_or_readable_key_is_refused_by_its_name) {
    std::ignore = open().value();
    ASSERT_EQ(::chmod(key("log").c_str(), 0640), 0);
    EXPECT_EQ(fault_of_open().key.value().kind, KeyFaultKind::readable_by_others);
    ASSERT_EQ(::chmod(key("log").c_str(), 0600), 0);
    fs::resize_file(key("log"), 31);
    EXPECT_EQ(fault_of_open().key.value().kind, KeyFaultKind::wrong_size);
    fs::remove(key("log"));
    auto const fault = fault_of_open();
    EXPECT_EQ(fault.key.value().kind, KeyFaultKind::missing);
    EXPECT_EQ(fault.place, key("log"));
}

TEST_F(Founding, without_the_guard_record_no_chain_is_opened) {
    std::ignore = open().value();
    fs::remove(settings.data / "guard" / "checkpoint");
    auto const opened = open().value();
    auto const chain = opened.open_chain();
    ASSERT_FALSE(chain);
    EXPECT_EQ(chain.error().guard, sequencer::GuardFault::missing);
}

TEST_F(Founding, genesis_says_what_the_settings_say) {
    settings.issuer = "https://auth.example.org:8443/tenant";
    settings.passwords = ledger::PasswordPolicy::nist;
    settings.scripts = {"Greek"};
    auto const genesis = open().value().genesis;
    EXPECT_EQ(genesis.policy.issuer, settings.issuer);
    EXPECT_EQ(genesis.policy.rp_id, "auth.example.org");
    EXPECT_EQ(genesis.policy.origins, std::vector<std::string>{"https://auth.example.org:8443"});
    EXPECT_EQ(genesis.policy.passwords, ledger::PasswordPolicy::nist);
    EXPECT_EQ(genesis.policy.scripts, settings.scripts);
    EXPECT_EQ(genesis.nodes.origin, "auth.example.org:8443/tenant/log");
}

TEST_F(Founding, later_settings_do_not_change_the_genesis) {
    std::ignore = open().value();
    settings.issuer = "https://elsewhere.example";
    auto const opened = open().value();
    EXPECT_EQ(opened.genesis.policy.issuer, "http://localhost:8080");
    EXPECT_TRUE(opened.open_chain());
}

} // namespace
} // namespace bulla::service
