#include "opaque/fake_record.hpp"

namespace bulla::opaque {

OpaqueRecord make_fake_record(base::Randomness& randomness) {
    auto const client_public_key = crypto::multiply_base(crypto::Scalar::generate(randomness));
    std::array<std::uint8_t, 64> masking_key{};
    randomness.fill(masking_key);
    std::array<std::uint8_t, envelope_size> const envelope{};
    auto const record = OpaqueRecord::parse(base::concat(client_public_key.view(), masking_key, envelope));
    CHECK(record.has_value());
    return *record;
}

} // namespace bulla::opaque
