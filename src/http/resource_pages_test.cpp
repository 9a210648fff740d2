#include "http/resource_pages.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace bulla::http {

TEST(AcceptEncoding, names_a_coding_in_any_case_and_place) {
    EXPECT_TRUE(accepts_coding("gzip, deflate, br", "br"));
    EXPECT_TRUE(accepts_coding("GZip;q=0.5", "gzip"));
    EXPECT_TRUE(accepts_coding(" br ; q=1", "br"));
}

TEST(AcceptEncoding, of_weight_zero_is_a_refusal) {
    EXPECT_FALSE(accepts_coding("br;q=0", "br"));
    EXPECT_FALSE(accepts_coding("br; q=0.000, gzip", "br"));
}

TEST(AcceptEncoding, that_does_not_name_the_coding_does_not_accept_it) {
    EXPECT_FALSE(accepts_coding("", "br"));
    EXPECT_FALSE(accepts_coding("brotli, xbr, *", "br"));
}

TEST(PageFiles, are_in_order_and_hold_the_document) {
    auto const files = page_files();
    EXPECT_TRUE(std::ranges::is_sorted(files, {}, &PageFile::path));
    EXPECT_EQ(std::ranges::count(files, "/index.html", &PageFile::path), 1);
}

// An old copy in the build folder would be served for a long time, for its name would be kept.
TEST(PageFiles, are_those_of_the_folder_to_the_byte) {
    for (auto const& file : page_files()) {
        std::ifstream stored("web/dist" + std::string(file.path), std::ios::binary);
        std::string const bytes{std::istreambuf_iterator<char>(stored), {}};
        EXPECT_FALSE(bytes.empty()) << file.path;
        EXPECT_EQ(file.identity, bytes) << file.path;
        EXPECT_FALSE(file.content_type.empty()) << file.path;
    }
}

// The policy allows nothing inline: a document that needs it would show an empty page.
TEST(PageFiles, have_nothing_inline) {
    auto const page = std::ranges::find(page_files(), "/index.html", &PageFile::path);
    ASSERT_NE(page, page_files().end());
    EXPECT_FALSE(page->identity.contains("<style"));
    EXPECT_FALSE(page->identity.contains("style="));
    EXPECT_FALSE(page->identity.contains("<script>"));
    EXPECT_FALSE(page->identity.contains("onclick"));
}

// I11: what `bulla --version` prints is what anybody computes of the files.
TEST(PageFiles, have_the_digest_of_the_list_that_sha256sum_prints) {
    std::string list;
    for (auto const& file : page_files()) {
        std::ifstream on_disk("web/dist" + std::string(file.path), std::ios::binary);
        std::string const content{std::istreambuf_iterator<char>(on_disk), {}};
        list += base::to_hex(crypto::sha256(base::as_bytes(content)));
        list += "  " + std::string(file.path.substr(1)) + "\n";
    }
    EXPECT_EQ(pages_digest(), base::to_hex(crypto::sha256(base::as_bytes(list))));
}

} // namespace bulla::http
