// Bytes as a snapshot's chunk, offer and list: what parses is printed to the same bytes again, and no row
// reaches beyond its chunk.
// LINK: sequencer
#include "ledger/fields.hpp"
#include "sequencer/snapshot.hpp"

namespace {

namespace sequencer = bulla::sequencer;
using bulla::base::ByteView;

void read_chunk(ByteView bytes) {
    auto const rows = sequencer::parse_chunk(bytes);
    if (!rows)
        return;
    bulla::base::ByteBuffer again;
    sequencer::ChunkCutter cutter(
        [&](ByteView chunk) {
            again = bulla::base::to_buffer(chunk);
            return true;
        },
        bytes.size() + 1);
    for (auto const& row : *rows)
        CHECK(cutter.add(row));
    CHECK(cutter.finish() && std::ranges::equal(again, bytes));
}

template <class T>
void read(ByteView bytes) {
    auto const read = bulla::ledger::decode<T>(bytes);
    if (read)
        CHECK(std::ranges::equal(bulla::ledger::encode(*read), bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    ByteView const input(bytes, size);
    read_chunk(input);
    read<sequencer::SnapshotOffer>(input);
    read<sequencer::SnapshotList>(input);
    return 0;
}
