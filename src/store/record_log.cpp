#include "store/record_log.hpp"

#include "store/crc32c.hpp"

#include <fstream>

namespace bulla::store {
namespace {

constexpr std::size_t block_size = 32'768;
constexpr std::size_t length_offset = 4;
constexpr std::size_t type_offset = 6;
constexpr std::size_t header_size = 7;

enum RecordType : std::uint8_t { type_whole = 1, type_first = 2, type_middle = 3, type_last = 4 };

bool is_filler(base::ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// Whether the record that begins here is all there, had it another length.
bool is_whole_at_another_length(base::ByteView record) {
    auto const wanted = load_little_endian<std::uint32_t>(record);
    auto const checked = record.subspan(type_offset);
    Crc32c crc;
    for (auto const byte : checked) {
        crc.add(byte);
        if (mask_crc32c(crc.sum()) == wanted)
            return true;
    }
    return false;
}

// Walks the records of one block after the other; remembers whether a record goes on in the next block.
class BlockChecker {
public:
    // The offset is that of the first record in the block that is not whole.
    RecordLogReport check(base::ByteView block) {
        bool const is_last = block.size() < block_size;
        std::size_t at = 0;
        while (block.size() - at >= header_size) {
            auto const rest = block.subspan(at);
            auto const size = header_size + load_little_endian<std::uint16_t>(rest.subspan(length_offset));
            if (size > rest.size())
                return {is_last && !is_whole_at_another_length(rest) ? RecordLogVerdict::interrupted
                                                                     : RecordLogVerdict::damaged,
                        at};
            if (!accepts(rest.first(size)))
                return {RecordLogVerdict::damaged, at};
            at += size;
        }
        if (at == block.size() || (!is_last && is_filler(block.subspan(at))))
            return {RecordLogVerdict::whole, block.size()};
        return {is_last ? RecordLogVerdict::interrupted : RecordLogVerdict::damaged, at};
    }
    bool is_between_records() const { return !inside_; }

private:
    bool accepts(base::ByteView record) {
        if (masked_crc32c(record.subspan(type_offset)) != load_little_endian<std::uint32_t>(record))
            return false;
        auto const type = record[type_offset];
        bool const continues = type == type_middle || type == type_last;
        if (type < type_whole || type > type_last || continues != inside_)
            return false;
        inside_ = type == type_first || type == type_middle;
        return true;
    }

    bool inside_ = false;
};

} // namespace

RecordLogReport check_record_log(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return {RecordLogVerdict::unreadable, 0};
    BlockChecker checker;
    base::ByteBuffer block(block_size);
    std::uint64_t offset = 0;
    while (in) {
        in.read(reinterpret_cast<char*>(block.data()), static_cast<std::streamsize>(block.size()));
        auto const size = static_cast<std::size_t>(in.gcount());
        auto const report = checker.check(base::ByteView(block).first(size));
        offset += report.offset;
        if (report.verdict != RecordLogVerdict::whole)
            return {report.verdict, offset};
    }
    if (in.bad())
        return {RecordLogVerdict::unreadable, offset};
    if (!checker.is_between_records())
        return {RecordLogVerdict::interrupted, offset};
    return {RecordLogVerdict::whole, offset};
}

} // namespace bulla::store
