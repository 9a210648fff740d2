// Bytes as a map proof: what parses encodes to the same bytes. Checked for a key that is in a fixed map, no
// bytes at all may show it absent or with another value; for one that is not in it, none may show it present.
#include "crypto/hash.hpp"
#include "merkle/committed_map.hpp"

namespace {

namespace base = bulla::base;
namespace merkle = bulla::merkle;

merkle::MapKey key_of(std::string_view name) {
    return merkle::MapKey::from(bulla::crypto::sha256(base::as_bytes(name)));
}

// The map of the worked example, with the one value hash for both.
merkle::CommittedMap const& example_map() {
    static auto const map =
        merkle::CommittedMap().apply(std::array{merkle::MapChange{key_of("alice"), merkle::hash_value({})},
                                                merkle::MapChange{key_of("bob"), merkle::hash_value({})}});
    return map;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    base::ByteView const input{bytes, size};
    if (auto const proof = merkle::parse_map_proof(input))
        CHECK(std::ranges::equal(merkle::encode_map_proof(*proof), input));
    for (auto const* name : {"alice", "bob", "carol"}) {
        auto const found = example_map().find(key_of(name));
        auto const truth = found ? merkle::MapAnswer{merkle::KeyPresent{*found}} : merkle::KeyAbsent{};
        auto const answer = merkle::check_map_proof(example_map().root(), key_of(name), input);
        CHECK(!answer || *answer == truth);
    }
    return 0;
}
