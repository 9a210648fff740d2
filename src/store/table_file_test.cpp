#include "store/table_file.hpp"

#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include <fstream>

namespace bulla::store {
namespace {

// A table as RocksDB writes it, with the checksums that databases of this project have.
std::string make_table(rocksdb::ChecksumType checksum) {
    test::TemporaryDirectory const directory;
    auto const file = (directory.path() / "1.sst").string();
    rocksdb::BlockBasedTableOptions table;
    table.checksum = checksum;
    rocksdb::Options options;
    options.compression = rocksdb::kNoCompression;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    rocksdb::SstFileWriter writer({}, options);
    EXPECT_TRUE(writer.Open(file).ok());
    EXPECT_TRUE(writer.Put("key", "row").ok());
    EXPECT_TRUE(writer.Finish().ok());
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool is_sound(std::string_view table) {
    return has_sound_properties(
        [&](std::uint64_t offset, base::ByteSpan out) {
            if (offset > table.size() || out.size() > table.size() - offset)
                return false;
            std::ranges::copy(table.substr(offset, out.size()), out.begin());
            return true;
        },
        table.size());
}

TEST(TableFile, written_by_rocksdb_has_sound_properties) {
    EXPECT_TRUE(is_sound(make_table(rocksdb::kCRC32c)));
}

TEST(TableFile, with_checksums_of_another_kind_is_refused) {
    EXPECT_FALSE(is_sound(make_table(rocksdb::kXXH3)));
}

TEST(TableFile, cut_anywhere_is_refused) {
    auto const table = make_table(rocksdb::kCRC32c);
    for (std::size_t size = 0; size < table.size(); ++size)
        EXPECT_FALSE(is_sound(std::string_view(table).substr(0, size))) << size;
}

TEST(TableFile, with_any_flipped_bit_in_its_properties_is_refused) {
    auto const table = make_table(rocksdb::kCRC32c);
    auto const begin = table.find("rocksdb.block.based.table.index.type"); // the first property
    auto const end = table.find("rocksdb.tail");
    ASSERT_NE(begin, table.npos);
    for (auto at = begin; at < std::min(end, begin + 400); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            auto flipped = table;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            EXPECT_FALSE(is_sound(flipped)) << at << " of " << table.size();
        }
}

// Nothing in a damaged footer or metaindex leads outside the file.
TEST(TableFile, is_read_within_its_bounds_whatever_stands_in_it) {
    auto const table = make_table(rocksdb::kCRC32c);
    for (std::size_t at = 0; at < table.size(); ++at)
        for (int const byte : {0x00, 0x7f, 0x80, 0xff}) {
            auto changed = table;
            changed[at] = static_cast<char>(byte);
            (void)has_sound_properties(
                [&](std::uint64_t offset, base::ByteSpan out) {
                    EXPECT_LE(offset, changed.size());
                    EXPECT_LE(out.size(), changed.size() - offset);
                    std::ranges::copy(changed.substr(offset, out.size()), out.begin());
                    return true;
                },
                changed.size());
        }
}

} // namespace
} // namespace bulla::store
