#include "store/table_file.hpp"

#include "store/crc32c.hpp"

namespace bulla::store {
namespace {

using base::ByteBuffer;
using base::ByteView;

constexpr std::size_t footer_size = 53;
constexpr std::size_t handles_offset = 1;
constexpr std::size_t handles_size = 40;
constexpr std::size_t magic_offset = 45;
constexpr std::size_t trailer_size = 5;
constexpr std::uint8_t checksum_crc32c = 1;
constexpr std::uint64_t table_magic = 0x88e2'41b7'85f4'cff7;
constexpr std::uint64_t block_size_max = 16 << 20;
constexpr std::string_view properties_key = "rocksdb.properties";

struct Handle {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// Reads from the front of the bytes and drops what it read.
class Cursor {
public:
    explicit Cursor(ByteView bytes) : rest_(bytes) {}

    std::optional<std::uint64_t> varint() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            auto const byte = rest_[0];
            rest_ = rest_.subspan(1);
            number |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80)
                return number;
        }
        return std::nullopt;
    }
    std::optional<ByteView> bytes(std::uint64_t size) {
        if (size > rest_.size())
            return std::nullopt;
        auto const result = rest_.first(size);
        rest_ = rest_.subspan(size);
        return result;
    }
    std::optional<Handle> handle() {
        auto const offset = varint();
        auto const size = varint();
        if (!offset || !size)
            return std::nullopt;
        return Handle{.offset = *offset, .size = *size};
    }
    bool is_at_end() const { return rest_.empty(); }

private:
    ByteView rest_;
};

// The contents, when their checksum is right and they are not compressed.
std::optional<ByteBuffer> read_block(ReadAt const& read, std::uint64_t file_size, Handle handle) {
    if (handle.size > block_size_max || handle.offset > file_size ||
        handle.size + trailer_size > file_size - handle.offset)
        return std::nullopt;
    ByteBuffer block(handle.size + trailer_size);
    if (!read(handle.offset, block))
        return std::nullopt;
    auto const checked = ByteView(block).first(handle.size + 1);
    if (checked.back() != 0 ||
        masked_crc32c(checked) != load_little_endian<std::uint32_t>(ByteView(block).last(4)))
        return std::nullopt;
    block.resize(handle.size);
    return block;
}

std::optional<Handle> read_footer(ReadAt const& read, std::uint64_t file_size) {
    std::array<std::uint8_t, footer_size> footer{};
    if (file_size < footer_size || !read(file_size - footer_size, footer))
        return std::nullopt;
    ByteView const bytes = footer;
    if (bytes[0] != checksum_crc32c ||
        load_little_endian<std::uint64_t>(bytes.subspan(magic_offset)) != table_magic)
        return std::nullopt;
    return Cursor(bytes.subspan(handles_offset, handles_size)).handle();
}

// The part of a block before its restarts.
std::optional<ByteView> rows_of(ByteView block) {
    constexpr std::size_t number_size = sizeof(std::uint32_t);
    if (block.size() < number_size)
        return std::nullopt;
    std::uint64_t const restarts = load_little_endian<std::uint32_t>(block.last(number_size));
    if ((restarts + 1) * number_size > block.size())
        return std::nullopt;
    return block.first(block.size() - (restarts + 1) * number_size);
}

std::optional<Handle> find_properties(ByteView metaindex) {
    auto const rows = rows_of(metaindex);
    if (!rows)
        return std::nullopt;
    std::string key;
    for (Cursor cursor(*rows); !cursor.is_at_end();) {
        auto const shared = cursor.varint();
        auto const unshared_size = cursor.varint();
        auto const value_size = cursor.varint();
        if (!shared || !unshared_size || !value_size || *shared > key.size())
            return std::nullopt;
        auto const unshared = cursor.bytes(*unshared_size);
        auto const value = cursor.bytes(*value_size);
        if (!unshared || !value)
            return std::nullopt;
        key.resize(*shared);
        key += base::as_text(*unshared);
        if (key == properties_key)
            return Cursor(*value).handle();
    }
    return std::nullopt;
}

} // namespace

bool has_sound_properties(ReadAt const& read, std::uint64_t file_size) {
    auto const metaindex_handle = read_footer(read, file_size);
    if (!metaindex_handle)
        return false;
    auto const metaindex = read_block(read, file_size, *metaindex_handle);
    if (!metaindex)
        return false;
    auto const properties_handle = find_properties(*metaindex);
    return properties_handle && read_block(read, file_size, *properties_handle);
}

} // namespace bulla::store
