#include "cli/arguments.hpp"

#include <algorithm>
#include <string_view>

namespace bulla::cli {
namespace {

constexpr std::size_t id_length = 43;
constexpr std::size_t short_id_length = 22; // 16 bytes: with two dashes it would read as an option
constexpr std::size_t long_key_length = 86; // 64 bytes

bool is_id_with_dash(std::string_view argument) {
    bool const is_short = argument.size() == short_id_length && !argument.starts_with("--");
    bool const has_length = is_short || argument.size() == id_length || argument.size() == long_key_length;
    return has_length && argument.front() == '-' && std::ranges::all_of(argument, [](char character) {
               return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                      (character >= '0' && character <= '9') || character == '-' || character == '_';
           });
}

bool is_option_without_value(std::string_view argument) {
    return argument.starts_with("--") && argument.size() > 2 && !argument.contains('=') &&
           argument.size() < id_length;
}

} // namespace

std::vector<std::string> with_ids_as_values(std::vector<std::string> arguments) {
    std::vector<std::string> result;
    std::vector<std::string> last;
    bool is_rest = false; // behind a `--` of the caller's own, all are values already
    for (auto& argument : arguments) {
        is_rest = is_rest || argument == "--";
        if (is_rest || !is_id_with_dash(argument))
            result.push_back(std::move(argument));
        else if (!result.empty() && is_option_without_value(result.back()))
            result.back() += "=" + argument;
        else
            last.push_back(std::move(argument));
    }
    if (!last.empty() && !is_rest)
        result.emplace_back("--");
    result.insert(result.end(), std::make_move_iterator(last.begin()), std::make_move_iterator(last.end()));
    return result;
}

} // namespace bulla::cli
