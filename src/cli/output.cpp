#include "cli/output.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace bulla::cli {
namespace {

constexpr std::streamsize file_size_max = 1024 * 1024;

} // namespace

void print_json(boost::json::object const& object) {
    fmt::print("{}\n", boost::json::serialize(object));
}

std::string print_count(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

ExitCode fail(ExitCode code, std::string_view reason) {
    fmt::print(stderr, "bulla: {}\n", reason);
    return code;
}

Result<std::string, std::string> read_text_file(std::filesystem::path const& path) {
    std::ifstream file;
    if (path != "-")
        file.open(path, std::ios::binary);
    std::istream& stream = path == "-" ? std::cin : file;
    std::string text(static_cast<std::size_t>(file_size_max), '\0');
    stream.read(text.data(), file_size_max);
    if (stream.bad() || (path != "-" && !file.is_open()))
        return std::unexpected{fmt::format("{}: {}", path.string(), std::strerror(errno))};
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

} // namespace bulla::cli
