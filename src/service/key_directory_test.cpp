#include "crypto/random.hpp"
#include "service/key_conversion.hpp"
#include "service/key_wrapping.hpp"
#include "service/keys.hpp"
#include "support/ledger_world.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>
#include <map>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

SecretBytes secret(std::string_view text) {
    return SecretBytes::from(base::as_bytes(text));
}

// A node's keys in DATA/keys, one of them a token signing key.
class EncryptedKeys : public testing::Test {
protected:
    EncryptedKeys() {
        fs::create_directory(keys);
        auto const bare = KeyDirectory::bare(keys);
        EXPECT_TRUE(make_keys(bare, randomness));
        kid = make_signing_key(bare, randomness, test::world_time).value().kid;
        before = contents();
    }

    std::map<std::string, std::string> contents() const {
        std::map<std::string, std::string> files;
        for (auto const& entry : fs::directory_iterator(keys)) {
            std::ifstream file(entry.path(), std::ios::binary);
            files[entry.path().filename()] = {std::istreambuf_iterator<char>(file), {}};
        }
        return files;
    }
    void store(std::string_view name, std::string_view bytes) const {
        std::ofstream(keys / name, std::ios::binary | std::ios::trunc) << bytes;
        EXPECT_EQ(::chmod((keys / name).c_str(), 0600), 0);
    }
    Result<NodeKeys, KeyFault> load(Passphrase const& given) const {
        return load_keys(TRY(KeyDirectory::open(keys, given)));
    }
    KeyFaultKind fault_of_load(Passphrase const& given) const { return load(given).error().kind; }
    void encrypt() { ASSERT_TRUE(encrypt_keys(keys, passphrase, randomness)); }

    test::TemporaryDirectory directory;
    fs::path const keys = directory.path() / "keys";
    fs::path const building = directory.path() / "keys.new";
    crypto::SystemRandomness randomness;
    SecretBytes const passphrase = secret("a passphrase for tests");
    ledger::KeyId kid;
    std::map<std::string, std::string> before;
};

