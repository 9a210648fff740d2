#include "cli/process_readings.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

double seconds_of(timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct MemoryPages {
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
};
MemoryPages read_memory() {
    MemoryPages pages;
    std::ifstream("/proc/self/statm") >> pages.all >> pages.resident;
    return pages;
}

std::uint64_t count_files_of(char const* directory) {
    std::error_code error;
    std::uint64_t count = 0;
    for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error))
        ++count;
    return count;
}

} // namespace

void read_process(base::Timestamp started, http::Readings& readings) {
    readings.gauge("process_start_time_seconds", "When the process started, since 1970")
        .add(static_cast<double>(base::unix_milliseconds(started)) / 1000);
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0)
        readings.counter("process_cpu_seconds_total", "Processor time of user and system")
            .add(seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    auto const page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    if (auto const memory = read_memory(); memory.resident > 0) {
        readings.gauge("process_resident_memory_bytes", "Memory in use").add(memory.resident * page);
        readings.gauge("process_virtual_memory_bytes", "Addresses in use").add(memory.all * page);
    }
    // The directory that is read is open itself meanwhile.
    if (auto const files = count_files_of("/proc/self/fd"); files > 0)
        readings.gauge("process_open_fds", "Open files and sockets").add(files - 1);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        readings.gauge("process_max_fds", "Files and sockets that may be open")
            .add(static_cast<double>(limit.rlim_cur));
    if (auto const threads = count_files_of("/proc/self/task"); threads > 0)
        readings.gauge("process_threads", "Threads").add(threads);
}

void read_disk(fs::path const& directory, http::Readings& readings) {
    struct statvfs disk{};
    if (::statvfs(directory.c_str(), &disk) != 0)
        return;
    readings.gauge("bulla_disk_free_bytes", "Space left to the server below its data directory")
        .add(std::uint64_t{disk.f_bavail} * disk.f_frsize);
    readings.gauge("bulla_disk_size_bytes", "Size of the file system of the data directory")
        .add(std::uint64_t{disk.f_blocks} * disk.f_frsize);
}

std::uint64_t size_of_files(fs::path const& directory) {
    std::uint64_t size = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator file(directory, error), end; !error && file != end;
         file.increment(error)) {
        std::error_code gone;
        auto const bytes = file->is_regular_file(gone) ? file->file_size(gone) : 0;
        size += gone ? 0 : bytes;
    }
    return size;
}

double time_of_file(fs::path const& file) {
    struct stat found{};
    if (::stat(file.c_str(), &found) != 0)
        return 0;
    return static_cast<double>(found.st_mtim.tv_sec) + static_cast<double>(found.st_mtim.tv_nsec) / 1e9;
}

} // namespace bulla::cli
