// OpenSSH's texts: what ssh-keygen writes is read, and nothing near it.
#include "credential/ssh_key.hpp"

#include "base/encoding.hpp"
#include "support/vectors.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace bulla::credential {
namespace {

using test::hex_member;

std::string text_of(boost::json::value const& vector, std::string_view name) {
    return std::string(std::string_view(vector.at(name).as_string()));
}

// The line of a .pub file out of the key's blob, which the signature holds from its byte 14 on.
std::string public_line(boost::json::value const& vector) {
    auto const key = hex_member(vector, "public_key");
    std::string const type = text_of(vector, "algorithm");
    auto const string = [](base::ByteView bytes) {
        std::array<std::uint8_t, 4> const size = {0, 0, 0, static_cast<std::uint8_t>(bytes.size())};
        return base::concat(size, bytes);
    };
    auto blob = string(base::as_bytes(type));
    if (key.size() == 64) {
        base::append(blob, string(base::as_bytes("nistp256")));
        std::array<std::uint8_t, 1> const uncompressed = {4};
        base::append(blob, string(base::concat(uncompressed, key)));
    } else {
        base::append(blob, string(key));
    }
    return type + " " + base::to_base64(blob) + " somebody@somewhere\n";
}

TEST(SshKey, signature_and_public_key_of_ssh_keygen_are_what_the_ledger_holds) {
    auto const document = test::load_vectors("ssh/sshsig.json");
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const made = parse_ssh_signature(text_of(vector, "armored"));
        ASSERT_TRUE(made) << vector.at("algorithm");
        EXPECT_TRUE(std::ranges::equal(made->public_key.view(), hex_member(vector, "public_key")));
        EXPECT_EQ(made->signature, hex_member(vector, "signature"));
        auto const key = parse_ssh_public_key(public_line(vector));
        ASSERT_TRUE(key);
        EXPECT_EQ(*key, made->public_key);
    }
}

TEST(SshKey, signature_cut_or_changed_anywhere_is_no_signature_or_another) {
    auto const document = test::load_vectors("ssh/sshsig.json");
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const armored = text_of(vector, "armored");
        auto const made = parse_ssh_signature(armored).value();
        for (std::size_t size = 0; size + 1 < armored.size(); ++size)
            EXPECT_FALSE(parse_ssh_signature(std::string_view(armored).substr(0, size))) << size;
        for (std::size_t place = 0; place + 1 < armored.size(); ++place) {
            auto changed = armored;
            changed[place] = changed[place] == 'A' ? 'B' : 'A';
            auto const other = parse_ssh_signature(changed);
            EXPECT_FALSE(other && other->signature == made.signature && other->public_key == made.public_key)
                << place;
        }
        EXPECT_FALSE(parse_ssh_signature(armored + "x"));
        EXPECT_FALSE(parse_ssh_signature(" " + armored));
    }
}

// Of another namespace, hash or version of the format: D12 of SSH keys.
TEST(SshKey, D12_signature_for_another_purpose_is_not_read) {
    auto const document = test::load_vectors("ssh/sshsig.json");
    auto const armored = text_of(document.at("vectors").as_array()[0], "armored");
    auto const begin = armored.find('\n') + 1, end = armored.find("-----END");
    std::string base64;
    for (char const character : armored.substr(begin, end - begin))
        if (character != '\n')
            base64 += character;
    auto const bytes = base::parse_base64(base64).value();
    auto const with = [&](std::string_view what, std::string_view other) {
        auto text = std::string(base::as_text(bytes));
        auto const place = text.find(what);
        text.replace(place, what.size(), other);
        return "-----BEGIN SSH SIGNATURE-----\n" + base::to_base64(base::as_bytes(text)) +
               "\n-----END SSH SIGNATURE-----\n";
    };
    EXPECT_TRUE(parse_ssh_signature(with("bulla", "bulla")));
    EXPECT_FALSE(parse_ssh_signature(with("bulla", "bullb")));
    EXPECT_FALSE(parse_ssh_signature(with("sha512", "sha256")));
    EXPECT_FALSE(parse_ssh_signature(with("SSHSIG", "SSHSIF")));
    EXPECT_FALSE(parse_ssh_signature(with("ssh-ed25519", "ssh-ed25518")));
}

TEST(SshKey, public_key_of_another_kind_is_none) {
    for (std::string_view const line :
         {"", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ==",
          "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"})
        EXPECT_FALSE(parse_ssh_public_key(line)) << line;
    auto const document = test::load_vectors("ssh/sshsig.json");
    auto const line = public_line(document.at("vectors").as_array()[0]);
    EXPECT_FALSE(parse_ssh_public_key("ecdsa-sha2-nistp256" + line.substr(line.find(' '))));
    EXPECT_TRUE(parse_ssh_public_key(line.substr(0, line.rfind(' '))));
}

} // namespace
} // namespace bulla::credential
