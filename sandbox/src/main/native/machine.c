// SPDX-License-Identifier: Apache-2.0
//
// liblaunchpad_machine.so, preloaded into confined satellites: the machine as a script sees it.
//
// A satellite's /proc shows processes and nothing else; what programs ask it about the machine stands in files of the
// read-only root folder, and this library opens those in their place. How much memory and how many processors a session
// may use stands in its environment; what asks the C library or /proc/meminfo for those of the machine is told
// them. It protects nothing: who goes past it finds that the file is not there, or learns the host's numbers.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
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

// The session's share, which is no more than `all` of it.
static unsigned long share_of(const char *name, unsigned long all) {
    const char *text = getenv(name);
    unsigned long share = text == NULL ? 0 : strtoul(text, NULL, 10);
    return share > 0 && share < all ? share : all;
}

static int host_sysinfo(struct sysinfo *info) {
    static void *cache;
    int (*next)(struct sysinfo *);
    *(void **)&next = next_of("sysinfo", &cache);
    return next(info);
}

// Of memory in bytes; 0 when it is unknown.
static unsigned long memory_share(void) {
    struct sysinfo host;
    return host_sysinfo(&host) == 0
               ? share_of("LAUNCHPAD_SESSION_MEMORY", host.totalram * host.mem_unit)
               : 0;
}

// A file that reads as /proc/meminfo; -1 when `path` is another, or to be written.
static int open_meminfo(const char *path, bool writes, bool closes) {
    unsigned long kib = memory_share() / 1024;
    if (path == NULL || strcmp(path, "/proc/meminfo") != 0 || writes || kib == 0) {
        return -1;
    }
    int fd = memfd_create("meminfo", closes ? MFD_CLOEXEC : 0);
    if (fd >= 0 &&
        (dprintf(fd,
                 "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n"
                 "Buffers:               0 kB\nCached:                0 kB\nSwapCached:            0 kB\n"
                 "Active:                0 kB\nInactive:              0 kB\nSwapTotal:             0 kB\n"
                 "SwapFree:              0 kB\nShmem:                 0 kB\nSlab:                  0 kB\n"
                 "SReclaimable:          0 kB\n",
                 kib, kib, kib) < 0 ||
         lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int open_meminfo_as(const char *path, int flags) {
    return open_meminfo(path, (flags & O_ACCMODE) != O_RDONLY, (flags & O_CLOEXEC) != 0);
}

static mode_t mode_of(int flags, va_list arguments) {
    bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): every caller has started it
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
        int made = open_meminfo_as(path, flags);                                                   \
        *(void **)&next = next_of(#name, &cache);                                                  \
        return made >= 0 ? made : next(seen(path, buffer), flags, mode);                                              \
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
        int made = open_meminfo_as(path, flags);                                                   \
        *(void **)&next = next_of(#name, &cache);                                                  \
        return made >= 0 ? made : next(folder, seen(path, buffer), flags, mode);                                      \
    }

// Opens by a second argument of another kind; `opened` is what a file made here becomes.
#define DEFINE_OTHER_OPEN(result, name, second, writes, closes, opened)                            \
    API result name(const char *path, second argument) {                                           \
        static void *cache;                                                                        \
        result (*next)(const char *, second);                                                      \
        char buffer[PATH_BYTES];                                                                   \
        int made = open_meminfo(path, writes, closes);                                             \
        *(void **)&next = next_of(#name, &cache);                                                  \
        return made >= 0 ? (opened) : next(seen(path, buffer), argument);                          \
    }

#define FLAGS_WRITE ((argument & O_ACCMODE) != O_RDONLY)
#define FLAGS_CLOSE ((argument & O_CLOEXEC) != 0)
#define MODE_WRITES (argument[0] != 'r' || strchr(argument, '+') != NULL)
#define MODE_CLOSES (strchr(argument, 'e') != NULL)

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
DEFINE_OTHER_OPEN(int, __open_2, int, FLAGS_WRITE, FLAGS_CLOSE, made)
DEFINE_OTHER_OPEN(int, __open64_2, int, FLAGS_WRITE, FLAGS_CLOSE, made)
DEFINE_OTHER_OPEN(stream, fopen, text, MODE_WRITES, MODE_CLOSES, fdopen(made, argument))
DEFINE_OTHER_OPEN(stream, fopen64, text, MODE_WRITES, MODE_CLOSES, fdopen(made, argument))
DEFINE_TWO(int, access, int)
DEFINE_TWO(int, stat, stat_result)
DEFINE_TWO(int, stat64, stat64_result)

API int sysinfo(struct sysinfo *info) {
    int result = host_sysinfo(info);
    unsigned long all = result == 0 ? info->totalram * info->mem_unit : 0;
    unsigned long share = share_of("LAUNCHPAD_SESSION_MEMORY", all);
    if (share < all) {
        info->totalram = share;
        info->freeram = share;
        info->sharedram = 0;
        info->bufferram = 0;
        info->totalswap = 0;
        info->freeswap = 0;
        info->totalhigh = 0;
        info->freehigh = 0;
        info->mem_unit = 1;
    }
    return result;
}

static long host_sysconf(int name) {
    static void *cache;
    long (*next)(int);
    *(void **)&next = next_of("sysconf", &cache);
    return next(name);
}

API long sysconf(int name) {
    long host = host_sysconf(name);
    switch (name) {
    case _SC_PHYS_PAGES:
    case _SC_AVPHYS_PAGES: {
        struct sysinfo info;
        long pages = sysinfo(&info) == 0
                         ? (long)(info.totalram * info.mem_unit / (unsigned long)getpagesize())
                         : host;
        return pages < host ? pages : host;
    }
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return host > 0 ? (long)share_of("LAUNCHPAD_SESSION_CPUS", (unsigned long)host) : host;
    default:
        return host;
    }
}

API long get_phys_pages(void) {
    return sysconf(_SC_PHYS_PAGES);
}

API long get_avphys_pages(void) {
    return sysconf(_SC_AVPHYS_PAGES);
}

API int get_nprocs(void) {
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

API int get_nprocs_conf(void) {
    return (int)sysconf(_SC_NPROCESSORS_CONF);
}
