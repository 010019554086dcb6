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
#include <time.h>
#include <unistd.h>

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

int kill_processes(int folder) {
    int fd = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
    if (list == NULL) {
        close_fd(&fd);
        return -1;
    }
    int found = 0;
    long pid;
    while (fscanf(list, "%ld", &pid) == 1) {
        found++;
        // 0 is one that this pid namespace does not see.
        if (pid > 0 && pid != getpid()) {
            kill((pid_t)pid, SIGKILL);
        }
    }
    fclose(list);
    return found;
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
