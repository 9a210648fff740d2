#include "cli/toml_file.hpp"

// The packaged library throws; the header alone, without exceptions, is compiled here and nowhere else.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <toml++/toml.h>
#pragma clang diagnostic pop

#include <algorithm>

namespace bulla::cli {
namespace {

std::optional<ConfiguredValue> read_list(toml::array const& array) {
    TextList list;
    for (auto const& item : array) {
        auto const text = item.value_exact<std::string>();
        if (!text)
            return std::nullopt;
        list.push_back(*text);
    }
    return list;
}

std::optional<ConfiguredValue> read_value(toml::node const& node) {
    if (auto const text = node.value_exact<std::string>())
        return *text;
    if (auto const number = node.value_exact<std::int64_t>())
        return *number;
    if (auto const truth = node.value_exact<bool>())
        return *truth;
    if (auto const* const array = node.as_array())
        return read_list(*array);
    return std::nullopt;
}

std::size_t line_of(toml::node const& node, std::size_t otherwise) {
    auto const line = node.source().begin.line;
    return line == 0 ? otherwise : line;
}

void read_section(std::string_view name, toml::table const& section, std::vector<TomlLine>& lines) {
    auto const line = line_of(section, 0);
    if (section.empty())
        lines.push_back({.section = std::string(name), .key = {}, .value = {}, .line = line});
    for (auto const& [key, node] : section)
        lines.push_back({.section = std::string(name),
                         .key = std::string(key.str()),
                         .value = read_value(node),
                         .line = line_of(node, line)});
}

// TOML has no control characters but tabs and line ends. The library asserts that there is no NUL.
std::optional<TomlFault> find_control_character(std::string_view text) {
    auto const is_wrong = [](char character) {
        auto const code = static_cast<unsigned char>(character);
        return (code < 0x20 && character != '\t' && character != '\n' && character != '\r') || code == 0x7f;
    };
    auto const place = std::ranges::find_if(text, is_wrong);
    if (place == text.end())
        return std::nullopt;
    auto const line = 1 + std::count(text.begin(), place, '\n');
    return TomlFault{.line = static_cast<std::size_t>(line),
                     .reason = "a control character: the file must be plain text"};
}

} // namespace

Result<std::vector<TomlLine>, TomlFault> parse_toml(std::string_view text) {
    if (auto fault = find_control_character(text))
        return std::unexpected{*std::move(fault)};
    auto const parsed = toml::parse(text);
    if (!parsed)
        return std::unexpected{TomlFault{.line = parsed.error().source().begin.line,
                                         .reason = std::string(parsed.error().description())}};
    std::vector<TomlLine> lines;
    for (auto const& [name, node] : parsed.table()) {
        if (auto const* const section = node.as_table())
            read_section(name.str(), *section, lines);
        else
            lines.push_back(
                {.section = {}, .key = std::string(name.str()), .value = {}, .line = line_of(node, 0)});
    }
    return lines;
}

} // namespace bulla::cli
