// The frames of the socket protocol: an unsigned base-128 varint, the length, then that many bytes.
//
// A length is written with as few bytes as it needs, is at least 1 (a message says which one it is), and at
// most frame_size_max. Bytes may arrive in pieces of any size. A fault is for ever: what follows has no
// meaning.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace bulla::sequencer::comet {

enum class FrameFault : std::uint8_t {
    empty,        // length 0
    not_shortest, // a length with more bytes than it needs
    too_large,    // beyond the reader's bound
};

class FrameReader {
public:
    explicit FrameReader(std::size_t size_max) : size_max_(size_max) {}

    void feed(base::ByteView bytes) { base::append(buffer_, bytes); }

    // The next whole frame, without its length; nothing when more bytes are needed. The view is good until
    // the next call of feed() or next().
    Result<std::optional<base::ByteView>, FrameFault> next();

private:
    struct Length {
        std::size_t value = 0;
        std::size_t size = 0; // bytes it takes
    };
    Result<std::optional<Length>, FrameFault> parse_length(base::ByteView bytes) const;

    std::size_t size_max_;
    base::ByteBuffer buffer_;
    std::size_t taken_ = 0; // bytes of the buffer that were handed out
    std::optional<FrameFault> fault_;
};

void append_frame(base::ByteBuffer& out, base::ByteView message);

// Bytes that a list of `size` bytes takes as an element of a repeated field with a number below 16.
std::size_t proto_size_of_element(std::size_t size);

} // namespace bulla::sequencer::comet
