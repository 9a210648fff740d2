// How commands answer: for people, or as one line of JSON on standard output.
#pragma once

#include "base/result.hpp"
#include "cli/exit_code.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace bulla::cli {

enum class OutputForm : bool { text, json };

void print_json(boost::json::object const& object);

// "1 entry", "2 entries".
std::string print_count(std::uint64_t count, std::string_view one, std::string_view many);

// "bulla: reason" to standard error.
ExitCode fail(ExitCode code, std::string_view reason);

// A whole small file (at most 1 MiB), or the reason why not. "-": standard input.
Result<std::string, std::string> read_text_file(std::filesystem::path const& path);

} // namespace bulla::cli
