// SPDX-License-Identifier: Apache-2.0
//
// Control groups, version 1: a tree for each controller.
//
// A satellite enters by writing "0" to `tasks` itself. That moves a single thread, which needs no lock of all
// threads; writing a process to `cgroup.procs` takes one, and waits 10 ms for it when writes are rare.

#define _GNU_SOURCE
#include "cgroup.h"

#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { CPU_PERIOD_US = 100000, CPU_PERIOD_PER_MILLI = CPU_PERIOD_US / 1000 };

// Pages of files that sessions have read stay charged, and are given up when the group needs the memory. Up to here
// they are left, for the next session to read.
enum { LEFTOVER_BYTES_MAX = 8 << 20 };

static uint32_t controllers_of(const struct found_hierarchy *found) {
    uint32_t controllers = 0;
    controllers |= has_word(found->controllers, "memory") ? CONTROLLER_MEMORY : 0;
    controllers |= has_word(found->controllers, "pids") ? CONTROLLER_PROCESSES : 0;
    controllers |= has_word(found->controllers, "cpu") ? CONTROLLER_CPU : 0;
    controllers |= has_word(found->controllers, "cpuacct") ? CONTROLLER_CPU_ACCOUNT : 0;
    controllers |= has_word(found->controllers, "cpuset") ? CONTROLLER_CPU_LIST : 0;
    return controllers;
}

static int attach(struct cgroups *cgroups) {
    struct found_hierarchy found[FOUND_MAX];
    int count = hierarchies_find("/proc/self/mountinfo", "/proc/self/cgroup", found);
    for (int i = 0; i < count; i++) {
        uint32_t controllers = found[i].v2 ? 0 : controllers_of(&found[i]);
        if (controllers == 0 || (controllers & cgroups->controllers) != 0 ||
            cgroups->count == HIERARCHIES_MAX) {
            continue;
        }
        if (access(found[i].own, W_OK) != 0) {
            snprintf(cgroups->reason, sizeof cgroups->reason, "%.400s: %s", found[i].own,
                     strerror(errno));
            continue;
        }
        struct hierarchy *hierarchy = &cgroups->hierarchies[cgroups->count++];
        snprintf(hierarchy->base, sizeof hierarchy->base, "%s", found[i].own);
        hierarchy->controllers = controllers;
        cgroups->controllers |= controllers;
        char swap[sizeof hierarchy->base + 32];
        snprintf(swap, sizeof swap, "%s/memory.memsw.limit_in_bytes", hierarchy->base);
        if ((controllers & CONTROLLER_MEMORY) != 0 && access(swap, F_OK) == 0) {
            cgroups->controllers |= CONTROLLER_SWAP;
        }
    }
    errno = ENOENT;
    return cgroups->count > 0 ? 0 : -1;
}

// In a new group of cpusets nothing may run until it has both lists.
static int prepare(const struct cgroups *cgroups, const struct cgroup *group, bool entered) {
    char text[256];
    (void)entered;
    int folder = group_folder(cgroups, group, CONTROLLER_CPU_LIST);
    if (folder < 0) {
        return 0;
    }
    static const char *const lists[] = {"cpuset.cpus", "cpuset.mems"};
    for (size_t i = 0; i < 2; i++) {
        char above[32];
        snprintf(above, sizeof above, "../%s", lists[i]);
        // Not all of a long list: then it is not to be trusted.
        if (read_text(folder, above, text, sizeof text) != 0 || strlen(text) == sizeof text - 1 ||
            write_text(folder, lists[i], text) != 0) {
            return -1;
        }
    }
    return 0;
}

static int settle(struct cgroups *cgroups) {
    enum { SHARES_OF_A_TASK = 1024 };
    int cpu = group_folder(cgroups, &cgroups->root, CONTROLLER_CPU);
    // Where CPUs are short, all sessions together would else get what one process outside gets.
    if (cpu >= 0) {
        write_u64(cpu, "cpu.shares", SHARES_OF_A_TASK * (uint64_t)get_nprocs());
    }
    return prepare(cgroups, &cgroups->root, false);
}

static void leave(struct cgroups *cgroups) {
    (void)cgroups;
}

static int write_limit(int folder, const char *name, uint64_t value) {
    return value == 0 ? write_text(folder, name, "-1") : write_u64(folder, name, value);
}

// Memory with swap is never less than memory alone, at no moment.
static int limit_memory(int folder, uint64_t bytes, bool with_swap) {
    static const char MEMORY[] = "memory.limit_in_bytes";
    static const char WITH_SWAP[] = "memory.memsw.limit_in_bytes";
    bool lower = bytes != 0 && bytes < read_number(folder, MEMORY);
    if (!with_swap) {
        return write_limit(folder, MEMORY, bytes);
    }
    if (lower) {
        return write_limit(folder, MEMORY, bytes) != 0 ? -1
                                                       : write_limit(folder, WITH_SWAP, bytes);
    }
    return write_limit(folder, WITH_SWAP, bytes) != 0 ? -1 : write_limit(folder, MEMORY, bytes);
}

