// Small files in memory, for guards that sign thousands of times: each call is done at once and never fails.
#pragma once

#include "store/small_files.hpp"

#include <map>

namespace bulla::test {

class MemoryFiles final : public store::SmallFiles {
public:
    Result<std::string, store::ReadFault> read(std::filesystem::path const& file) override {
        auto const found = texts_.find(file);
        if (found == texts_.end())
            return std::unexpected{store::ReadFault::absent};
        return found->second;
    }
    store::Done write_synced(std::filesystem::path const& file, std::string_view text) override {
        texts_[file] = text;
        return store::Done::yes;
    }
    store::Done rename_over(std::filesystem::path const& fresh, std::filesystem::path const& file) override {
        std::swap(texts_[fresh], texts_[file]);
        return store::Done::yes;
    }
    store::Done sync_directory(std::filesystem::path const&) override { return store::Done::yes; }

private:
    std::map<std::filesystem::path, std::string> texts_;
};

} // namespace bulla::test
