/* Loaded before the C library: the n-th call on a file below FAULT_DIR fails, or the process is killed there.
 *
 *   FAULT_DIR     counted are calls on files below it
 *   FAULT_CALL    any, or one of: open write sync rename unlink link truncate mkdir
 *   FAULT_NUMBER  from 1
 *   FAULT_KIND    eio, enospc, eintr, short (half is written, and said so), torn (half, then EIO), kill
 *   FAULT_REPEATS once, or on: from then on
 *   FAULT_ARMED   a file; nothing is counted before it is there
 *   FAULT_TOLD    a file; the name of the call is written there when it is struck
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { none, eio, enospc, eintr, shorter, torn };

static atomic_ulong count;

static char const* setting(char const* name) {
    char const* const text = getenv(name);
    return text == NULL ? "" : text;
}

static int is_below(char const* path) {
    char const* const directory = setting("FAULT_DIR");
    return *directory != 0 && strncmp(path, directory, strlen(directory)) == 0;
}
static int is_words_for_people(char const* path) {
    char const* const slash = strrchr(path, '/');
    return slash != NULL && strncmp(slash, "/LOG", 4) == 0;
}

static void tell(char const* call, char const* path) {
    int const file = (int)syscall(SYS_openat, AT_FDCWD, setting("FAULT_TOLD"), O_WRONLY | O_CREAT, 0600);
    if (file < 0)
        return;
    syscall(SYS_write, file, call, strlen(call));
    syscall(SYS_write, file, " ", 1UL);
    syscall(SYS_write, file, path, strlen(path));
    syscall(SYS_close, file);
}

/* Half of the bytes are on the disk when the process is killed within a write. */
static enum kind strike(char const* call, char const* path, void (*half)(void const*), void const* what) {
    if (!is_below(path) || is_words_for_people(path) ||
        syscall(SYS_faccessat, AT_FDCWD, setting("FAULT_ARMED"), F_OK) != 0)
        return none;
    char const* const wanted = setting("FAULT_CALL");
    if (strcmp(wanted, "any") != 0 && strcmp(wanted, call) != 0)
        return none;
    unsigned long const number = strtoul(setting("FAULT_NUMBER"), NULL, 10);
    unsigned long const now = atomic_fetch_add(&count, 1) + 1;
    if (strcmp(setting("FAULT_REPEATS"), "on") == 0 ? now < number : now != number)
        return none;
    tell(call, path);
    char const* const kind = setting("FAULT_KIND");
    if (strcmp(kind, "kill") == 0) {
        if (half != NULL)
            half(what);
        kill(getpid(), SIGKILL);
    }
    if (strcmp(kind, "enospc") == 0)
        return enospc;
    if (strcmp(kind, "eintr") == 0)
        return eintr;
    if (strcmp(kind, "short") == 0)
        return shorter;
    return strcmp(kind, "torn") == 0 ? torn : eio;
}

static int fail(enum kind kind) {
    errno = kind == enospc ? ENOSPC : kind == eintr ? EINTR : EIO;
    return -1;
}

static char const* path_of(int file, char* path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t const size = readlink(link, path, PATH_MAX - 1);
    path[size < 0 ? 0 : size] = 0;
    return path;
}

#define REAL(name) ((__typeof__(name)*)dlsym(RTLD_NEXT, #name))

/* --- by descriptor */

struct writing {
    int file;
    void const* bytes;
    size_t size;
    off_t offset; /* -1: where the file stands */
};
static ssize_t write_part(struct writing const* writing, size_t size) {
    return writing->offset < 0 ? syscall(SYS_write, writing->file, writing->bytes, size)
                               : syscall(SYS_pwrite64, writing->file, writing->bytes, size, writing->offset);
}
static void write_half(void const* what) {
    struct writing const* const writing = what;
    write_part(writing, writing->size / 2);
}
static ssize_t write_or_fail(struct writing writing) {
    char path[PATH_MAX];
    enum kind const kind = strike("write", path_of(writing.file, path), write_half, &writing);
    if (kind == none)
        return write_part(&writing, writing.size);
    if (kind == shorter && writing.size > 1)
        return write_part(&writing, writing.size / 2);
    if (kind == torn)
        write_half(&writing);
    return fail(kind);
}
ssize_t write(int file, void const* bytes, size_t size) {
    return write_or_fail((struct writing){file, bytes, size, -1});
}
ssize_t pwrite(int file, void const* bytes, size_t size, off_t offset) {
    return write_or_fail((struct writing){file, bytes, size, offset});
}
ssize_t pwrite64(int file, void const* bytes, size_t size, off_t offset) {
    return write_or_fail((struct writing){file, bytes, size, offset});
}
ssize_t writev(int file, struct iovec const* parts, int part_count) {
    char path[PATH_MAX];
    enum kind const kind = strike("write", path_of(file, path), NULL, NULL);
    return kind == none ? syscall(SYS_writev, file, parts, part_count) : fail(kind);
}

static int sync_or_fail(long call, int file) {
    char path[PATH_MAX];
    enum kind const kind = strike("sync", path_of(file, path), NULL, NULL);
    return kind == none ? (int)syscall(call, file) : fail(kind);
}
int fsync(int file) { return sync_or_fail(SYS_fsync, file); }
int fdatasync(int file) { return sync_or_fail(SYS_fdatasync, file); }

static int truncate_or_fail(int file, off_t size) {
    char path[PATH_MAX];
    enum kind const kind = strike("truncate", path_of(file, path), NULL, NULL);
    return kind == none ? (int)syscall(SYS_ftruncate, file, size) : fail(kind);
}
int ftruncate(int file, off_t size) { return truncate_or_fail(file, size); }
int ftruncate64(int file, off_t size) { return truncate_or_fail(file, size); }

/* --- by path */

static int open_or_fail(char const* path, int flags, unsigned mode) {
    if ((flags & O_CREAT) != 0) { /* those that only read are no business of a disk that cannot write */
        enum kind const kind = strike("open", path, NULL, NULL);
        if (kind != none)
            return fail(kind);
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
static unsigned mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
}
int open(char const* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    unsigned const mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_or_fail(path, flags, mode);
}
int open64(char const* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    unsigned const mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_or_fail(path, flags, mode);
}
FILE* fopen(char const* path, char const* mode) {
    if (strpbrk(mode, "wa+") != NULL) {
        enum kind const kind = strike("open", path, NULL, NULL);
        if (kind != none)
            return fail(kind), NULL;
    }
    return REAL(fopen)(path, mode);
}
FILE* fopen64(char const* path, char const* mode) { return fopen(path, mode); }

int rename(char const* from, char const* to) {
    enum kind const kind = strike("rename", to, NULL, NULL);
    return kind == none ? (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) : fail(kind);
}
int renameat2(int from_directory, char const* from, int to_directory, char const* to, unsigned flags) {
    enum kind const kind = strike("rename", to, NULL, NULL);
    return kind == none ? (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags)
                        : fail(kind);
}
int link(char const* from, char const* to) {
    enum kind const kind = strike("link", to, NULL, NULL);
    return kind == none ? (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0) : fail(kind);
}
int unlink(char const* path) {
    enum kind const kind = strike("unlink", path, NULL, NULL);
    return kind == none ? (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0) : fail(kind);
}
int mkdir(char const* path, mode_t mode) {
    enum kind const kind = strike("mkdir", path, NULL, NULL);
    return kind == none ? (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode) : fail(kind);
}
