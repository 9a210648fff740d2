// Catalogue: E13, as far as the codes themselves go.
#include "credential/recovery_code.hpp"

#include "crypto/random.hpp"
#include "support/vectors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace bulla::credential {
namespace {

using test::hex_member;

std::string text_of(RecoveryCode const& code) {
    auto const text = code.print();
    return std::string(base::as_text(text.expose()));
}

std::optional<std::string> read_and_print(std::string_view text) {
    auto const code = RecoveryCode::parse(base::as_bytes(text));
    if (!code)
        return std::nullopt;
    return text_of(*code);
}

std::string sample() {
    crypto::SystemRandomness randomness;
    return text_of(RecoveryCode::generate(randomness));
}

} // namespace

TEST(RecoveryCode, agrees_with_codes_and_keys_made_elsewhere) {
    auto const vectors = test::load_vectors("recovery/recovery_codes.json");
    auto const& rows = vectors.as_object().at("vectors").as_array();
    EXPECT_GE(rows.size(), 10U);
    for (auto const& row : rows) {
        auto const code = RecoveryCode::from_bits(Secret<16>::from(hex_member(row, "code")));
        std::string const text(row.as_object().at("text").as_string());
        EXPECT_EQ(text_of(code), text);
        auto const parsed = RecoveryCode::parse(base::as_bytes(text));
        ASSERT_TRUE(parsed) << text;
        auto const key = parsed->derive_key(hex_member(row, "network"));
        EXPECT_EQ(base::to_buffer(key.public_key()), hex_member(row, "public_key"));
        EXPECT_EQ(base::to_buffer(key.seed().expose()), hex_member(row, "seed"));
    }
}

TEST(RecoveryCode, is_read_as_people_type_it) {
    std::string const printed = "000-000-000-000-000-000-000-000-011";
    ASSERT_EQ(read_and_print(printed), printed);
    for (std::string_view const typed :
         {"000000000000000000000000011", "ooo-OOO 000 000000000000000 0il",
          "  000-000-000-000-000-000-000-000-0Li  ", "0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-1-1"})
        EXPECT_EQ(read_and_print(typed), printed) << typed;
    EXPECT_EQ(read_and_print("7zz-zzz-zzz-zzz-zzz-zzz-zzz-zzz-zz*"), "7ZZ-ZZZ-ZZZ-ZZZ-ZZZ-ZZZ-ZZZ-ZZZ-ZZ*");
}

TEST(RecoveryCode, of_another_length_or_alphabet_is_none) {
    std::string const printed = sample();
    for (std::size_t size = 0; size < printed.size(); ++size)
        EXPECT_FALSE(read_and_print(printed.substr(0, size))) << size;
    EXPECT_FALSE(read_and_print(printed + "0"));
    EXPECT_FALSE(read_and_print("_" + printed.substr(1)));
    EXPECT_FALSE(read_and_print("U00-000-000-000-000-000-000-000-000")); // a check symbol in another place
    EXPECT_FALSE(read_and_print("800-000-000-000-000-000-000-000-00S")); // more than 128 bits
    EXPECT_FALSE(read_and_print(std::string("000-000-000-000-000-000-000-000-01") + '\0'));
}

TEST(RecoveryCode, with_one_wrong_symbol_or_two_neighbours_swapped_is_none) {
    constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    auto const printed = sample();
    for (std::size_t place = 0; place < printed.size(); ++place) {
        if (printed[place] == '-')
            continue;
        for (char const other : digits) {
            auto changed = printed;
            changed[place] = other;
            if (changed != printed)
                EXPECT_FALSE(read_and_print(changed)) << place << " " << other;
        }
        auto const next = place + 1 < printed.size() && printed[place + 1] == '-' ? place + 2 : place + 1;
        if (next >= printed.size() || printed[next] == printed[place])
            continue;
        auto swapped = printed;
        std::swap(swapped[place], swapped[next]);
        EXPECT_FALSE(read_and_print(swapped)) << place;
    }
}

TEST(RecoveryCode, has_another_key_in_another_network) {
    auto const code = RecoveryCode::from_bits(Secret<16>::from(base::ByteBuffer(16, 1)));
    EXPECT_EQ(code.derive_key(base::ByteBuffer(32, 1)).public_key(),
              code.derive_key(base::ByteBuffer(32, 1)).public_key());
    EXPECT_NE(code.derive_key(base::ByteBuffer(32, 1)).public_key(),
              code.derive_key(base::ByteBuffer(32, 2)).public_key());
}

} // namespace bulla::credential