static int limit(const struct cgroups *cgroups, const struct cgroup *group,
                 const struct cgroup_limits *limits, bool allow_swap) {
    int memory = group_folder(cgroups, group, CONTROLLER_MEMORY);
    int processes = group_folder(cgroups, group, CONTROLLER_PROCESSES);
    int cpu = group_folder(cgroups, group, CONTROLLER_CPU);
    bool with_swap = (cgroups->controllers & CONTROLLER_SWAP) != 0 && !allow_swap;
    if (memory >= 0 && limit_memory(memory, limits->memory_bytes, with_swap) != 0) {
        return -1;
    }
    if (processes >= 0 &&
        (limits->processes == 0 ? write_text(processes, "pids.max", "max")
                                : write_u64(processes, "pids.max", limits->processes)) != 0) {
        return -1;
    }
    return cpu < 0 ? 0
                   : write_limit(cpu, "cpu.cfs_quota_us", limits->cpu_milli * CPU_PERIOD_PER_MILLI);
}

static int list_cpus(const struct cgroups *cgroups, const struct cgroup *group, const char *cpus) {
    return write_text(group_folder(cgroups, group, CONTROLLER_CPU_LIST), "cpuset.cpus", cpus);
}

// The sum is exact. The system's part of it is counted in ticks.
static void measure_cpu(int folder, struct cgroup_usage *usage) {
    enum { NANOSECONDS = 1000 };
    uint64_t all = read_number(folder, "cpuacct.usage") / NANOSECONDS;
    uint64_t system = read_number(folder, "cpuacct.usage_sys") / NANOSECONDS;
    usage->cpu_system_us = system < all ? system : all;
    usage->cpu_user_us = all - usage->cpu_system_us;
}

static void measure(const struct cgroups *cgroups, const struct cgroup *group,
                    struct cgroup_usage *usage) {
    *usage = (struct cgroup_usage){0};
    int cpu = group_folder(cgroups, group, CONTROLLER_CPU_ACCOUNT);
    if (cpu >= 0) {
        measure_cpu(cpu, usage);
    }
    int memory = group_folder(cgroups, group, CONTROLLER_MEMORY);
    if (memory >= 0) {
        usage->memory_bytes = read_number(memory, "memory.usage_in_bytes");
        usage->memory_peak_bytes = read_number(memory, "memory.max_usage_in_bytes");
    }
    int processes = group_folder(cgroups, group, CONTROLLER_PROCESSES);
    if (processes >= 0) {
        usage->processes = read_number(processes, "pids.current");
    }
}

static void count(const struct cgroups *cgroups, const struct cgroup *group,
                  struct cgroup_events *events) {
    char text[256];
    *events = (struct cgroup_events){0};
    int memory = group_folder(cgroups, group, CONTROLLER_MEMORY);
    if (memory >= 0) {
        read_text(memory, "memory.oom_control", text, sizeof text);
        events->oom_kills = find_number(text, "oom_kill");
        events->memory_refused =
            read_number(memory, "memory.failcnt") + read_number(memory, "memory.memsw.failcnt");
    }
    int processes = group_folder(cgroups, group, CONTROLLER_PROCESSES);
    if (processes >= 0) {
        read_text(processes, "pids.events", text, sizeof text);
        events->processes_refused = find_number(text, "max");
    }
}

static int watch_memory(const struct cgroups *cgroups, const struct cgroup *group) {
    int folder = group_folder(cgroups, group, CONTROLLER_MEMORY);
    int control = folder < 0 ? -1 : openat(folder, "memory.oom_control", O_RDONLY | O_CLOEXEC);
    int event = control < 0 ? -1 : eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    char text[32];
    snprintf(text, sizeof text, "%d %d", event, control);
    if (event >= 0 && write_text(folder, "cgroup.event_control", text) != 0) {
        close_fd(&event);
    }
    close_fd(&control);
    return event;
}

static int entries(const struct cgroups *cgroups, const struct cgroup *group,
                   int fds[ENTRY_FDS_MAX]) {
    for (int i = 0; i < cgroups->count; i++) {
        fds[i] = openat(group->folders[i], "tasks", O_WRONLY | O_CLOEXEC);
        if (fds[i] < 0) {
            int error = errno;
            while (i-- > 0) {
                close(fds[i]);
            }
            errno = error;
            return -1;
        }
    }
    return cgroups->count;
}

static int reset(const struct cgroups *cgroups, const struct cgroup *group) {
    int memory = group_folder(cgroups, group, CONTROLLER_MEMORY);
    int cpu = group_folder(cgroups, group, CONTROLLER_CPU_ACCOUNT);
    if (memory >= 0) {
        if (read_number(memory, "memory.usage_in_bytes") > LEFTOVER_BYTES_MAX) {
            write_text(memory, "memory.force_empty", "0");
        }
        if (write_text(memory, "memory.max_usage_in_bytes", "0") != 0) {
            return -1;
        }
    }
    return cpu < 0 ? 0 : write_text(cpu, "cpuacct.usage", "0");
}

const struct cgroup_driver cgroup_v1 = {
    .attach = attach,
    .settle = settle,
    .leave = leave,
    .prepare = prepare,
    .limit = limit,
    .list_cpus = list_cpus,
    .measure = measure,
    .count = count,
    .watch_memory = watch_memory,
    .entries = entries,
    .entry = ENTRY_BY_FILES,
    .reused = true,
    .reset = reset,
};
