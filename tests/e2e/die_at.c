/* For LD_PRELOAD: ends the process by SIGKILL before its nth call that changes the disk, n being DIE_AT. So a
 * test can end a program at each of its steps, one after the other. With DIE_COUNT, a file, nothing is ended
 * and the number of such calls is written there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int calls = 0;

static void step(void) {
    const char *at = getenv("DIE_AT");
    ++calls;
    if (at != NULL && calls == atoi(at))
        raise(SIGKILL);
}

__attribute__((destructor)) static void report(void) {
    const char *file = getenv("DIE_COUNT");
    FILE *out = file == NULL ? NULL : fopen(file, "w");
    if (out == NULL)
        return;
    fprintf(out, "%d\n", calls);
    fclose(out);
}

#define FORWARD(result, name, parameters, arguments) \
    result name parameters { \
        static result(*real) parameters; \
        if (real == NULL) \
            *(void **)&real = dlsym(RTLD_NEXT, #name); \
        step(); \
        return real arguments; \
    }

FORWARD(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
FORWARD(int, fsync, (int file), (file))
FORWARD(int, unlink, (const char *path), (path))
FORWARD(int, rmdir, (const char *path), (path))
FORWARD(int, mkdir, (const char *path, mode_t mode), (path, mode))
FORWARD(int, rename, (const char *from, const char *to), (from, to))
FORWARD(int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags))
