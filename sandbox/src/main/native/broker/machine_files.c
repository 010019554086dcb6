// SPDX-License-Identifier: Apache-2.0
//
// The machine as a confined script sees it, as files of its root folder: the processors it may run on, and the
// memory there is. machine.c opens those of /launchpad/machine in place of what a /proc of processes only lacks.

#define _GNU_SOURCE
#include "zygote_process.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

static int processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static int end(FILE *file) {
    bool failed = ferror(file) != 0;
    return fclose(file) != 0 || failed ? -1 : 0;
}

__attribute__((format(printf, 2, 3))) static int write_file(const char *path, const char *format,
                                                            ...) {
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        return -1;
    }
    va_list arguments;
    va_start(arguments, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): started in the line above
    vfprintf(file, format, arguments);
    va_end(arguments);
    return end(file);
}

// As many of the host's blocks as there are processors: which model it is every program can ask the processor.
static int write_cpuinfo(FILE *host) {
    char line[8192];
    FILE *file = fopen("launchpad/machine/cpuinfo", "we");
    if (file == NULL) {
        return -1;
    }
    int left = processors();
    while (left > 0 && fgets(line, sizeof line, host) != NULL) {
        fputs(line, file);
        left -= line[0] == '\n';
    }
    return end(file);
}

static int write_meminfo(const struct sysinfo *host) {
    unsigned long kib = host->totalram / 1024 * host->mem_unit;
    return write_file(
        "launchpad/machine/meminfo",
        "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n"
        "Buffers:               0 kB\nCached:                0 kB\nSwapCached:            0 kB\n"
        "Active:                0 kB\nInactive:              0 kB\nSwapTotal:             0 kB\n"
        "SwapFree:              0 kB\nShmem:                 0 kB\nSlab:                  0 kB\n"
        "SReclaimable:          0 kB\n",
        kib, kib, kib);
}

// Nothing of what others do: no times and no counts, only how many processors there are and since when.
static int write_stat(const struct sysinfo *host) {
    static const char TIMES[] = "0 0 0 0 0 0 0 0 0 0";
    FILE *file = fopen("launchpad/machine/stat", "we");
    if (file == NULL) {
        return -1;
    }
    fprintf(file, "cpu  %s\n", TIMES);
    for (int i = 0; i < processors(); i++) {
        fprintf(file, "cpu%d %s\n", i, TIMES);
    }
    fprintf(file,
            "intr 0\nctxt 0\nbtime %lld\nprocesses 1\nprocs_running 1\nprocs_blocked 0\nsoftirq 0\n",
            (long long)(time(NULL) - host->uptime));
    return end(file);
}

// What lscpu and the C library look at in /sys.
static int write_sys(void) {
    static const char *const NAMES[] = {"online", "possible", "present"};
    static const char *const FOLDERS[] = {"sys", "sys/devices", "sys/devices/system",
                                          "sys/devices/system/cpu"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        if (mkdir(FOLDERS[i], 0755) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char path[64];
        snprintf(path, sizeof path, "sys/devices/system/cpu/%s", NAMES[i]);
        int last = processors() - 1;
        if ((last > 0 ? write_file(path, "0-%d\n", last) : write_file(path, "0\n")) != 0) {
            return -1;
        }
    }
    return 0;
}

int machine_files_make(FILE *host_cpuinfo) {
    struct sysinfo host;
    struct utsname name;
    if (sysinfo(&host) != 0 || uname(&name) != 0 || mkdir("launchpad", 0755) != 0 ||
        mkdir("launchpad/machine", 0755) != 0) {
        return -1;
    }
    return write_cpuinfo(host_cpuinfo) != 0 || write_meminfo(&host) != 0 ||
                   write_stat(&host) != 0 || write_sys() != 0 ||
                   write_file("launchpad/machine/version", "%s version %s\n", name.sysname,
                              name.release) != 0 ||
                   write_file("launchpad/machine/loadavg", "0.00 0.00 0.00 1/1 1\n") != 0 ||
                   write_file("launchpad/machine/uptime", "0.00 0.00\n") != 0 ||
                   write_file("launchpad/machine/vmstat", "pswpin 0\npswpout 0\n") != 0
               ? -1
               : 0;
}