TEST_F(EncryptedKeys, are_the_same_keys_and_bare_nowhere) {
    auto const log_key = load(std::nullopt).value().log_key.public_key();
    encrypt();
    auto const loaded = load(secret("a passphrase for tests")).value();
    EXPECT_EQ(loaded.log_key.public_key(), log_key);
    auto const signing = load_signing_keys(loaded.directory).value();
    ASSERT_EQ(signing.size(), 1U);
    EXPECT_EQ(signing[0].kid, kid);
    EXPECT_EQ(signing[0].made, test::world_time);
    EXPECT_FALSE(fs::exists(building));
    for (auto const& [name, bytes] : contents()) {
        struct stat status{};
        EXPECT_EQ(::stat((keys / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600U) << name;
        for (auto const& [other, key] : before)
            EXPECT_FALSE(bytes.contains(key)) << name << " holds " << other;
    }
    EXPECT_EQ(contents().size(), before.size() + 1);
}

TEST_F(EncryptedKeys, open_with_their_passphrase_alone) {
    encrypt();
    EXPECT_EQ(fault_of_load(std::nullopt), KeyFaultKind::passphrase_missing);
    EXPECT_EQ(fault_of_load(secret("another passphrase")), KeyFaultKind::passphrase_refused);
    EXPECT_EQ(fault_of_load(secret("")), KeyFaultKind::passphrase_unfit);
}

TEST_F(EncryptedKeys, are_bare_again_to_the_byte_once_decrypted) {
    encrypt();
    ASSERT_TRUE(decrypt_keys(keys, passphrase, randomness));
    EXPECT_EQ(contents(), before);
    EXPECT_EQ(load_signing_keys(KeyDirectory::bare(keys)).value()[0].made, test::world_time);
}

TEST_F(EncryptedKeys, are_not_encrypted_twice_and_bare_ones_not_decrypted) {
    EXPECT_EQ(decrypt_keys(keys, passphrase, randomness).error().kind, KeyFaultKind::not_encrypted);
    EXPECT_EQ(fault_of_load(secret("a passphrase for tests")), KeyFaultKind::not_encrypted);
    encrypt();
    EXPECT_EQ(encrypt_keys(keys, passphrase, randomness).error().kind, KeyFaultKind::encrypted_already);
}

TEST_F(EncryptedKeys, open_with_the_new_passphrase_alone_after_a_change) {
    encrypt();
    auto const sealed = contents();
    ASSERT_TRUE(change_passphrase(
        keys, {.before = secret("a passphrase for tests"), .after = secret("quite another one")},
        randomness));
    EXPECT_EQ(fault_of_load(secret("a passphrase for tests")), KeyFaultKind::passphrase_refused);
    EXPECT_TRUE(load(secret("quite another one")));
    EXPECT_FALSE(fs::exists(keys / "wrapping.new"));
    EXPECT_EQ(contents()["log"], sealed.at("log"));
}

TEST_F(EncryptedKeys, keep_their_passphrase_when_the_change_is_refused) {
    encrypt();
    auto const with = [&](std::string_view from, std::string_view to) {
        return change_passphrase(keys, {.before = secret(from), .after = secret(to)}, randomness)
            .error()
            .kind;
    };
    EXPECT_EQ(with("another passphrase", "quite another one"), KeyFaultKind::passphrase_refused);
    EXPECT_EQ(with("a passphrase for tests", "too short"), KeyFaultKind::passphrase_unfit);
    EXPECT_TRUE(load(secret("a passphrase for tests")));
}

TEST_F(EncryptedKeys, that_were_swapped_are_refused_by_name) {
    encrypt();
    auto const files = contents();
    store("log", files.at("node"));
    store("node", files.at("log"));
    auto const fault = load(secret("a passphrase for tests")).error();
    EXPECT_EQ(fault.kind, KeyFaultKind::damaged);
    EXPECT_EQ(fault.file, keys / "node");
}

TEST_F(EncryptedKeys, of_another_directory_with_the_same_passphrase_are_refused) {
    encrypt();
    auto const log = contents().at("log");
    ASSERT_TRUE(decrypt_keys(keys, passphrase, randomness));
    encrypt();
    store("log", log);
    EXPECT_EQ(fault_of_load(secret("a passphrase for tests")), KeyFaultKind::damaged);
}

TEST_F(EncryptedKeys, among_which_a_bare_one_stands_are_refused) {
    encrypt();
    store("log", before.at("log"));
    EXPECT_EQ(fault_of_load(secret("a passphrase for tests")), KeyFaultKind::wrong_size);
}

TEST_F(EncryptedKeys, without_their_wrapping_name_it_as_missing) {
    encrypt();
    fs::remove(keys / "wrapping");
    auto const fault = load(std::nullopt).error();
    EXPECT_EQ(fault.kind, KeyFaultKind::missing);
    EXPECT_EQ(fault.file, keys / "wrapping");
}

// J5
TEST_F(EncryptedKeys, that_others_may_read_are_refused) {
    encrypt();
    ASSERT_EQ(::chmod((keys / "wrapping").c_str(), 0640), 0);
    EXPECT_EQ(fault_of_load(secret("a passphrase for tests")), KeyFaultKind::readable_by_others);
}

TEST_F(EncryptedKeys, come_and_go_with_token_signing_keys) {
    encrypt();
    auto const opened = KeyDirectory::open(keys, secret("a passphrase for tests")).value();
    auto const made = make_signing_key(opened, randomness, test::world_time).value();
    auto const name = "signing-" + token::print_key_id(made.kid);
    EXPECT_EQ(fs::file_size(keys / name), sealed_size(32));
    EXPECT_EQ(load_signing_keys(opened).value().size(), 2U);
    ASSERT_TRUE(erase_signing_key(opened, made.kid));
    EXPECT_FALSE(fs::exists(keys / name));
}

TEST_F(EncryptedKeys, half_made_by_a_death_are_erased_and_the_bare_ones_stay) {
    fs::create_directory(building);
    std::ofstream(building / "wrapping") << "half of it";
    std::ofstream(building / "log") << "and a key";
    ASSERT_TRUE(erase_conversion(keys));
    EXPECT_FALSE(fs::exists(building));
    EXPECT_EQ(contents(), before);
    EXPECT_TRUE(load(std::nullopt));
}

TEST_F(EncryptedKeys, whose_bare_files_a_death_left_beside_them_lose_those_at_the_next_step) {
    encrypt();
    fs::create_directory(building);
    for (auto const& [name, bytes] : before)
        std::ofstream(building / name) << bytes;
    ASSERT_TRUE(change_passphrase(
        keys, {.before = secret("a passphrase for tests"), .after = secret("quite another one")},
        randomness));
    EXPECT_FALSE(fs::exists(building));
    EXPECT_TRUE(load(secret("quite another one")));
}

TEST_F(EncryptedKeys, with_a_wrapping_that_a_death_left_beside_theirs_lose_it) {
    encrypt();
    store("wrapping.new", contents().at("wrapping"));
    ASSERT_TRUE(erase_conversion(keys));
    EXPECT_FALSE(fs::exists(keys / "wrapping.new"));
    EXPECT_TRUE(load(secret("a passphrase for tests")));
}

TEST_F(EncryptedKeys, are_not_made_where_something_else_lies_among_the_keys) {
    store("notes.txt", "do not lose me");
    auto const fault = encrypt_keys(keys, passphrase, randomness).error();
    EXPECT_EQ(fault.kind, KeyFaultKind::unknown_file);
    EXPECT_EQ(fault.file, keys / "notes.txt");
    EXPECT_TRUE(load(std::nullopt));
    EXPECT_EQ(contents().size(), before.size() + 1);
}

class PassphraseFile : public testing::Test {
protected:
    Result<SecretBytes, KeyFault> load(std::string_view text, mode_t mode,
                                       FileAudience audience = FileAudience::owner) const {
        std::ofstream(file, std::ios::trunc) << text;
        EXPECT_EQ(::chmod(file.c_str(), mode), 0);
        return load_passphrase(file, audience);
    }
    test::TemporaryDirectory directory;
    fs::path const file = directory.path() / "passphrase";
};

TEST_F(PassphraseFile, holds_it_in_its_first_line) {
    for (auto const* const text : {"correct horse", "correct horse\n", "correct horse\nand a remark"}) {
        auto const loaded = load(text, 0600);
        ASSERT_TRUE(loaded.has_value());
        EXPECT_EQ(base::as_text(loaded->expose()), "correct horse");
    }
}

// J5
TEST_F(PassphraseFile, that_others_may_read_is_refused_like_a_key) {
    EXPECT_EQ(load("correct horse", 0640).error().kind, KeyFaultKind::readable_by_others);
    EXPECT_EQ(load("correct horse", 0604).error().kind, KeyFaultKind::readable_by_others);
    EXPECT_EQ(load("correct horse", 0404, FileAudience::credential).error().kind,
              KeyFaultKind::readable_by_others);
    EXPECT_TRUE(load("correct horse", 0440, FileAudience::credential));
}

TEST_F(PassphraseFile, that_is_missing_too_short_or_too_long_is_refused) {
    EXPECT_EQ(load_passphrase(directory.path() / "none", FileAudience::owner).error().kind,
              KeyFaultKind::missing);
    EXPECT_EQ(load("", 0600).error().kind, KeyFaultKind::passphrase_unfit);
    EXPECT_EQ(load("eleven byte\n", 0600).error().kind, KeyFaultKind::passphrase_unfit);
    EXPECT_TRUE(load("twelve bytes\n", 0600));
    EXPECT_TRUE(load(std::string(passphrase_size_max, 'x') + "\n", 0600));
    EXPECT_EQ(load(std::string(passphrase_size_max + 2, 'x'), 0600).error().kind, KeyFaultKind::wrong_size);
}

} // namespace
} // namespace bulla::service
