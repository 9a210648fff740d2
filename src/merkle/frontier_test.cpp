#include "merkle/frontier.hpp"

#include "base/encoding.hpp"
#include "support/naive_log.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace bulla::merkle {
namespace {

TEST(Frontier, has_the_published_roots_of_the_eight_standard_leaves) {
    constexpr std::array leaves{
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    constexpr std::array roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                               "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                               "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                               "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                               "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                               "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                               "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                               "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    Frontier frontier;
    EXPECT_EQ(base::to_hex(frontier.root()), roots[0]);
    for (std::size_t index = 0; index < leaves.size(); ++index) {
        frontier.append(hash_leaf(test::from_hex(leaves[index])));
        EXPECT_EQ(base::to_hex(frontier.root()), roots[index + 1]) << index;
    }
}

TEST(Frontier, agrees_with_the_definition_at_every_size_to_600) {
    test::NaiveLog log;
    Frontier frontier;
    for (std::uint64_t size = 0; size <= 600; ++size) {
        ASSERT_EQ(frontier.root(), log.root(size)) << size;
        ASSERT_EQ(frontier.size(), TreeSize{size});
        frontier.append(test::numbered_leaf(size));
    }
}

TEST(Frontier, goes_on_from_its_hashes_as_if_never_interrupted) {
    Frontier frontier;
    for (std::uint64_t size = 0; size < 70; ++size) {
        auto restored = Frontier::restore(frontier.size(), frontier.hashes()).value();
        ASSERT_EQ(restored, frontier);
        frontier.append(test::numbered_leaf(size));
        restored.append(test::numbered_leaf(size));
        ASSERT_EQ(restored.root(), frontier.root());
    }
}

TEST(Frontier, is_not_restored_from_another_number_of_hashes) {
    Frontier frontier;
    for (std::uint64_t index = 0; index < 7; ++index)
        frontier.append(test::numbered_leaf(index));
    EXPECT_TRUE(Frontier::restore(TreeSize{7}, frontier.hashes()));
    EXPECT_FALSE(Frontier::restore(TreeSize{8}, frontier.hashes()));
    EXPECT_FALSE(Frontier::restore(TreeSize{0}, frontier.hashes()));
    EXPECT_FALSE(Frontier::restore(TreeSize{7}, {}));
}

} // namespace
} // namespace bulla::merkle
