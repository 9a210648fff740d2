#include "store/reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bulla::store {
namespace {

constexpr std::uint64_t stat_block_size = 512;

// Not one with holes, as a copy may have left it.
bool is_whole(std::filesystem::path const& file) {
    struct stat status{};
    return ::stat(file.c_str(), &status) == 0 &&
           static_cast<std::uint64_t>(status.st_blocks) * stat_block_size >= reserve_size;
}

} // namespace

Reserve::Reserve(std::filesystem::path file) : file_(std::move(file)), is_kept_(is_whole(file_)) {}

bool Reserve::has_room(std::uint64_t free, std::uint64_t wanted) {
    base::Lock const lock(mutex_);
    if (!is_kept_)
        return free >= reserve_size + wanted && take();
    if (free >= wanted)
        return true;
    drop();
    return false;
}

void Reserve::release() {
    base::Lock const lock(mutex_);
    drop();
}

void Reserve::make_room_for_start() {
    std::error_code error;
    auto const space = std::filesystem::space(file_.parent_path(), error);
    if (!error && space.available < start_needs)
        release();
}

bool Reserve::take() {
    int const descriptor = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return false;
    is_kept_ = ::posix_fallocate(descriptor, 0, static_cast<off_t>(reserve_size)) == 0;
    ::close(descriptor);
    if (!is_kept_)
        drop();
    return is_kept_;
}

// Nothing is lost when it cannot be removed: it is asked about again.
void Reserve::drop() {
    is_kept_ = false;
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

} // namespace bulla::store
