// SPDX-License-Identifier: Apache-2.0
//
// Control groups, version 2: one tree.
//
// Only groups without processes can be divided, so the broker and what it starts move to `host` below its own
// group. A satellite is forked into its group (CLONE_INTO_CGROUP), which asks the zygote's right to write
// cgroup.procs there and in the nearest group above both.

#define _GNU_SOURCE
#include "cgroup.h"

#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CPU_PERIOD_US = 100000, CPU_PERIOD_PER_MILLI = CPU_PERIOD_US / 1000 };

static const char HOST[] = "host";

static const struct {
    const char *name;
    enum controller controller;
} CONTROLLERS[] = {
    {"memory", CONTROLLER_MEMORY},
    {"pids", CONTROLLER_PROCESSES},
    {"cpu", CONTROLLER_CPU},
    {"cpuset", CONTROLLER_CPU_LIST},
};

static uint32_t controllers_in(const char *list) {
    uint32_t controllers = 0;
    for (size_t i = 0; i < sizeof CONTROLLERS / sizeof *CONTROLLERS; i++) {
        if (has_word(list, CONTROLLERS[i].name)) {
            controllers |= (uint32_t)CONTROLLERS[i].controller;
        }
    }
    return controllers;
}

// Whether groups below it can have controllers, once the broker itself has left it.
static bool is_divisible(const char *path) {
    char text[256];
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || access(path, W_OK) != 0) {
        close_fd(&folder);
        return false;
    }
    // The top of the tree has no type, and is exempt from the rule.
    bool top = faccessat(folder, "cgroup.type", F_OK, 0) != 0;
    char *end;
    bool alone = read_text(folder, "cgroup.procs", text, sizeof text) == 0 &&
                 (text[0] == '\0' || (strtol(text, &end, 10) == getpid() && strcmp(end, "\n") == 0));
    close(folder);
    return top || alone;
}

static int attach(struct cgroups *cgroups) {
    struct found_hierarchy found[FOUND_MAX];
    int count = hierarchies_find("/proc/self/mountinfo", "/proc/self/cgroup", found);
    const struct found_hierarchy *unified = NULL;
    for (int i = 0; i < count && unified == NULL; i++) {
        unified = found[i].v2 ? &found[i] : NULL;
    }
    if (unified == NULL) {
        errno = ENOENT;
        return -1;
    }
    const char *base = is_divisible(unified->own)     ? unified->own
                       : is_divisible(unified->mount) ? unified->mount
                                                      : NULL;
    if (base == NULL) {
        snprintf(cgroups->reason, sizeof cgroups->reason,
                 "%.300s cannot be divided: it is not this user's, or there are other processes in it",
                 unified->own);
        errno = EACCES;
        return -1;
    }
    char available[256];
    int folder = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    read_text(folder, "cgroup.controllers", available, sizeof available);
    close_fd(&folder);
    cgroups->controllers = CONTROLLER_CPU_ACCOUNT | controllers_in(available);
    snprintf(cgroups->hierarchies[0].base, sizeof cgroups->hierarchies[0].base, "%s", base);
    snprintf(cgroups->origin, sizeof cgroups->origin, "%s", unified->own);
    cgroups->count = 1;
    return 0;
}

// Lets groups below have the controllers that this one has; one that refuses is left out.
static void divide(int folder, char *enabled, size_t size) {
    char available[256];
    char before[256];
    read_text(folder, "cgroup.controllers", available, sizeof available);
    read_text(folder, "cgroup.subtree_control", before, sizeof before);
    for (size_t i = 0; i < sizeof CONTROLLERS / sizeof *CONTROLLERS; i++) {
        char text[32];
        snprintf(text, sizeof text, "+%s", CONTROLLERS[i].name);
        if (has_word(available, CONTROLLERS[i].name) && !has_word(before, CONTROLLERS[i].name) &&
            write_text(folder, "cgroup.subtree_control", text) == 0 && enabled != NULL) {
            size_t used = strlen(enabled);
            snprintf(enabled + used, size - used, "-%s ", CONTROLLERS[i].name);
        }
    }
}

static int move_self(const char *path) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = folder < 0 ? -1 : write_text(folder, "cgroup.procs", "0");
    int error = errno;
    close_fd(&folder);
    errno = error;
    return result;
}

