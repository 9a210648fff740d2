// A directory of a benchmark's own below TMPDIR, removed at the end.
#pragma once

#include "base/check.hpp"

#include <stdlib.h>

#include <filesystem>

namespace bulla::bench {

struct Place {
    Place() {
        auto name = (std::filesystem::temp_directory_path() / "bulla-bench-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Place() { std::filesystem::remove_all(path); }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;

    std::filesystem::path path;
};

} // namespace bulla::bench
