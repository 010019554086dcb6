// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cgroup.h"

#include "broker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { KILLED_AT_ONCE = 64 };

int write_text(int folder, const char *name, const char *text) {
    int fd = openat(folder, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ssize_t written = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return written < 0 ? -1 : 0;
}

int write_u64(int folder, const char *name, uint64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return write_text(folder, name, text);
}

int read_text(int folder, const char *name, char *text, size_t size) {
    text[0] = '\0';
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ssize_t length = read(fd, text, size - 1);
    int error = errno;
    close(fd);
    errno = error;
    text[length > 0 ? length : 0] = '\0';
    return length < 0 ? -1 : 0;
}

uint64_t read_number(int folder, const char *name) {
    char text[64];
    return read_text(folder, name, text, sizeof text) == 0 ? strtoull(text, NULL, 10) : 0;
}

uint64_t find_number(const char *text, const char *key) {
    size_t length = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ' ') {
            return strtoull(line + length + 1, NULL, 10);
        }
    }
    return 0;
}

struct pids {
    pid_t *items;
    size_t count;
};

// Those in a group; 0 is one that this pid namespace does not see. 0, or -1 with errno.
static int read_pids(int folder, struct pids *pids) {
    int fd = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
    *pids = (struct pids){0};
    if (list == NULL) {
        close_fd(&fd);
        return -1;
    }
    size_t room = 0;
    long pid;
    while (fscanf(list, "%ld", &pid) == 1) {
        if (pids->count == room) {
            room = room == 0 ? 64 : room * 2;
            pid_t *larger = realloc(pids->items, room * sizeof *larger);
            if (larger == NULL) {
                break;
            }
            pids->items = larger;
        }
        pids->items[pids->count++] = (pid_t)pid;
    }
    fclose(list);
    return 0;
}

static bool has_pid(const struct pids *pids, pid_t pid) {
    for (size_t i = 0; i < pids->count; i++) {
        if (pids->items[i] == pid) {
            return true;
        }
    }
    return false;
}

// Takes hold of some processes, and ends those that are in the group still: a number alone may meanwhile be a
// process's of the host.
static void kill_some(int folder, const pid_t *some, size_t count) {
    int held[KILLED_AT_ONCE];
    struct pids still;
    memset(held, -1, sizeof held);
    for (size_t i = 0; i < count; i++) {
        if (some[i] > 0 && some[i] != getpid()) {
            held[i] = (int)syscall(SYS_pidfd_open, some[i], 0);
        }
    }
    if (read_pids(folder, &still) == 0) {
        for (size_t i = 0; i < count; i++) {
            if (held[i] >= 0 && has_pid(&still, some[i])) {
                syscall(SYS_pidfd_send_signal, held[i], SIGKILL, NULL, 0);
            }
        }
        free(still.items);
    }
    for (size_t i = 0; i < count; i++) {
        close_fd(&held[i]);
    }
}

int count_processes(int folder) {
    struct pids pids;
    int result = read_pids(folder, &pids);
    free(pids.items);
    return result != 0 ? -1 : (int)pids.count;
}

int kill_processes(int folder) {
    struct pids pids;
    if (read_pids(folder, &pids) != 0) {
        return -1;
    }
    for (size_t done = 0; done < pids.count; done += KILLED_AT_ONCE) {
        size_t left = pids.count - done;
        kill_some(folder, pids.items + done, left < KILLED_AT_ONCE ? left : KILLED_AT_ONCE);
    }
    free(pids.items);
    return (int)pids.count;
}

static void pause_briefly(void) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static bool remove_empty(int parent, const char *name) {
    enum { ATTEMPTS_MAX = 2000 };
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
            return true;
        }
        int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder >= 0) {
            kill_processes(folder);
            close_fd(&folder);
        }
        // A process that was just ended is in its group a moment longer.
        pause_briefly();
    }
    return false;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the broker makes groups; no satellite makes any
bool remove_tree(int parent, const char *name) {
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = folder < 0 ? NULL : fdopendir(folder);
    if (entries == NULL) {
        close_fd(&folder);
        return errno == ENOENT;
    }
    struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
            remove_tree(dirfd(entries), entry->d_name);
        }
    }
    closedir(entries);
    return remove_empty(parent, name);
}

void sweep_groups(int base) {
    int copy = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (entries == NULL) {
        close_fd(&copy);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, CGROUP_PREFIX, sizeof CGROUP_PREFIX - 1) != 0) {
            continue;
        }
        struct stat stat;
        int folder =
            openat(base, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder >= 0 && fstat(folder, &stat) == 0 && stat.st_uid == geteuid() &&
            flock(folder, LOCK_EX | LOCK_NB) == 0) {
            log_line("removing control group %s, which a broker that was killed left behind",
                     entry->d_name);
            if (!remove_tree(base, entry->d_name)) {
                log_line("%s is left: %s", entry->d_name, strerror(errno));
            }
        }
        close_fd(&folder);
    }
    closedir(entries);
}
