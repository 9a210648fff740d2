#include "cli/hardening.hpp"

#include "base/check.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace bulla::cli {

void forbid_memory_dumps() {
    rlimit const none{.rlim_cur = 0, .rlim_max = 0};
    CHECK(::setrlimit(RLIMIT_CORE, &none) == 0);
    CHECK(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
}

void restrict_new_files() {
    ::umask(077);
}

} // namespace bulla::cli
