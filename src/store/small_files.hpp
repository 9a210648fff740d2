// Small files beside the databases: what the guard asks of the file system, and no more.
//
// An interface, so that a test can put a disk that fails or loses power in its place. Each call is one step
// that a crash can come between; none of them tries again.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace bulla::store {

enum class ReadFault : std::uint8_t { absent, failed };
enum class Done : std::uint8_t { yes, no };

class SmallFiles {
public:
    virtual ~SmallFiles() = default;

    // At most 4 KiB of it.
    virtual Result<std::string, ReadFault> read(std::filesystem::path const& file) = 0;
    // Writes over what is there, not into a new file: a full disk has given it its place already. Returns
    // after the sync.
    virtual Done write_synced(std::filesystem::path const& file, std::string_view text) = 0;
    // The two names change places at once; where there is no `file`, or the file system cannot, `fresh`
    // takes its place.
    virtual Done rename_over(std::filesystem::path const& fresh, std::filesystem::path const& file) = 0;
    virtual Done sync_directory(std::filesystem::path const& directory) = 0;

    static SmallFiles& of_the_system();
};

} // namespace bulla::store
