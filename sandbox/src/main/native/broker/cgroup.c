// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cgroup.h"

#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

const struct cgroup_driver *cgroups_driver(const struct cgroups *cgroups) {
    return cgroups->version == CGROUP_V2 ? &cgroup_v2 : &cgroup_v1;
}

int group_folder(const struct cgroups *cgroups, const struct cgroup *group,
                 enum controller controller) {
    for (int i = 0; i < cgroups->count; i++) {
        if ((cgroups->hierarchies[i].controllers & (uint32_t)controller) != 0) {
            return group->folders[i];
        }
    }
    return -1;
}

void group_close(struct cgroup *group) {
    for (int i = 0; i < HIERARCHIES_MAX; i++) {
        close_fd(&group->folders[i]);
    }
}

// Makes and opens `name` in each hierarchy.
static int make_folders(const struct cgroups *cgroups, const int above[HIERARCHIES_MAX],
                        const char *name, struct cgroup *made) {
    memset(made, -1, sizeof *made);
    for (int i = 0; i < cgroups->count; i++) {
        if (mkdirat(above[i], name, 0755) == 0) {
            made->folders[i] = openat(above[i], name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }
        if (made->folders[i] < 0) {
            int error = errno;
            group_close(made);
            for (int j = 0; j <= i; j++) {
                unlinkat(above[j], name, AT_REMOVEDIR);
            }
            errno = error;
            return -1;
        }
    }
    return 0;
}

int group_make(const struct cgroups *cgroups, const struct cgroup *parent, const char *name,
               bool entered, struct cgroup *made) {
    if (make_folders(cgroups, parent->folders, name, made) != 0) {
        return -1;
    }
    if (cgroups_driver(cgroups)->prepare(cgroups, made, entered) != 0) {
        int error = errno;
        group_remove(cgroups, parent, name, made);
        errno = error;
        return -1;
    }
    return 0;
}

int group_remove(const struct cgroups *cgroups, const struct cgroup *parent, const char *name,
                 struct cgroup *group) {
    int result = 0;
    for (int i = 0; i < cgroups->count; i++) {
        if (unlinkat(parent->folders[i], name, AT_REMOVEDIR) != 0 && errno != ENOENT) {
            result = -1;
        }
    }
    if (result == 0) {
        group_close(group);
    }
    return result;
}

bool group_kill(const struct cgroups *cgroups, const struct cgroup *group) {
    // cgroup.kill came with 5.14.
    if (cgroups->version == CGROUP_V2 && write_text(group->folders[0], "cgroup.kill", "1") == 0) {
        return count_processes(group->folders[0]) == 0;
    }
    return kill_processes(group->folders[0]) == 0;
}

// ---------------------------------------------------------------- the broker's own

static void lose(struct cgroups *cgroups, const char *what) {
    char before[sizeof cgroups->reason];
    snprintf(before, sizeof before, "%s", cgroups->reason);
    snprintf(cgroups->reason, sizeof cgroups->reason, "%.100s%s%.380s", what,
             before[0] != '\0' ? ": " : "", before);
}

// False when another broker's sweep came between making and locking.
static bool is_locked(const struct cgroups *cgroups, const int bases[HIERARCHIES_MAX]) {
    for (int i = 0; i < cgroups->count; i++) {
        struct stat named;
        struct stat opened;
        int folder = cgroups->root.folders[i];
        if (flock(folder, LOCK_EX | LOCK_NB) != 0 || fstat(folder, &opened) != 0 ||
            fstatat(bases[i], cgroups->name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
            named.st_ino != opened.st_ino) {
            return false;
        }
    }
    return true;
}

static int make_root(struct cgroups *cgroups, const int bases[HIERARCHIES_MAX]) {
    enum { ATTEMPTS_MAX = 16 };
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        uint32_t number;
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
            return -1;
        }
        snprintf(cgroups->name, sizeof cgroups->name, "%s%06x", CGROUP_PREFIX, number & 0xFFFFFF);
        if (make_folders(cgroups, bases, cgroups->name, &cgroups->root) != 0) {
            if (errno == EEXIST) {
                continue;
            }
            return -1;
        }
        if (is_locked(cgroups, bases)) {
            return 0;
        }
        group_close(&cgroups->root);
    }
    errno = EBUSY;
    return -1;
}

