// Reads any item with CborReader and writes it again with CborWriter, for the law that the two agree: what is
// accepted is printed back byte for byte.
//
// CborReader is told what to expect; here the input's own bytes tell it. Since what was read so far was
// printed alike, the size of the output is the place in the input.
#pragma once

#include "base/cbor.hpp"

#include <limits>

namespace bulla::test {

class CborTranscript {
public:
    // The bytes printed again, or the first fault.
    static Result<base::ByteBuffer, base::CborFault> of(base::ByteView input) {
        CborTranscript transcript(input);
        transcript.copy_item();
        TRY(transcript.reader_.finish());
        return std::move(transcript.writer_).take();
    }

private:
    explicit CborTranscript(base::ByteView input) : input_(input), reader_(input) {}

    base::ByteView rest() const { return input_.subspan(std::min(input_.size(), writer_.view().size())); }

    void copy_item() {
        switch (rest().empty() ? 0 : rest()[0] >> 5) {
        case 2:
            writer_.bytes(reader_.bytes());
            return;
        case 3:
            writer_.text(reader_.text());
            return;
        case 4:
            copy_array();
            return;
        case 5:
            copy_map();
            return;
        case 7:
            writer_.boolean(reader_.boolean());
            return;
        default:
            writer_.uint(reader_.uint());
            return;
        }
    }

    void copy_array() {
        auto const count = reader_.array(std::numeric_limits<std::size_t>::max());
        writer_.array(count);
        for (std::size_t index = 0; index < count && reader_.ok(); ++index)
            copy_item();
        reader_.close_array();
    }

    void copy_map() {
        auto const count = announced_argument();
        reader_.open_map();
        if (!reader_.ok())
            return;
        writer_.map(static_cast<std::size_t>(count));
        std::uint64_t least = 0;
        for (std::uint64_t pair = 0; pair < count && reader_.ok(); ++pair) {
            auto const key = std::max(announced_argument(), least);
            reader_.field(key);
            if (!reader_.ok())
                return;
            writer_.key(key);
            copy_item();
            least = key + 1;
        }
        reader_.close_map();
    }

    // The argument of the head that follows, whatever its type; 0 when there is none.
    std::uint64_t announced_argument() const {
        if (rest().empty())
            return 0;
        auto const additional = rest()[0] & 31u;
        auto const size = additional < 24 || additional > 27 ? 0uz : 1uz << (additional - 24);
        if (rest().size() < 1 + size)
            return 0;
        std::uint64_t argument = size == 0 ? additional : 0;
        for (auto const byte : rest().subspan(1, size))
            argument = argument << 8 | byte;
        return argument;
    }

    base::ByteView input_;
    base::CborReader reader_;
    base::CborWriter writer_;
};

} // namespace bulla::test
