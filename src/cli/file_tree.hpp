// Copies of directories that are complete and on the disk, or not there.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>

namespace bulla::cli {

// Every file below `from`, with mode 0600, synced, and the directories after them, with the mode that the
// umask leaves. `to` must not exist.
Result<void, std::string> copy_tree(std::filesystem::path const& from, std::filesystem::path const& to);

// What was built at `building` appears as `target`; both in one directory. A target that is there and not an
// empty directory is a fault.
Result<void, std::string> publish_directory(std::filesystem::path const& building,
                                            std::filesystem::path const& target);

} // namespace bulla::cli
