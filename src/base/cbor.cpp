#include "base/cbor.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"

namespace bulla::base {
namespace {

enum Major : std::uint8_t {
    major_uint = 0,
    major_bytes = 2,
    major_text = 3,
    major_array = 4,
    major_map = 5,
    major_simple = 7
};

constexpr std::uint8_t simple_false = 0xf4;
constexpr std::uint8_t simple_true = 0xf5;

} // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t argument) {
    auto const type = static_cast<std::uint8_t>(major << 5);
    if (argument < 24) {
        out_.push_back(static_cast<std::uint8_t>(type | argument));
    } else if (argument <= 0xff) {
        out_.push_back(type | 24);
        out_.push_back(static_cast<std::uint8_t>(argument));
    } else if (argument <= 0xffff) {
        out_.push_back(type | 25);
        append(out_, u16be(static_cast<std::uint16_t>(argument)));
    } else if (argument <= 0xffff'ffff) {
        out_.push_back(type | 26);
        append(out_, u32be(static_cast<std::uint32_t>(argument)));
    } else {
        out_.push_back(type | 27);
        append(out_, u64be(argument));
    }
}

CborWriter& CborWriter::uint(std::uint64_t number) {
    head(major_uint, number);
    return *this;
}

CborWriter& CborWriter::bytes(ByteView bytes) {
    head(major_bytes, bytes.size());
    append(out_, bytes);
    return *this;
}

CborWriter& CborWriter::text(std::string_view utf8) {
    CHECK(is_utf8(utf8));
    head(major_text, utf8.size());
    append(out_, as_bytes(utf8));
    return *this;
}

CborWriter& CborWriter::array(std::size_t count) {
    head(major_array, count);
    return *this;
}

CborWriter& CborWriter::map(std::size_t count) {
    head(major_map, count);
    open_maps_.push_back({.pairs_left = count, .next_key = 0});
    return *this;
}

CborWriter& CborWriter::key(std::uint64_t number) {
    while (!open_maps_.empty() && open_maps_.back().pairs_left == 0)
        open_maps_.pop_back();
    CHECK(!open_maps_.empty() && number >= open_maps_.back().next_key);
    --open_maps_.back().pairs_left;
    open_maps_.back().next_key = number + 1;
    return uint(number);
}

CborWriter& CborWriter::boolean(bool value) {
    out_.push_back(value ? simple_true : simple_false);
    return *this;
}

void CborReader::fail(CborFault fault) {
    if (!fault_)
        fault_ = fault;
}

ByteView CborReader::take(std::uint64_t size) {
    if (fault_)
        return {};
    if (size > input_.size() - position_) {
        fail(CborFault::truncated);
        return {};
    }
    auto const view = input_.subspan(position_, static_cast<std::size_t>(size));
    position_ += view.size();
    return view;
}

CborReader::Head CborReader::head() {
    auto const initial = take(1);
    if (initial.empty())
        return {};
    auto const major = static_cast<std::uint8_t>(initial[0] >> 5);
    auto const additional = initial[0] & 31;
    if (additional < 24)
        return {major, static_cast<std::uint64_t>(additional)};
    if (additional > 27) { // 28 to 30 are reserved, 31 is an indefinite length or a break
        fail(CborFault::wrong_type);
        return {};
    }
    auto const argument_bytes = take(std::uint64_t{1} << (additional - 24));
    std::uint64_t argument = 0;
    for (std::uint8_t const byte : argument_bytes)
        argument = argument << 8 | byte;
    constexpr std::array<std::uint64_t, 4> least = {24, 0x100, 0x1'0000, 0x1'0000'0000};
    if (!fault_ && argument < least[static_cast<std::size_t>(additional - 24)])
        fail(CborFault::not_shortest);
    return {major, argument};
}

std::uint64_t CborReader::argument_of(std::uint8_t major) {
    auto const item = head();
    if (!fault_ && item.major != major)
        fail(CborFault::wrong_type);
    return fault_ ? 0 : item.argument;
}

std::uint64_t CborReader::uint() {
    return argument_of(major_uint);
}

std::uint64_t CborReader::uint_at_most(std::uint64_t maximum) {
    auto const number = uint();
    if (number <= maximum)
        return number;
    fail(CborFault::value_out_of_range);
    return 0;
}

ByteView CborReader::bytes() {
    return take(argument_of(major_bytes));
}

ByteView CborReader::bytes_of(std::size_t size) {
    auto const view = bytes();
    if (!fault_ && view.size() != size)
        fail(CborFault::wrong_length);
    return fault_ ? ByteView{} : view;
}

std::string_view CborReader::text() {
    auto const view = as_text(take(argument_of(major_text)));
    if (!is_utf8(view)) {
        fail(CborFault::invalid_text);
        return {};
    }
    return view;
}

bool CborReader::boolean() {
    auto const byte = take(1);
    if (byte.empty())
        return false;
    if (byte[0] != simple_false && byte[0] != simple_true)
        fail(CborFault::wrong_type);
    return byte[0] == simple_true;
}

void CborReader::enter() {
    if (++depth_ > cbor_depth_max)
        fail(CborFault::too_deep);
}

std::size_t CborReader::array(std::size_t count_max) {
    enter();
    auto const count = argument_of(major_array);
    if (count > count_max)
        fail(CborFault::wrong_length);
    if (count > input_.size() - position_)
        fail(CborFault::truncated);
    return fault_ ? 0 : static_cast<std::size_t>(count);
}

void CborReader::open_map() {
    enter();
    auto const count = argument_of(major_map);
    if (count > input_.size() - position_)
        fail(CborFault::truncated);
    pairs_left_.push_back(fault_ ? 0 : count);
    next_key_.push_back(0);
}

bool CborReader::at_uint() const {
    return position_ < input_.size() && input_[position_] >> 5 == major_uint;
}

bool CborReader::has_field(std::uint64_t key) {
    CHECK(!pairs_left_.empty() && key >= next_key_.back());
    if (fault_ || pairs_left_.back() == 0)
        return false;
    if (!at_uint()) {
        fail(CborFault::wrong_key);
        return false;
    }
    auto const before = position_;
    auto const found = uint();
    if (fault_)
        return false;
    if (found != key) {
        position_ = before; // a later field, or an error that close_map() names
        return false;
    }
    --pairs_left_.back();
    next_key_.back() = key + 1;
    return true;
}

void CborReader::field(std::uint64_t key) {
    if (!has_field(key))
        fail(CborFault::wrong_key);
}

void CborReader::close_map() {
    CHECK(!pairs_left_.empty());
    if (pairs_left_.back() != 0)
        fail(CborFault::wrong_key);
    pairs_left_.pop_back();
    next_key_.pop_back();
    --depth_;
}

Result<void, CborFault> CborReader::finish() {
    if (!fault_ && position_ != input_.size())
        fail(CborFault::trailing_bytes);
    if (fault_)
        return std::unexpected{*fault_};
    return {};
}

} // namespace bulla::base
