#include "cli/configuration_value.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"

#include <fmt/format.h>

#include <array>

namespace bulla::cli {
namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    milliseconds length;
};
constexpr std::array units{Unit{"d", milliseconds{86'400'000}}, Unit{"h", milliseconds{3'600'000}},
                           Unit{"m", milliseconds{60'000}}, Unit{"s", milliseconds{1'000}},
                           Unit{"ms", milliseconds{1}}};
constexpr milliseconds duration_max{std::int64_t{100} * 366 * 86'400'000};

TextList split_list(std::string_view text) {
    TextList list;
    while (!text.empty()) {
        auto const comma = text.find(',');
        list.emplace_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return list;
}

std::string quote(std::string_view text) {
    std::string quoted = "\"";
    for (char const character : text) {
        if (character == '"' || character == '\\')
            quoted += fmt::format("\\{}", character);
        else if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f)
            quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(character));
        else
            quoted += character;
    }
    return quoted + "\"";
}

struct TomlPrinter {
    std::string operator()(std::string const& text) const { return quote(text); }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(TextList const& list) const {
        std::string printed;
        for (auto const& item : list)
            printed += (printed.empty() ? "" : ", ") + quote(item);
        return "[" + printed + "]";
    }
};

} // namespace

std::string_view describe(ValueType type) {
    switch (type) {
    case ValueType::text: return "a text";
    case ValueType::number: return "a whole number";
    case ValueType::truth: return "true or false";
    case ValueType::list: return "a list of texts";
    case ValueType::duration: return "a duration such as \"15m\", \"30d\" or \"0s\"";
    }
    CHECK_UNREACHABLE();
}

std::optional<ConfiguredValue> parse_value(ValueType type, std::string_view text) {
    switch (type) {
    case ValueType::text: return std::string(text);
    case ValueType::list: return split_list(text);
    case ValueType::number:
        if (auto const number = base::parse_decimal(text); number && *number <= INT64_MAX)
            return static_cast<std::int64_t>(*number);
        return std::nullopt;
    case ValueType::truth:
        if (text == "true" || text == "false")
            return text == "true";
        return std::nullopt;
    case ValueType::duration:
        if (parse_duration(text))
            return std::string(text);
        return std::nullopt;
    }
    CHECK_UNREACHABLE();
}

bool has_type(ConfiguredValue const& value, ValueType type) {
    switch (type) {
    case ValueType::text: return std::holds_alternative<std::string>(value);
    case ValueType::number: return std::holds_alternative<std::int64_t>(value);
    case ValueType::truth: return std::holds_alternative<bool>(value);
    case ValueType::list: return std::holds_alternative<TextList>(value);
    case ValueType::duration: {
        auto const* const text = std::get_if<std::string>(&value);
        return text != nullptr && parse_duration(*text).has_value();
    }
    }
    CHECK_UNREACHABLE();
}

std::string print_toml(ConfiguredValue const& value) {
    return std::visit(TomlPrinter{}, value);
}

std::optional<milliseconds> parse_duration(std::string_view text) {
    auto const digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos)
        return std::nullopt;
    auto const count = base::parse_decimal(text.substr(0, digits));
    for (auto const& unit : units)
        if (count && text.substr(digits) == unit.name && *count <= std::uint64_t(duration_max / unit.length))
            return unit.length * static_cast<std::int64_t>(*count);
    return std::nullopt;
}

std::string print_duration(milliseconds duration) {
    if (duration.count() == 0)
        return "0s";
    for (auto const& unit : units)
        if (duration % unit.length == milliseconds{0})
            return fmt::format("{}{}", duration / unit.length, unit.name);
    CHECK_UNREACHABLE();
}

} // namespace bulla::cli
