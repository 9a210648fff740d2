#pragma once

#include <string>
#include <vector>

namespace bulla::cli {

/// The command's arguments, with every id that begins with a dash set so that it reads as a value. One id of
/// 64 does (43 characters of base64url, RFC 4648 section 5), and no option is that long. So are keys of 86
/// characters, and ids of 22 that do not begin with two dashes. Behind an option it is joined to that
/// (`--option=ID`); else it goes to the end, behind `--`.
std::vector<std::string> with_ids_as_values(std::vector<std::string> arguments);

} // namespace bulla::cli
