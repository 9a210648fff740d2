#include "crypto/kept.hpp"

#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace bulla::crypto {
namespace {

struct Key {
    Secret<32> bytes;
};

Key make_key() {
    return {.bytes = Secret<32>::make([](base::ByteSpan bytes) { std::ranges::fill(bytes, 0x5a); })};
}

// The kernel's flags of the mapping that the address lies in ("rd wr lo dd …").
std::string flags_of(void const* address) {
    std::ifstream maps("/proc/self/smaps");
    auto const wanted = reinterpret_cast<std::uintptr_t>(address);
    bool is_here = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        char dash = 0;
        std::istringstream head(line);
        if (head >> std::hex >> begin >> dash >> end && dash == '-')
            is_here = begin <= wanted && wanted < end;
        if (is_here && line.starts_with("VmFlags:"))
            return line;
    }
    return {};
}

TEST(Kept, value_is_the_one_that_was_given) {
    auto const kept = keep(make_key());
    EXPECT_TRUE(base::same_secret(kept->bytes, make_key().bytes));
}

// E15
TEST(Kept, value_is_left_out_of_core_dumps_and_other_memory_is_not) {
    auto const kept = keep(make_key());
    auto const elsewhere = std::make_unique<Key>(make_key());
    EXPECT_TRUE(flags_of(kept.get()).contains(" dd")) << flags_of(kept.get());
    EXPECT_TRUE(flags_of(elsewhere.get()).contains("VmFlags:"));
    EXPECT_FALSE(flags_of(elsewhere.get()).contains(" dd"));
}

TEST(Kept, value_stays_where_it_is_when_its_owner_moves) {
    auto first = keep(make_key());
    auto const* const place = first.get();
    auto const second = std::move(first);
    EXPECT_EQ(second.get(), place);
    std::shared_ptr<Key const> const shared = keep(make_key());
    EXPECT_TRUE(flags_of(shared.get()).contains(" dd"));
}

TEST(Kept, value_is_aligned_for_its_type) {
    struct alignas(16) Wide {
        std::uint64_t words[6];
    };
    auto const kept = keep(Wide{});
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(kept.get()) % alignof(Wide), 0);
}

} // namespace
} // namespace bulla::crypto
