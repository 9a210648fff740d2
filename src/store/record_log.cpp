#include "store/record_log.hpp"

#include "store/crc32c.hpp"

#include <fstream>

namespace bulla::store {
namespace {

constexpr std::size_t block_size = 32'768;
constexpr std::size_t header_size = 7;

enum RecordType : std::uint8_t { type_whole = 1, type_first = 2, type_middle = 3, type_last = 4 };

// Walks the records of one block after the other; remembers whether a record goes on in the next block.
class BlockChecker {
public:
    // The offset of the first fault in the block, if it has one.
    std::optional<std::size_t> check(base::ByteView block) {
        std::size_t at = 0;
        while (block.size() - at >= header_size) {
            auto const length = load_little_endian<std::uint16_t>(block.subspan(at + 4));
            if (length > block.size() - at - header_size)
                return at;
            if (!accepts(block.subspan(at, header_size + length)))
                return at;
            at += header_size + length;
        }
        auto const rest = block.subspan(at);
        bool const is_filler = block.size() == block_size;
        auto const is_zero = [](std::uint8_t byte) { return byte == 0; };
        if (!rest.empty() && !(is_filler && std::ranges::all_of(rest, is_zero)))
            return at;
        return std::nullopt;
    }
    bool is_between_records() const { return !inside_; }

private:
    bool accepts(base::ByteView record) {
        if (masked_crc32c(record.subspan(6)) != load_little_endian<std::uint32_t>(record))
            return false;
        auto const type = record[6];
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
        if (auto const fault = checker.check(base::ByteView(block).first(size)))
            return {RecordLogVerdict::damaged, offset + *fault};
        offset += size;
    }
    if (in.bad())
        return {RecordLogVerdict::unreadable, offset};
    if (!checker.is_between_records())
        return {RecordLogVerdict::damaged, offset};
    return {RecordLogVerdict::whole, offset};
}

} // namespace bulla::store
