// A snapshot: the state that a ledger has after a block of the engine, for a node that joins
// (docs/formats/snapshot.md). Nothing in it is believed: the last block entry commits to the whole state by
// its two roots, and the header of the engine's next block, which two thirds sign, names the hash of that
// entry.
//
//   offer   CBOR {0: height, 1: header[32], 2: block entry, 3: hashes}
//             hashes   32 bytes for each chunk: SHA-256 of its bytes
//   chunk   rows: family u8 ‖ key size u8 ‖ value size u32be ‖ key ‖ value
//
// Rows ascend by family and key, and a chunk ends before the row that would make it longer than chunk_size,
// so every node of a network cuts the same state into the same chunks.
#pragma once

#include "crypto/hash.hpp"
#include "store/engine_rows.hpp"
#include "store/state_rows.hpp"

namespace bulla::sequencer {

using HeaderHash = base::Bytes<struct HeaderHashMeaning, 32>; // of the engine's block
using ChunkHash = base::Bytes<struct ChunkHashMeaning, 32>;

inline constexpr std::size_t chunk_size_default = std::size_t{8} << 20;
inline constexpr std::size_t chunks_max = 65'536;

struct SnapshotOffer {
    store::EngineHeight height;
    HeaderHash header;            // of the block at this height
    base::ByteBuffer block_entry; // the ledger's last
    base::ByteBuffer hashes;

    std::size_t chunk_count() const { return hashes.size() / ChunkHash::size; }
    ChunkHash chunk_hash(std::size_t number) const; // number < chunk_count()

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.height);
        visitor.field(1, self.header);
        visitor.field(2, self.block_entry);
        visitor.field(3, self.hashes);
    }
    friend bool operator==(SnapshotOffer const&, SnapshotOffer const&) = default;
};
// What a node offers, the newest first.
struct SnapshotList {
    std::vector<SnapshotOffer> offers;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.offers);
    }
};

// Decodes, names a block entry, and has a chunk at least and chunks_max at most.
bool is_sound(SnapshotOffer const& offer);

inline ChunkHash hash_chunk(base::ByteView chunk) {
    return ChunkHash::from(crypto::sha256(chunk));
}

// Cuts rows into chunks.
class ChunkCutter {
public:
    using Take = std::function<bool(base::ByteView chunk)>; // false: no more is wanted
    explicit ChunkCutter(Take take, std::size_t chunk_size = chunk_size_default)
        : take_(std::move(take)), chunk_size_(chunk_size) {}

    bool add(store::StateRow const& row);
    bool finish(); // the last chunk; there is one always

private:
    Take take_;
    std::size_t chunk_size_;
    base::ByteBuffer chunk_;
};

// The rows as views into the chunk; nothing unless it is made of whole rows of known families.
std::optional<std::vector<store::StateRow>> parse_chunk(base::ByteView chunk);

// Which heights are taken: each `every`-th, and with more than a million accounts that much fewer; 0: none.
bool is_snapshot_height(store::EngineHeight height, std::uint64_t every, std::uint64_t accounts);

} // namespace bulla::sequencer
