/* Loaded before the C library: the wall clock is off by as many seconds as the file CLOCK_OFFSET says, which is
 * read at each call. The monotonic clock stays. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long read_offset(void) {
    char text[32] = {0};
    char const* const file = getenv("CLOCK_OFFSET");
    int const descriptor = file == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return 0;
    syscall(SYS_read, descriptor, text, sizeof text - 1);
    syscall(SYS_close, descriptor);
    return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec* time) {
    int const outcome = (int)syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME && outcome == 0) {
        long const offset = read_offset();
        time->tv_sec = time->tv_sec + offset < 0 ? 0 : time->tv_sec + offset;
    }
    return outcome;
}
