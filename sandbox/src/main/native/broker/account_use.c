// SPDX-License-Identifier: Apache-2.0
//
// Whether worker accounts are nobody else's, and nobody's any more.

#define _GNU_SOURCE
#include "broker.h"

#include <dirent.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_own(const char *name, const char *service_user) {
    return strcmp(name, "root") == 0 || strcmp(name, "0") == 0 ||
           (service_user != NULL && strcmp(name, service_user) == 0);
}

static bool find_user(const char *path, const struct id_range *range, char *refusal, size_t size) {
    FILE *file = fopen(path, "re");
    bool found = false;
    const struct passwd *user;
    while (file != NULL && !found && (user = fgetpwent(file)) != NULL) {
        found = user->pw_uid - range->first < range->count;
        if (found) {
            snprintf(refusal, size, "uid %u is %.64s's in %s", user->pw_uid, user->pw_name, path);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

static bool find_subordinate(const char *path, const struct id_range *range,
                             const char *service_user, char *refusal, size_t size) {
    FILE *file = fopen(path, "re");
    bool found = false;
    char line[256];
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        char name[64];
        unsigned long first;
        unsigned long count;
        if (sscanf(line, "%63[^:]:%lu:%lu", name, &first, &count) == 3 &&
            !is_own(name, service_user)) {
            found = first < range->first + (unsigned long)range->count &&
                    range->first < first + count;
            snprintf(refusal, size, "%s gives %lu to %lu to %s", path, first, first + count - 1,
                     name);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

bool accounts_are_free(const struct account_files *files, const struct id_range *range,
                       const char *service_user, char *refusal, size_t size) {
    return !find_user(files->passwd, range, refusal, size) &&
           !find_subordinate(files->subuid, range, service_user, refusal, size);
}

static bool runs_as(int proc, const char *pid, uid_t uid) {
    struct stat stat;
    return fstatat(proc, pid, &stat, 0) == 0 && stat.st_uid == uid;
}

// The descriptor stays with one process; a number may meanwhile be another's.
static bool kill_one(int proc, const char *pid, uid_t uid) {
    int process = (int)syscall(SYS_pidfd_open, (pid_t)strtol(pid, NULL, 10), 0);
    bool killed = process >= 0 && runs_as(proc, pid, uid) &&
                  syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0) == 0;
    close_fd(&process);
    return killed;
}

int account_kill(uid_t uid) {
    DIR *proc = opendir("/proc");
    int found = 0;
    struct dirent *entry;
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        if (strtol(entry->d_name, NULL, 10) > 0 && runs_as(dirfd(proc), entry->d_name, uid)) {
            found += kill_one(dirfd(proc), entry->d_name, uid);
        }
    }
    if (proc != NULL) {
        closedir(proc);
    }
    return found;
}