static int settle(struct cgroups *cgroups) {
    struct hierarchy *hierarchy = &cgroups->hierarchies[0];
    int root = cgroups->root.folders[0];
    int base = open(hierarchy->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char path[sizeof hierarchy->base + 64];
    snprintf(path, sizeof path, "%s/%s/%s", hierarchy->base, cgroups->name, HOST);
    if (base < 0 || mkdirat(root, HOST, 0755) != 0 || move_self(path) != 0) {
        close_fd(&base);
        return -1;
    }
    divide(base, cgroups->divided, sizeof cgroups->divided);
    close(base);
    divide(root, NULL, 0);
    if (geteuid() == 0 && fchownat(root, "cgroup.procs", cgroups->zygote_uid, (gid_t)-1, 0) != 0) {
        return -1;
    }
    char enabled[256];
    read_text(root, "cgroup.subtree_control", enabled, sizeof enabled);
    hierarchy->controllers = CONTROLLER_CPU_ACCOUNT | controllers_in(enabled);
    cgroups->controllers = hierarchy->controllers;
    if (faccessat(root, "host/memory.swap.max", F_OK, 0) == 0) {
        cgroups->controllers |= CONTROLLER_SWAP;
    }
    return 0;
}

static void leave(struct cgroups *cgroups) {
    int base = open(cgroups->hierarchies[0].base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // Only one that is not divided can have a process again.
    if (base >= 0 && cgroups->divided[0] != '\0' &&
        strcmp(cgroups->origin, cgroups->hierarchies[0].base) == 0) {
        kill_processes(cgroups->root.folders[0]);
        write_text(base, "cgroup.subtree_control", cgroups->divided);
    }
    close_fd(&base);
    if (move_self(cgroups->origin) != 0) {
        log_line("cannot return to control group %s: %s", cgroups->origin, strerror(errno));
    }
}

static int prepare(const struct cgroups *cgroups, const struct cgroup *group, bool entered) {
    int folder = group->folders[0];
    if (!entered) {
        divide(folder, NULL, 0);
        return 0;
    }
    if ((cgroups->controllers & CONTROLLER_MEMORY) != 0 &&
        write_text(folder, "memory.oom.group", "1") != 0) {
        return -1;
    }
    return geteuid() == 0
               ? fchownat(folder, "cgroup.procs", cgroups->zygote_uid, (gid_t)-1, 0)
               : 0;
}

static int write_limit(int folder, const char *name, uint64_t value) {
    return value == 0 ? write_text(folder, name, "max") : write_u64(folder, name, value);
}

static int limit(const struct cgroups *cgroups, const struct cgroup *group,
                 const struct cgroup_limits *limits, bool allow_swap) {
    int folder = group->folders[0];
    if ((cgroups->controllers & CONTROLLER_SWAP) != 0 &&
        write_text(folder, "memory.swap.max",
                   limits->memory_bytes != 0 && !allow_swap ? "0" : "max") != 0) {
        return -1;
    }
    if ((cgroups->controllers & CONTROLLER_MEMORY) != 0 &&
        write_limit(folder, "memory.max", limits->memory_bytes) != 0) {
        return -1;
    }
    if ((cgroups->controllers & CONTROLLER_PROCESSES) != 0 &&
        write_limit(folder, "pids.max", limits->processes) != 0) {
        return -1;
    }
    if ((cgroups->controllers & CONTROLLER_CPU) == 0) {
        return 0;
    }
    char text[64];
    if (limits->cpu_milli == 0) {
        snprintf(text, sizeof text, "max %d", CPU_PERIOD_US);
    } else {
        snprintf(text, sizeof text, "%" PRIu64 " %d", limits->cpu_milli * CPU_PERIOD_PER_MILLI,
                 CPU_PERIOD_US);
    }
    return write_text(folder, "cpu.max", text);
}

static int list_cpus(const struct cgroups *cgroups, const struct cgroup *group, const char *cpus) {
    (void)cgroups;
    return write_text(group->folders[0], "cpuset.cpus", cpus);
}

static void measure(const struct cgroups *cgroups, const struct cgroup *group,
                    struct cgroup_usage *usage) {
    char text[1024];
    int folder = group->folders[0];
    (void)cgroups;
    read_text(folder, "cpu.stat", text, sizeof text);
    *usage = (struct cgroup_usage){
        .cpu_user_us = find_number(text, "user_usec"),
        .cpu_system_us = find_number(text, "system_usec"),
        .memory_bytes = read_number(folder, "memory.current"),
        .memory_peak_bytes = read_number(folder, "memory.peak"),
        .processes = read_number(folder, "pids.current"),
    };
    // memory.peak came with 5.19.
    if (usage->memory_peak_bytes < usage->memory_bytes) {
        usage->memory_peak_bytes = usage->memory_bytes;
    }
}

static void count(const struct cgroups *cgroups, const struct cgroup *group,
                  struct cgroup_events *events) {
    char text[512];
    int folder = group->folders[0];
    (void)cgroups;
    read_text(folder, "memory.events", text, sizeof text);
    events->oom_kills = find_number(text, "oom_kill");
    read_text(folder, "memory.events.local", text, sizeof text);
    events->memory_refused = find_number(text, "oom");
    read_text(folder, "pids.events", text, sizeof text);
    events->processes_refused = find_number(text, "max");
}

static int watch_memory(const struct cgroups *cgroups, const struct cgroup *group) {
    (void)cgroups;
    (void)group;
    return -1;
}

static int entries(const struct cgroups *cgroups, const struct cgroup *group,
                   int fds[ENTRY_FDS_MAX]) {
    (void)cgroups;
    fds[0] = fcntl(group->folders[0], F_DUPFD_CLOEXEC, 5);
    return fds[0] < 0 ? -1 : 1;
}

static int reset(const struct cgroups *cgroups, const struct cgroup *group) {
    (void)cgroups;
    (void)group;
    errno = ENOTSUP;
    return -1;
}

const struct cgroup_driver cgroup_v2 = {
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
    .entry = ENTRY_BY_FORK,
    .reused = false,
    .reset = reset,
};
