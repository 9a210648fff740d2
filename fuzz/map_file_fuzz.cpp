// Bytes as a map file: what parses is written back to the same bytes. The checksum hides the rest of the
// parser from a fuzzer, so it is made anew first; and nothing that parses may hold a false hash unnoticed.
#include "crypto/hash.hpp"
#include "merkle/map_file.hpp"

namespace base = bulla::base;
namespace merkle = bulla::merkle;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size < 32 || size > 1'000'000)
        return 0;
    base::ByteBuffer input(bytes, bytes + size);
    auto const body = base::ByteView(input).first(size - 32);
    auto const checksum = bulla::crypto::sha256(bulla::crypto::sha256(body));
    std::ranges::copy(checksum.view(), input.end() - 32);
    auto const file = merkle::parse_map_file_unverified(input);
    if (!file)
        return 0;
    base::ByteBuffer written;
    merkle::write_map_file(file->map, file->place, [&](auto piece) { base::append(written, piece); });
    CHECK(written == input);
    std::vector<merkle::MapRow> rows;
    file->map.for_each_row([&](auto const& row) { rows.push_back(row); });
    auto const rebuilt = merkle::CommittedMap::build(rows);
    CHECK(rebuilt && (rebuilt->root() == file->map.root() || !file->map.has_true_hashes()));
    return 0;
}
