// SPDX-License-Identifier: Apache-2.0
//
// liblaunchpad_machine.so, preloaded into confined satellites: the machine as a script sees it.
//
// A satellite's /proc shows processes and nothing else; what programs ask it about the machine stands in files of the
// read-only root folder, and this library opens those in their place. It protects nothing: who goes past it
// finds that the file is not there.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum { PATH_BYTES = 256 };

static const char PROC[] = "/proc/";
static const char MACHINE[] = "/launchpad/machine/";
static const char OWN[] = "/proc/self/";

static const char *const MADE[] = {"cpuinfo", "loadavg", "meminfo", "stat",
                                   "uptime",  "version", "vmstat"};

static bool is_made(const char *name) {
    for (size_t i = 0; i < sizeof MADE / sizeof *MADE; i++) {
        if (strcmp(MADE[i], name) == 0) {
            return true;
        }
    }
    return false;
}

// The path to use in place of `path`, which may be written to `buffer`.
static const char *seen(const char *path, char buffer[PATH_BYTES]) {
    if (path == NULL || strncmp(path, PROC, sizeof PROC - 1) != 0) {
        return path;
    }
    const char *name = path + sizeof PROC - 1;
    const char *folder = NULL;
    if (is_made(name)) {
        folder = MACHINE;
    } else if (strcmp(name, "mounts") == 0 || strncmp(name, "net/", 4) == 0) {
        folder = OWN;
    }
    if (folder == NULL || strlen(folder) + strlen(name) >= PATH_BYTES) {
        return path;
    }
    (void)stpcpy(stpcpy(buffer, folder), name);
    return buffer;
}

// Finds the C library's own function once.
static void *next_of(const char *name, void **cache) {
    if (*cache == NULL) {
        *cache = dlsym(RTLD_NEXT, name);
    }
    return *cache;
}

static mode_t mode_of(int flags, va_list arguments) {
    bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return makes ? va_arg(arguments, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                                                          \
    API int name(const char *path, int flags, ...) {                                               \
        static void *cache;                                                                        \
        int (*next)(const char *, int, ...);                                                       \
        char buffer[PATH_BYTES];                                                                   \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = mode_of(flags, arguments);                                                   \
        va_end(arguments);                                                                         \
        *(void **)&next = next_of(#name, &cache);                                                  \
        return next(seen(path, buffer), flags, mode);                                              \
    }

#define DEFINE_OPENAT(name)                                                                        \
    API int name(int folder, const char *path, int flags, ...) {                                   \
        static void *cache;                                                                        \
        int (*next)(int, const char *, int, ...);                                                  \
        char buffer[PATH_BYTES];                                                                   \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = mode_of(flags, arguments);                                                   \
        va_end(arguments);                                                                         \
        *(void **)&next = next_of(#name, &cache);                                                  \
        return next(folder, seen(path, buffer), flags, mode);                                      \
    }

// What begins with a path, and has one more argument.
#define DEFINE_TWO(result, name, second)                                                           \
    API result name(const char *path, second argument) {                                           \
        static void *cache;                                                                        \
        result (*next)(const char *, second);                                                      \
        char buffer[PATH_BYTES];                                                                   \
        *(void **)&next = next_of(#name, &cache);                                                  \
        return next(seen(path, buffer), argument);                                                 \
    }

typedef FILE *stream;
typedef const char *text;
typedef struct stat *stat_result;
typedef struct stat64 *stat64_result;

// What programs compiled with checks call in place of the first two.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the C library's names
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
DEFINE_TWO(int, __open_2, int)
DEFINE_TWO(int, __open64_2, int)
DEFINE_TWO(stream, fopen, text)
DEFINE_TWO(stream, fopen64, text)
DEFINE_TWO(int, access, int)
DEFINE_TWO(int, stat, stat_result)
DEFINE_TWO(int, stat64, stat64_result)
