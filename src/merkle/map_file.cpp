#include "merkle/map_file.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::merkle {
namespace {

constexpr std::string_view magic = "bulla/map-snapshot/v1\n";
constexpr std::size_t header_size = magic.size() + 8 + LeafHash::size + MapRoot::size + 8;
constexpr std::size_t checksum_size = crypto::Sha256Digest::size;
constexpr std::size_t piece_size = 1'048'576;

// A row lies in memory as it lies in the file, so that a million of them need not be copied.
static_assert(sizeof(MapRow) == 64 && alignof(MapRow) == 1 && std::is_trivially_copyable_v<MapRow>);
static_assert(sizeof(MapNodeHash) == 32 && alignof(MapNodeHash) == 1);

// Collects bytes into pieces, hashes each and hands it on.
class PieceWriter {
public:
    explicit PieceWriter(std::function<void(base::ByteView)> const& write) : write_(write) {}

    void append(base::ByteView bytes) {
        base::append(piece_, bytes);
        if (piece_.size() >= piece_size)
            hand_on(piece_size);
    }
    void finish() {
        if (!piece_.empty())
            hand_on(piece_.size());
        write_(crypto::sha256(digests_));
    }

private:
    void hand_on(std::size_t size) {
        auto const piece = base::ByteView(piece_).first(size);
        base::append(digests_, crypto::sha256(piece));
        write_(piece);
        piece_.erase(piece_.begin(), piece_.begin() + static_cast<std::ptrdiff_t>(size));
    }

    std::function<void(base::ByteView)> const& write_;
    base::ByteBuffer piece_;
    base::ByteBuffer digests_;
};

crypto::Sha256Digest checksum_of(base::ByteView bytes) {
    base::ByteBuffer digests;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece_size, bytes.size())))
        base::append(digests, crypto::sha256(bytes.first(std::min(piece_size, bytes.size()))));
    return crypto::sha256(digests);
}

template <class Element>
std::span<Element const> elements_of(base::ByteView bytes) {
    return {reinterpret_cast<Element const*>(bytes.data()), bytes.size() / sizeof(Element)};
}

// The count, when the length of the file is what it says.
std::optional<std::uint64_t> parse_count(base::ByteView bytes) {
    if (bytes.size() < header_size + MapNodeHash::size + checksum_size)
        return std::nullopt;
    auto const count = base::load_big_endian<std::uint64_t>(bytes.subspan(header_size - 8));
    auto const list_size = bytes.size() - header_size - MapNodeHash::size - checksum_size;
    if (list_size % (sizeof(MapRow) + sizeof(MapNodeHash)) != 0 ||
        count != list_size / (sizeof(MapRow) + sizeof(MapNodeHash)))
        return std::nullopt;
    return count;
}

} // namespace

std::uint64_t map_file_size(std::size_t rows) {
    return header_size + rows * (sizeof(MapRow) + sizeof(MapNodeHash)) + sizeof(MapNodeHash) + checksum_size;
}

void write_map_file(CommittedMap const& map, MapFilePlace const& place,
                    std::function<void(base::ByteView)> const& write) {
    PieceWriter pieces(write);
    pieces.append(base::as_bytes(magic));
    pieces.append(base::u64be(place.height));
    pieces.append(place.block);
    pieces.append(map.root());
    pieces.append(base::u64be(map.size()));
    map.for_each_row([&](MapRow const& row) {
        pieces.append(row.key);
        pieces.append(row.value_hash);
    });
    map.for_each_inner_hash([&](MapNodeHash const& hash) { pieces.append(hash); });
    pieces.finish();
}

Result<MapFile, MapFileFault> parse_map_file_unverified(base::ByteView bytes) {
    auto const count = parse_count(bytes);
    if (!count || !base::as_text(bytes).starts_with(magic))
        return std::unexpected{MapFileFault::malformed};
    auto const body = bytes.first(bytes.size() - checksum_size);
    if (!std::ranges::equal(checksum_of(body).view(), bytes.last(checksum_size)))
        return std::unexpected{MapFileFault::wrong_checksum};

    auto const fields = bytes.subspan(magic.size());
    MapFilePlace const place{.height = base::load_big_endian<std::uint64_t>(fields),
                             .block = LeafHash::from(fields.subspan(8, LeafHash::size))};
    auto const root = MapRoot::from(fields.subspan(8 + LeafHash::size, MapRoot::size));
    auto const rows = body.subspan(header_size, *count * sizeof(MapRow));
    auto const hashes = body.subspan(header_size + rows.size());
    auto map = CommittedMap::restore_unverified(elements_of<MapRow>(rows), elements_of<MapNodeHash>(hashes));
    if (!map)
        return std::unexpected{MapFileFault::wrong_rows};
    if (map->root() != root)
        return std::unexpected{MapFileFault::wrong_root};
    return MapFile{.place = place, .map = *std::move(map)};
}

} // namespace bulla::merkle
