// The committed map as its definition says, built anew from all rows: the model that tests compare with.
#pragma once

#include "base/bytes.hpp"
#include "crypto/hash.hpp"
#include "merkle/committed_map.hpp"

#include <rapidcheck.h>

#include <map>

namespace bulla::test {

using NaiveRows = std::map<merkle::MapKey, merkle::ValueHash>;

// Bit by bit, of rows that agree in every bit before `bit`.
inline merkle::MapNodeHash naive_hash(NaiveRows const& rows, unsigned bit) {
    if (rows.size() == 1)
        return merkle::hash_map_leaf(rows.begin()->first, rows.begin()->second);
    NaiveRows left;
    NaiveRows right;
    for (auto const& [key, value_hash] : rows) {
        auto const byte = key[bit / 8];
        auto& side = (byte << (bit % 8) & 0x80) == 0 ? left : right;
        side.emplace(key, value_hash);
    }
    if (left.empty() || right.empty())
        return naive_hash(rows, bit + 1);
    auto const left_hash = naive_hash(left, bit + 1);
    auto const right_hash = naive_hash(right, bit + 1);
    std::array<std::uint8_t, 3> const head{0x01, 0x00, static_cast<std::uint8_t>(bit)};
    return merkle::MapNodeHash::from(crypto::sha256({head, left_hash, right_hash}));
}

inline merkle::MapRoot naive_root(NaiveRows rows) {
    rows.emplace(merkle::sentinel_low(), merkle::sentinel_value_hash());
    rows.emplace(merkle::sentinel_high(), merkle::sentinel_value_hash());
    return merkle::MapRoot::from(naive_hash(rows, 0));
}

inline std::vector<merkle::MapRow> rows_of(NaiveRows const& rows) {
    std::vector<merkle::MapRow> list;
    for (auto const& [key, value_hash] : rows)
        list.push_back({.key = key, .value_hash = value_hash});
    return list;
}

inline merkle::MapKey hashed_key(std::uint64_t seed) {
    return merkle::MapKey::from(crypto::sha256(std::array{static_cast<std::uint8_t>(seed), //
                                                          static_cast<std::uint8_t>(seed >> 8),
                                                          static_cast<std::uint8_t>(seed >> 16)}));
}

// Keys that share long prefixes: one of few patterns with up to three bits flipped. Never a sentinel.
inline rc::Gen<merkle::MapKey> crowded_key() {
    return rc::gen::exec([] {
        merkle::MapKey key;
        auto const pattern = *rc::gen::element<std::uint8_t>(0x00, 0xff, 0xa5);
        std::ranges::fill(key.writable(), pattern);
        auto const flips = *rc::gen::inRange(1, 4);
        for (auto flip = 0; flip < flips; ++flip) {
            auto const bit =
                *rc::gen::oneOf(rc::gen::inRange(0u, 256u), rc::gen::element(0u, 1u, 7u, 8u, 255u));
            key.writable()[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> (bit % 8));
        }
        if (merkle::is_sentinel(key))
            key.writable()[31] ^= 1;
        return key;
    });
}

inline rc::Gen<merkle::MapKey> any_key() {
    return rc::gen::oneOf(crowded_key(), rc::gen::map(rc::gen::inRange(0, 500), [](int seed) {
                              return hashed_key(static_cast<std::uint64_t>(seed));
                          }));
}

inline rc::Gen<merkle::ValueHash> any_value_hash() {
    return rc::gen::map(rc::gen::arbitrary<std::uint8_t>(), [](std::uint8_t byte) {
        return merkle::hash_value(std::array{std::uint8_t{1}, byte});
    });
}

} // namespace bulla::test

namespace rc {

// Four of five changes put a row, one removes it.
template <>
struct Arbitrary<bulla::merkle::MapChange> {
    static Gen<bulla::merkle::MapChange> arbitrary() {
        return gen::exec([] {
            bulla::merkle::MapChange change{.key = *bulla::test::any_key()};
            if (*gen::inRange(0, 5) != 0)
                change.value_hash = *bulla::test::any_value_hash();
            return change;
        });
    }
};

} // namespace rc
