#include "service/password_policy.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using enum PasswordWeakness;
using Policy = ledger::PasswordPolicy;

std::optional<PasswordWeakness> weakness_of(std::string_view password, std::string_view name = "alice",
                                            Policy policy = Policy::standard) {
    return find_weakness(SecretBytes::from(base::as_bytes(password)), Username::parse(name, {}).value(),
                         policy);
}

TEST(PasswordPolicy, takes_what_is_long_and_unlike_others) {
    for (auto const* const password :
         {"xkdwqzrv", "correct horse battery staple", "gegrüßt seist du",
          "\u5c71\u7530\u592a\u90ce\u306f\u5143\u6c17\u3060", "9f3k-22xq", "aaaaaaab1"})
        EXPECT_EQ(weakness_of(password), std::nullopt) << password;
}

TEST(PasswordPolicy, counts_code_points_not_bytes) {
    EXPECT_EQ(weakness_of("xkdwqzr"), too_short);
    EXPECT_EQ(weakness_of("gr\u00fc\u00dfdi\u00df"), too_short); // 7 code points, 10 bytes
    EXPECT_EQ(weakness_of("gr\u00fc\u00dfdi\u00dfh"), std::nullopt);
    EXPECT_EQ(weakness_of(""), too_short);
}

// E10
TEST(PasswordPolicy, asks_for_15_code_points_under_nist) {
    EXPECT_EQ(weakness_of("xkdwqzrvbnt-29", "alice", Policy::nist), too_short);
    EXPECT_EQ(weakness_of("xkdwqzrvbnt-29k", "alice", Policy::nist), std::nullopt);
}

// E11
TEST(PasswordPolicy, refuses_common_passwords_in_any_case) {
    for (auto const* const password :
         {"password", "PassWord", "PASSWORD1", "12345678", "qwertyuiop", "iloveyou", "Football", "P@ssw0rd",
          "1qaz2wsx", "letmein1", "changeme123", "Summer2024"})
        EXPECT_EQ(weakness_of(password), common) << password;
    EXPECT_EQ(weakness_of("qwertyuiopasdfghjkl", "alice", Policy::nist), common);
}

// E11
TEST(PasswordPolicy, refuses_the_own_name_with_little_more) {
    EXPECT_EQ(weakness_of("Bartholomew", "bartholomew"), is_username);
    EXPECT_EQ(weakness_of("bartholomew-1!", "bartholomew"), is_username);
    EXPECT_EQ(weakness_of("alicealice!1", "alice"), is_username);
    EXPECT_EQ(weakness_of("alice and some more", "alice"), std::nullopt);
    EXPECT_EQ(weakness_of("qzqzvqzq!x", "qz"), std::nullopt); // two letters are not looked for
}

TEST(PasswordPolicy, refuses_repeated_patterns) {
    for (auto const* const password : {"zzzzzzzz", "xyxyxyxyx", "kdwkdwkdw", "kdwqkdwqkd", "zzkkzkzkkz",
                                       "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"})
        EXPECT_EQ(weakness_of(password), repeated) << password;
}

// E11
TEST(PasswordPolicy, refuses_runs_upwards_and_downwards) {
    for (auto const* const password : {"defghijkl", "zyxwvuts", "45678901234", "54321098765", "DEFGHIJKL"})
        EXPECT_EQ(weakness_of(password), repeated) << password;
    EXPECT_EQ(weakness_of("defghijkm"), std::nullopt);
}

TEST(PasswordPolicy, refuses_more_than_4096_bytes) {
    std::string long_password;
    while (long_password.size() <= 4'096)
        long_password += "tide and sand ";
    EXPECT_EQ(weakness_of(long_password), too_long);
}

TEST(PasswordPolicy, list_of_common_passwords_is_found_from_its_first_word_to_its_last) {
    EXPECT_TRUE(is_common_password_vartime("zxcvbnm123"));
    EXPECT_TRUE(is_common_password_vartime("00000000"));
    EXPECT_FALSE(is_common_password_vartime(""));
    EXPECT_FALSE(is_common_password_vartime("password password"));
    EXPECT_FALSE(is_common_password_vartime("zzzzzzzzzzzzzzzzzzz"));
}

} // namespace
} // namespace bulla::service
