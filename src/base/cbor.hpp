// Deterministic CBOR (RFC 8949 §4.2.1) as the ledger narrows it; docs/formats/cbor.md lists the rules.
//
// Types: unsigned integers, byte strings, text strings, arrays, maps with unsigned keys, false, true. The
// Reader accepts exactly what the Writer can print: shortest heads, definite lengths, map keys ascending,
// each once. Faults do not stop the caller midway: the Reader remembers the first one and from then on
// returns zeros and empty views; finish() tells. Nesting is at most 8 (cbor_depth_max). A count in a head is
// compared with the bytes left before anything is reserved.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace bulla::base {

inline constexpr int cbor_depth_max = 8;

enum class CborFault {
    truncated,          // ends inside an item
    not_shortest,       // a head longer than needed
    wrong_type,         // another major type than asked for, or one the ledger does not use
    wrong_key,          // a map key unknown, missing, repeated or out of order
    wrong_length,       // a byte string of another size than the field has, or a count out of its bounds
    invalid_text,       // not UTF-8
    too_deep,           // nesting beyond cbor_depth_max
    trailing_bytes,     // something after the end
    value_out_of_range, // an integer beyond what the field holds
};

// Prints in the order of the calls. map(n) is followed by n pairs of key() and value, keys ascending; the
// order of the keys is checked, that each has one value is not.
class CborWriter {
public:
    CborWriter& uint(std::uint64_t number);
    CborWriter& bytes(ByteView bytes);
    CborWriter& text(std::string_view utf8);
    CborWriter& array(std::size_t count);
    CborWriter& map(std::size_t count);
    CborWriter& key(std::uint64_t number);
    CborWriter& boolean(bool value); // not named bool; the two simple values f4 and f5

    ByteBuffer take() && { return std::move(out_); }
    ByteView view() const { return out_; }

private:
    struct OpenMap {
        std::uint64_t pairs_left;
        std::uint64_t next_key; // the least key still allowed
    };
    void head(std::uint8_t major, std::uint64_t argument);
    ByteBuffer out_;
    std::vector<OpenMap> open_maps_;
};

class CborReader {
public:
    explicit CborReader(ByteView input) : input_(input) {}

    std::uint64_t uint();
    std::uint64_t uint_at_most(std::uint64_t maximum);
    ByteView bytes();                     // a view into the input
    ByteView bytes_of(std::size_t size);  // exactly size bytes, else wrong_length and an empty view
    std::string_view text();
    bool boolean();
    std::size_t array(std::size_t count_max);

    // A map is read in ascending key order: open_map(), then for each field of the kind in order field(key)
    // for a mandatory one or has_field(key) for an optional one, then close_map(), which refuses keys left
    // over.
    void open_map();
    void field(std::uint64_t key);
    bool has_field(std::uint64_t key);
    void close_map();
    void close_array() { --depth_; }

    template <class Fixed>
    Fixed fixed() { // a byte string of the exact size of a Bytes type
        auto const view = bytes_of(Fixed::size);
        return view.size() == Fixed::size ? Fixed::from(view) : Fixed{};
    }

    void fail(CborFault fault); // remembers the first fault
    bool ok() const { return !fault_; }
    Result<void, CborFault> finish(); // also refuses trailing bytes

private:
    struct Head {
        std::uint8_t major = 0;
        std::uint64_t argument = 0;
    };
    Head head();
    std::uint64_t argument_of(std::uint8_t major); // the head's argument, when it has this major type
    ByteView take(std::uint64_t size);
    bool at_uint() const;
    void enter();

    ByteView input_;
    std::size_t position_ = 0;
    int depth_ = 0;
    std::optional<CborFault> fault_;
    std::vector<std::uint64_t> pairs_left_; // one for each open map
    std::vector<std::uint64_t> next_key_; // the least key still allowed in each open map
};

} // namespace bulla::base
