#include "sequencer/comet/frame.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bulla::sequencer::comet {
namespace {

using base::ByteBuffer;

constexpr std::size_t bound = 1'000;

// All frames that come out when the stream arrives in two pieces.
std::vector<ByteBuffer> read_split(ByteBuffer const& stream, std::size_t split) {
    FrameReader reader(bound);
    std::vector<ByteBuffer> frames;
    auto const take = [&] {
        while (auto const frame = reader.next().value())
            frames.push_back(base::to_buffer(*frame));
    };
    reader.feed(base::ByteView(stream).first(split));
    take();
    reader.feed(base::ByteView(stream).subspan(split));
    take();
    return frames;
}

TEST(FrameReader, finds_the_same_frames_wherever_the_stream_is_split) {
    std::vector<ByteBuffer> const frames = {ByteBuffer(1, 1), ByteBuffer(127, 2), ByteBuffer(128, 3),
                                            ByteBuffer(bound, 4)};
    ByteBuffer stream;
    for (auto const& frame : frames)
        append_frame(stream, frame);
    for (std::size_t split = 0; split <= stream.size(); ++split)
        ASSERT_EQ(read_split(stream, split), frames) << split;
}

TEST(FrameReader, finds_frames_that_arrive_byte_by_byte) {
    ByteBuffer stream;
    append_frame(stream, ByteBuffer(300, 7));
    FrameReader reader(bound);
    for (std::size_t index = 0; index < stream.size(); ++index) {
        EXPECT_FALSE(reader.next().value().has_value());
        reader.feed(base::ByteView(stream).subspan(index, 1));
    }
    EXPECT_EQ(reader.next().value()->size(), 300U);
}

FrameFault fault_of(ByteBuffer const& stream) {
    FrameReader reader(bound);
    reader.feed(stream);
    auto const first = reader.next();
    CHECK(!first);
    CHECK(reader.next().error() == first.error()); // for ever
    return first.error();
}

TEST(FrameReader, refuses_lengths_that_the_engine_would_not_write) {
    EXPECT_EQ(fault_of({0x00}), FrameFault::empty);
    EXPECT_EQ(fault_of({0x85, 0x00}), FrameFault::not_shortest);
    EXPECT_EQ(fault_of({0xe9, 0x07}), FrameFault::too_large); // 1,001
    EXPECT_EQ(fault_of({0xff, 0xff, 0xff}), FrameFault::too_large);
    EXPECT_EQ(fault_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}), FrameFault::too_large);
}

TEST(FrameReader, refuses_a_length_beyond_its_bound_before_the_bytes_come) {
    FrameReader reader(bound);
    reader.feed(ByteBuffer{0xe9, 0x07});
    EXPECT_FALSE(reader.next().has_value());
}

RC_GTEST_PROP(FrameReader, reads_back_what_was_appended, ()) {
    auto const frames =
        *rc::gen::container<std::vector<ByteBuffer>>(rc::gen::nonEmpty(rc::gen::arbitrary<ByteBuffer>()));
    ByteBuffer stream;
    for (auto const& frame : frames)
        append_frame(stream, frame);
    auto const split = *rc::gen::inRange<std::size_t>(0, stream.size() + 1);
    RC_ASSERT(read_split(stream, split) == frames);
}

} // namespace
} // namespace bulla::sequencer::comet
