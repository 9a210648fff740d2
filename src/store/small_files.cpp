#include "store/small_files.hpp"

#include "store/file_descriptor.hpp"

#include <cerrno>
#include <cstdio>

namespace bulla::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t read_size_max = 4096;

class SystemFiles final : public SmallFiles {
public:
    Result<std::string, ReadFault> read(fs::path const& file) override {
        FileDescriptor const descriptor(file, O_RDONLY);
        if (!descriptor.is_open())
            return std::unexpected{errno == ENOENT ? ReadFault::absent : ReadFault::failed};
        std::string text(read_size_max, '\0');
        auto const size = ::read(descriptor.number(), text.data(), text.size());
        if (size < 0)
            return std::unexpected{ReadFault::failed};
        text.resize(static_cast<std::size_t>(size));
        return text;
    }

    Done write_synced(fs::path const& file, std::string_view text) override {
        auto const size = static_cast<ssize_t>(text.size());
        FileDescriptor const descriptor(file, O_WRONLY | O_CREAT);
        bool const is_written =
            descriptor.is_open() && ::pwrite(descriptor.number(), text.data(), text.size(), 0) == size &&
            ::ftruncate(descriptor.number(), size) == 0 && ::fsync(descriptor.number()) == 0;
        return is_written ? Done::yes : Done::no;
    }

    Done rename_over(fs::path const& fresh, fs::path const& file) override {
        bool const is_renamed =
            ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, file.c_str(), RENAME_EXCHANGE) == 0 ||
            ::rename(fresh.c_str(), file.c_str()) == 0;
        return is_renamed ? Done::yes : Done::no;
    }

    Done sync_directory(fs::path const& directory) override {
        return store::sync_directory(directory) ? Done::yes : Done::no;
    }
};

} // namespace

SmallFiles& SmallFiles::of_the_system() {
    static SystemFiles files;
    return files;
}

} // namespace bulla::store
