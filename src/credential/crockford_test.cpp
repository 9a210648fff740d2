#include "credential/crockford.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bulla::credential {
namespace {

TEST(Spelling, is_that_of_the_number_the_highest_symbol_first) {
    EXPECT_EQ(spell(base::parse_hex("0000000000").value()), "0000-0000");
    EXPECT_EQ(spell(base::parse_hex("ffffffffff").value()), "ZZZZ-ZZZZ");
    EXPECT_EQ(spell(base::parse_hex("0800000001").value()), "1000-0001");
    EXPECT_EQ(spell(base::parse_hex("00443214c74254b635cf").value()), "0123-4567-89AB-CDEF");
}

TEST(Spelling, is_read_as_people_type_it) {
    auto const bytes = base::parse_hex("0800000001").value();
    for (auto const* const text : {"1000-0001", "10000001", "1ooo ooo1", "iO0O-0-0-0-L"})
        EXPECT_EQ(parse_spelling(text, 5), bytes) << text;
    for (auto const* const text : {"", "1000-000", "1000-00011", "1000-000U", "1000-000*", "1000-000é"})
        EXPECT_FALSE(parse_spelling(text, 5)) << text;
}

RC_GTEST_PROP(Spelling, is_read_back, (base::ByteBuffer bytes)) {
    bytes.resize(bytes.size() / 5 * 5);
    auto const text = spell(bytes);
    RC_ASSERT(parse_spelling(text, bytes.size()) == bytes);
    RC_ASSERT(text.size() == (bytes.empty() ? 0 : bytes.size() / 5 * 10 - 1));
}

TEST(Fingerprint, is_sixteen_symbols_of_the_credentials_id) {
    CredentialId id;
    EXPECT_EQ(fingerprint(id), "0000-0000-0000-0000");
    id.writable()[9] = 1;
    EXPECT_EQ(fingerprint(id), "0000-0000-0000-0001");
    id.writable()[10] = 1; // beyond it
    EXPECT_EQ(fingerprint(id), "0000-0000-0000-0001");
}

} // namespace
} // namespace bulla::credential
