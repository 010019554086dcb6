// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "children.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The parent and the state of a process, from /proc/PID/stat; false when it is gone.
static bool read_stat(int proc, const char *pid, pid_t *parent, char *state) {
    char path[64];
    snprintf(path, sizeof path, "%s/stat", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    char text[512];
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) {
        return false;
    }
    text[length] = '\0';
    // The name in parentheses is the process's own choice and may hold anything: look behind the last.
    const char *behind_name = strrchr(text, ')');
    return behind_name != NULL && sscanf(behind_name + 1, " %c %d", state, parent) == 2;
}

int kill_children(spare_child spare, const void *context) {
    DIR *proc = opendir("/proc");
    if (proc == NULL) {
        return -1;
    }
    pid_t self = getpid();
    int found = 0;
    struct dirent *entry;
    while ((entry = readdir(proc)) != NULL) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        pid_t parent;
        char state;
        if (pid <= 0 || !read_stat(dirfd(proc), entry->d_name, &parent, &state) ||
            parent != self || (spare != NULL && spare(pid, context))) {
            continue;
        }
        // A child cannot be another process before this one has reaped it, which happens elsewhere.
        kill(pid, SIGKILL);
        found++;
    }
    closedir(proc);
    return found;
}
