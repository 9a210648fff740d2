// One description of a kind drives its encoder and its strict decoder.
//
// A kind is a plain struct with a static function
//     template <class Visitor, class Self> static void fields(Visitor& visitor, Self& self)
// that names each field with its key, keys ascending:
//     visitor.field(1, self.height);            mandatory
//     visitor.optional(8, self.pending);        std::optional, absent when empty
//     visitor.constant(0, number);              a fixed unsigned integer
// encode() prints deterministic CBOR, decode() accepts exactly what encode() prints. Enums and strings with a
// closed set of values name them in is_known(value), found by argument-dependent lookup.
#pragma once

#include "base/cbor.hpp"
#include "base/ordinal.hpp"
#include "base/time.hpp"
#include "credential/credential.hpp"

#include <concepts>
#include <type_traits>

namespace bulla::ledger {

inline constexpr std::size_t list_count_max = 256;
inline constexpr std::size_t text_size_max = 2048;

namespace field_coding {

struct Counter {
    std::size_t count = 0;
    void constant(std::uint64_t, std::uint64_t) { ++count; }
    template <class T>
    void field(std::uint64_t, T const&) {
        ++count;
    }
    template <class T>
    void optional(std::uint64_t, std::optional<T> const& value) {
        count += value.has_value() ? 1 : 0;
    }
};

template <class T>
concept Described = requires(Counter counter, T value) { T::fields(counter, value); };

template <class T>
concept FixedBytes =
    requires { T::size; } && std::constructible_from<base::ByteView, T const&> && !Described<T>;

struct Writer {
    base::CborWriter& out;

    void constant(std::uint64_t key, std::uint64_t number) { out.key(key).uint(number); }
    template <class T>
    void field(std::uint64_t key, T const& value) {
        out.key(key);
        write(value);
    }
    template <class T>
    void optional(std::uint64_t key, std::optional<T> const& value) {
        if (value)
            field(key, *value);
    }

    void write(std::uint64_t number) { out.uint(number); }
    void write(std::uint32_t number) { out.uint(number); }
    void write(bool value) { out.boolean(value); }
    void write(std::string const& text) { out.text(text); }
    void write(base::ByteBuffer const& bytes) { out.bytes(bytes); }
    void write(credential::PublicKey const& key) { out.bytes(key.view()); }
    void write(base::Timestamp time) { out.uint(base::unix_milliseconds(time)); }
    void write(std::chrono::milliseconds duration) { out.uint(static_cast<std::uint64_t>(duration.count())); }
    template <class Meaning>
    void write(base::Ordinal<Meaning> ordinal) {
        out.uint(ordinal.number());
    }
    template <FixedBytes T>
    void write(T const& bytes) {
        out.bytes(bytes);
    }
    template <class T>
        requires std::is_enum_v<T>
    void write(T value) {
        out.uint(std::to_underlying(value));
    }
    template <class T>
    void write(std::vector<T> const& list) {
        out.array(list.size());
        for (auto const& item : list)
            write(item);
    }
    template <Described T>
    void write(T const& value) {
        Counter counter;
        T::fields(counter, value);
        out.map(counter.count);
        T::fields(*this, value);
    }
};

// The greatest time and duration a field holds: far beyond any clock, and safe to add.
inline constexpr std::uint64_t milliseconds_max = std::uint64_t{1} << 53;

struct Reader {
    base::CborReader& in;

    void constant(std::uint64_t key, std::uint64_t number) {
        in.field(key);
        if (in.uint() != number)
            in.fail(base::CborFault::value_out_of_range);
    }
    template <class T>
    void field(std::uint64_t key, T& value) {
        in.field(key);
        read(value);
    }
    template <class T>
    void optional(std::uint64_t key, std::optional<T>& value) {
        if (in.has_field(key))
            read(value.emplace());
    }

    void read(std::uint64_t& number) { number = in.uint(); }
    void read(std::uint32_t& number) { number = static_cast<std::uint32_t>(in.uint_at_most(0xffff'ffff)); }
    void read(bool& value) { value = in.boolean(); }
    void read(std::string& text) {
        text = in.text();
        if (text.size() > text_size_max)
            in.fail(base::CborFault::wrong_length);
    }
    void read(base::ByteBuffer& bytes) { bytes = base::to_buffer(in.bytes()); }
    void read(credential::PublicKey& key) {
        if (auto const parsed = credential::PublicKey::parse(in.bytes()))
            key = *parsed;
        else
            in.fail(base::CborFault::wrong_length);
    }
    void read(base::Timestamp& time) {
        time = base::from_unix_milliseconds(in.uint_at_most(milliseconds_max));
    }
    void read(std::chrono::milliseconds& duration) {
        duration = std::chrono::milliseconds{static_cast<std::int64_t>(in.uint_at_most(milliseconds_max))};
    }
    template <class Meaning>
    void read(base::Ordinal<Meaning>& ordinal) {
        ordinal = base::Ordinal<Meaning>{in.uint()};
    }
    template <FixedBytes T>
    void read(T& bytes) {
        bytes = in.template fixed<T>();
    }
    template <class T>
        requires std::is_enum_v<T>
    void read(T& value) {
        value = static_cast<T>(in.uint_at_most(std::numeric_limits<std::underlying_type_t<T>>::max()));
        if (in.ok() && !is_known(value))
            in.fail(base::CborFault::value_out_of_range);
    }
    template <class T>
    void read(std::vector<T>& list) {
        list.resize(in.array(list_count_max));
        for (auto& item : list)
            read(item);
        in.close_array();
    }
    template <Described T>
    void read(T& value) {
        in.open_map();
        T::fields(*this, value);
        in.close_map();
    }
};

} // namespace field_coding

template <field_coding::Described T>
base::ByteBuffer encode(T const& value) {
    base::CborWriter out;
    field_coding::Writer{out}.write(value);
    return std::move(out).take();
}

template <field_coding::Described T>
Result<T, base::CborFault> decode(base::ByteView bytes) {
    base::CborReader in(bytes);
    T value{};
    field_coding::Reader{in}.read(value);
    TRY(in.finish());
    return value;
}

} // namespace bulla::ledger
