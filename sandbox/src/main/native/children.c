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

// The parent of a process, from /proc/PID/stat; 0 when it is gone.
static pid_t parent_of(int proc, const char *pid) {
    char path[64];
    snprintf(path, sizeof path, "%s/stat", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    char text[512];
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    // The name in parentheses is the process's own choice and may hold anything: look behind the last. There
    // stand a space, a letter for the state, a space and the parent.
    const char *behind_name = strrchr(text, ')');
    return behind_name == NULL || strlen(behind_name) < 4 ? 0 : (pid_t)strtol(behind_name + 4, NULL, 10);
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
        if (pid <= 0 || parent_of(dirfd(proc), entry->d_name) != self ||
            (spare != NULL && spare(pid, context))) {
            continue;
        }
        // A child cannot be another process before this one has reaped it, which happens elsewhere.
        kill(pid, SIGKILL);
        found++;
    }
    closedir(proc);
    return found;
}
