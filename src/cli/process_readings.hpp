// What every process tells Prometheus about itself, under the names that all its libraries use, and what lies
// on the disk below it.
#pragma once

#include "base/time.hpp"
#include "http/readings.hpp"

#include <filesystem>

namespace bulla::cli {

// process_*, from /proc/self. What cannot be read is left out.
void read_process(base::Timestamp started, http::Readings& readings);

// The space of the file system that holds the directory; what is left is what this process may use.
void read_disk(std::filesystem::path const& directory, http::Readings& readings);

// Bytes of all files below; files that go while they are counted count nothing.
std::uint64_t size_of_files(std::filesystem::path const& directory);

// When the file was written last, in seconds since 1970; 0: there is none.
double time_of_file(std::filesystem::path const& file);

} // namespace bulla::cli
