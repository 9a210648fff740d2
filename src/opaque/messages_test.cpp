#include "opaque/messages.hpp"

#include "base/encoding.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace bulla::opaque {
namespace {

using base::ByteBuffer;
using base::to_buffer;
using test::from_hex;
using test::hex_member;

// Bytes that stand where an element is expected and must be refused (RFC 9496 appendix A.2 and the identity).
std::vector<ByteBuffer> bad_elements() {
    return {ByteBuffer(32),
            ByteBuffer(32, 0xff),
            from_hex("0000000000000000000000000000000000000000000000000000000000000080"),
            from_hex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6"),
            from_hex("0100000000000000000000000000000000000000000000000000000000000000"),
            from_hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            from_hex("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371")};
}

// A good message of each kind, from RFC 9807 C.1.1.
ByteBuffer example(std::string_view member) {
    return hex_member(test::load_vectors("opaque/opaque_ristretto255_sha512.json").at(0).at("outputs"),
                      member);
}

// What every message keeps: it parses from its own bytes alone, at its own length alone, and refuses a bad
// element at each of these offsets.
template <class Parsed>
void expect_strict(ByteBuffer const& good, std::vector<std::size_t> const& element_offsets) {
    auto const parsed = Parsed::parse(good);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(to_buffer(parsed->view()), good);
    EXPECT_EQ(good.size(), Parsed::size);
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(Parsed::parse(base::ByteView(good).first(size))) << size;
    EXPECT_FALSE(Parsed::parse(base::concat(good, ByteBuffer{0})));
    for (auto const offset : element_offsets)
        for (auto const& bad : bad_elements()) {
            auto changed = good;
            std::ranges::copy(bad, changed.begin() + static_cast<std::ptrdiff_t>(offset));
            EXPECT_FALSE(Parsed::parse(changed)) << offset << ' ' << base::to_hex(bad);
        }
}

} // namespace

// E2
TEST(RegistrationRequest, is_one_element) {
    expect_strict<RegistrationRequest>(example("registration_request"), {0});
}

TEST(RegistrationResponse, is_two_elements) {
    expect_strict<RegistrationResponse>(example("registration_response"), {0, 32});
    auto const bytes = example("registration_response");
    auto const response = RegistrationResponse::parse(bytes).value();
    EXPECT_EQ(to_buffer(response.evaluated_message().view()), to_buffer(base::ByteView(bytes).first(32)));
    EXPECT_EQ(to_buffer(response.server_public_key().view()), to_buffer(base::ByteView(bytes).last(32)));
}

TEST(OpaqueRecord, begins_with_an_element) {
    expect_strict<OpaqueRecord>(example("registration_upload"), {0});
    auto const bytes = example("registration_upload");
    auto const record = OpaqueRecord::parse(bytes).value();
    EXPECT_EQ(base::concat(record.client_public_key().view(), record.masking_key(), record.envelope()),
              bytes);
}

TEST(Ke1, has_an_element_at_each_end) {
    expect_strict<Ke1>(example("KE1"), {0, 64});
}

TEST(Ke2, has_two_elements_and_named_parts) {
    expect_strict<Ke2>(example("KE2"), {0, 224});
    auto const bytes = example("KE2");
    auto const ke2 = Ke2::parse(bytes).value();
    EXPECT_EQ(base::concat(ke2.before_mac(), ke2.server_mac()), bytes);
    auto const server_nonce = base::ByteView(bytes).subspan(192, 32);
    EXPECT_EQ(base::concat(ke2.evaluated_message().view(), ke2.masking_nonce(), ke2.masked_response(),
                           server_nonce, ke2.server_public_keyshare().view(), ke2.server_mac()),
              bytes);
}

TEST(Ke3, is_any_64_bytes) {
    expect_strict<Ke3>(example("KE3"), {});
    EXPECT_TRUE(Ke3::parse(ByteBuffer(64)));
}

} // namespace bulla::opaque
