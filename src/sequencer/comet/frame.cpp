#include "sequencer/comet/frame.hpp"

namespace bulla::sequencer::comet {
namespace {

constexpr std::uint8_t more = 0x80;

std::size_t varint_size(std::size_t value) {
    std::size_t size = 1;
    for (; value >= more; value >>= 7)
        ++size;
    return size;
}

void append_varint(base::ByteBuffer& out, std::size_t value) {
    for (; value >= more; value >>= 7)
        out.push_back(static_cast<std::uint8_t>(value | more));
    out.push_back(static_cast<std::uint8_t>(value));
}

} // namespace

Result<std::optional<FrameReader::Length>, FrameFault> FrameReader::parse_length(base::ByteView bytes) const {
    Length length;
    for (auto const byte : bytes) {
        // Seven bytes hold more than any bound; so the shift below never loses a bit.
        if (length.size == 7)
            return std::unexpected{FrameFault::too_large};
        length.value |= std::size_t{byte & (more - 1U)} << (7 * length.size);
        ++length.size;
        if (length.value > size_max_)
            return std::unexpected{FrameFault::too_large};
        if ((byte & more) != 0)
            continue;
        if (length.value == 0)
            return std::unexpected{FrameFault::empty};
        if (byte == 0)
            return std::unexpected{FrameFault::not_shortest};
        return length;
    }
    return std::nullopt;
}

Result<std::optional<base::ByteView>, FrameFault> FrameReader::next() {
    if (fault_)
        return std::unexpected{*fault_};
    auto const rest = base::ByteView(buffer_).subspan(taken_);
    auto const length = parse_length(rest);
    if (!length) {
        fault_ = length.error();
        return std::unexpected{*fault_};
    }
    if (!*length || rest.size() - (*length)->size < (*length)->value) {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
        taken_ = 0;
        return std::nullopt;
    }
    taken_ += (*length)->size + (*length)->value;
    return rest.subspan((*length)->size, (*length)->value);
}

void append_frame(base::ByteBuffer& out, base::ByteView message) {
    append_varint(out, message.size());
    base::append(out, message);
}

std::size_t proto_size_of_element(std::size_t size) {
    return 1 + varint_size(size) + size;
}

} // namespace bulla::sequencer::comet