static void remove_root(const struct cgroups *cgroups) {
    for (int i = 0; i < cgroups->count; i++) {
        int base = open(cgroups->hierarchies[i].base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (base >= 0 && !remove_tree(base, cgroups->name)) {
            log_line("control group %s/%s is left: %s", cgroups->hierarchies[i].base,
                     cgroups->name, strerror(errno));
        }
        close_fd(&base);
    }
}

static bool open_version(struct cgroups *cgroups, enum cgroup_version version, uint32_t wanted) {
    char reason[sizeof cgroups->reason];
    snprintf(reason, sizeof reason, "%s", cgroups->reason);
    *cgroups = (struct cgroups){.version = version, .zygote_uid = cgroups->zygote_uid};
    snprintf(cgroups->reason, sizeof cgroups->reason, "%s", reason);
    memset(&cgroups->root, -1, sizeof cgroups->root);
    if (cgroups_driver(cgroups)->attach(cgroups) != 0) {
        return false;
    }
    if ((cgroups->controllers & wanted) != wanted) {
        lose(cgroups, "version 2 is there without controllers for memory, processes and CPU");
        return false;
    }
    int bases[HIERARCHIES_MAX];
    memset(bases, -1, sizeof bases);
    for (int i = 0; i < cgroups->count; i++) {
        bases[i] = open(cgroups->hierarchies[i].base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        sweep_groups(bases[i]);
    }
    bool made = make_root(cgroups, bases) == 0;
    if (made && cgroups_driver(cgroups)->settle(cgroups) != 0) {
        int error = errno;
        cgroups_driver(cgroups)->leave(cgroups);
        group_close(&cgroups->root);
        remove_root(cgroups);
        errno = error;
        made = false;
    }
    int error = errno;
    for (int i = 0; i < HIERARCHIES_MAX; i++) {
        close_fd(&bases[i]);
    }
    if (!made) {
        lose(cgroups, strerror(error));
    }
    return made;
}

void cgroups_open(struct cgroups *cgroups, enum cgroup_choice choice, uid_t zygote_uid) {
    enum { WANTED = CONTROLLER_MEMORY | CONTROLLER_PROCESSES | CONTROLLER_CPU };
    *cgroups = (struct cgroups){.zygote_uid = zygote_uid};
    bool open = false;
    if (choice == CHOOSE_NONE) {
        lose(cgroups, "--cgroup none");
    }
    if (choice == CHOOSE_V2 || choice == CHOOSE_AUTO) {
        // In a hybrid what limits is in v1.
        open = open_version(cgroups, CGROUP_V2, choice == CHOOSE_AUTO ? WANTED : 0);
    }
    if (choice == CHOOSE_V1 || (choice == CHOOSE_AUTO && !open)) {
        open = open_version(cgroups, CGROUP_V1, 0);
    }
    if (!open) {
        cgroups->version = CGROUP_NONE;
        cgroups->controllers = 0;
        if (cgroups->reason[0] == '\0') {
            lose(cgroups, "no control groups are mounted here");
        }
    } else if ((cgroups->controllers & WANTED) == WANTED) {
        cgroups->reason[0] = '\0';
    } else if (cgroups->reason[0] == '\0') {
        lose(cgroups, "controllers are missing");
    }
    cgroups->controllers |= swap_in_use() ? 0 : CONTROLLER_NO_SWAP_IN_USE;
}

void cgroups_close(struct cgroups *cgroups) {
    if (cgroups->version == CGROUP_NONE) {
        return;
    }
    cgroups_driver(cgroups)->leave(cgroups);
    remove_root(cgroups);
    // The lock goes last.
    group_close(&cgroups->root);
    cgroups->version = CGROUP_NONE;
}

// ---------------------------------------------------------------- what can be kept

const char *limits_refusal(const struct cgroups *cgroups, const struct cgroup_limits *limits,
                           const char *cpus, bool allow_swap) {
    uint32_t has = cgroups->controllers;
    if (limits->memory_bytes != 0 && (has & CONTROLLER_MEMORY) == 0) {
        return "memory cannot be limited";
    }
    if (limits->memory_bytes != 0 && !allow_swap &&
        (has & (CONTROLLER_SWAP | CONTROLLER_NO_SWAP_IN_USE)) == 0) {
        return "memory can be limited, but swap is in use and the kernel does not account it (boot with "
               "swapaccount=1, or allow swap)";
    }
    if (limits->processes != 0 && (has & CONTROLLER_PROCESSES) == 0) {
        return "processes cannot be limited";
    }
    if (limits->cpu_milli != 0 && (has & CONTROLLER_CPU) == 0) {
        return "CPU cannot be limited";
    }
    if (cpus[0] != '\0' && (has & CONTROLLER_CPU_LIST) == 0) {
        return "sessions cannot be kept on some CPUs";
    }
    return NULL;
}
