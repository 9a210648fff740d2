// LINK: store
// A write-ahead log of any bytes: the frame check ends, names a place within the file, and tells of a whole
// file only when there is no rest.
#include "store/record_log.hpp"

#include <fmt/format.h>

#include <sys/mman.h>
#include <unistd.h>

using namespace bulla;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    static int const file = ::memfd_create("log", MFD_CLOEXEC);
    CHECK(::ftruncate(file, 0) == 0 && ::pwrite(file, bytes, size, 0) == static_cast<ssize_t>(size));
    auto const report = store::check_record_log(fmt::format("/proc/self/fd/{}", file));
    CHECK(report.verdict != store::RecordLogVerdict::unreadable);
    CHECK(report.offset <= size);
    CHECK(report.verdict != store::RecordLogVerdict::whole || report.offset == size);
    return 0;
}
