#include "store/manifest_size.hpp"

#include <gtest/gtest.h>

namespace bulla::store {
namespace {

TEST(ManifestSize, is_printed_with_its_checksum) {
    auto const text = print_manifest_size({.manifest = "MANIFEST-000031", .size = 1552});
    EXPECT_TRUE(text.starts_with("MANIFEST-000031 1552 "));
    EXPECT_EQ(text.size(), 30U);
    EXPECT_EQ(parse_manifest_size(text), (ManifestSize{.manifest = "MANIFEST-000031", .size = 1552}));
}

TEST(ManifestSize, with_any_flipped_bit_does_not_parse) {
    auto const text = print_manifest_size({.manifest = "MANIFEST-000031", .size = 1552});
    for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
        auto flipped = text;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_EQ(parse_manifest_size(flipped), std::nullopt) << bit;
    }
}

TEST(ManifestSize, that_is_cut_or_longer_does_not_parse) {
    auto const text = print_manifest_size({.manifest = "MANIFEST-000031", .size = 1552});
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_EQ(parse_manifest_size(text.substr(0, size)), std::nullopt) << size;
    EXPECT_EQ(parse_manifest_size(text + "\n"), std::nullopt);
}

} // namespace
} // namespace bulla::store
