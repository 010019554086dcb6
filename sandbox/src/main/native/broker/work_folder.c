// SPDX-License-Identifier: Apache-2.0
//
// The broker's folder, and in it one private folder for each session.
//
// Removal flattens: a folder inside the session's folder is emptied by moving its own folders up beside
// it. So depth costs neither stack nor descriptors, and a step can be bounded in entries.

#define _GNU_SOURCE
#include "broker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char ROOT_PREFIX[] = "launchpad-work-";

// Opens a folder for emptying, even when its owner took the right to.
static int open_folder(int parent, const char *name) {
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    struct stat stat;
    int fd = openat(parent, name, flags);
    if (fd >= 0 && fstat(fd, &stat) == 0 && (stat.st_mode & S_IRWXU) == S_IRWXU) {
        return fd;
    }
    close_fd(&fd);
    // By its descriptor, not its name: where a process is left, that may be a link to elsewhere a moment later.
    int closed = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", closed);
    if (closed >= 0 && chmod(path, S_IRWXU) == 0) {
        fd = openat(closed, ".", flags);
    }
    int error = errno;
    close_fd(&closed);
    errno = error;
    return fd;
}

struct removal_run {
    int top;
    long left;
    unsigned long moved;
    bool failed;
};

// Folders of the session's folder are moved up; names of ours cannot meet each other.
static void move_up(struct removal_run *run, int folder, const char *name) {
    char unique[64];
    int result;
    do {
        snprintf(unique, sizeof unique, ".launchpad-removed-%lu", run->moved++);
        result = renameat2(folder, name, run->top, unique, RENAME_NOREPLACE);
    } while (result != 0 && errno == EEXIST);
    if (result != 0 && errno == EACCES) {
        int child = open_folder(folder, name);
        close_fd(&child);
        result = renameat2(folder, name, run->top, unique, RENAME_NOREPLACE);
    }
    run->failed |= result != 0;
}

// Removes what is in a folder that is not a folder; `inner` are moved up, or emptied when at the top.
// NOLINTNEXTLINE(misc-no-recursion): two deep, since the inner call is not at the top.
static void empty_folder(struct removal_run *run, int folder, bool is_top) {
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (entries == NULL) {
        close_fd(&copy);
        run->failed = true;
        return;
    }
    struct dirent *entry;
    while (!run->failed && run->left > 0 && (entry = readdir(entries)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
            continue;
        }
        run->left--;
        if (unlinkat(folder, name, 0) == 0 || unlinkat(folder, name, AT_REMOVEDIR) == 0) {
            continue;
        }
        if (errno != ENOTEMPTY && errno != EEXIST) {
            run->failed = true;
        } else if (!is_top) {
            move_up(run, folder, name);
        } else {
            int inner = open_folder(folder, name);
            if (inner < 0) {
                run->failed = true;
                break;
            }
            empty_folder(run, inner, false);
            close(inner);
            unlinkat(folder, name, AT_REMOVEDIR);
        }
    }
    closedir(entries);
}

enum removal work_folder_remove(int root, const char *name, long entries_max) {
    if (unlinkat(root, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
        return REMOVAL_DONE;
    }
    struct removal_run run = {.top = open_folder(root, name), .left = entries_max};
    if (run.top < 0) {
        return REMOVAL_FAILED;
    }
    int removed = -1;
    while (removed != 0 && !run.failed && run.left > 0) {
        long before = run.left;
        empty_folder(&run, run.top, true);
        removed = unlinkat(root, name, AT_REMOVEDIR);
        // One that is empty and stays would be tried for ever.
        run.failed |= removed != 0 && run.left == before;
    }
    close(run.top);
    if (removed == 0) {
        return REMOVAL_DONE;
    }
    return run.failed ? REMOVAL_FAILED : REMOVAL_MORE;
}

int work_folder_make(const struct broker *broker, const char *name, uid_t uid, gid_t gid) {
    if (mkdirat(broker->work_root, name, S_IRWXU) != 0) {
        return -1;
    }
    if (broker->accounts.privileged &&
        fchownat(broker->work_root, name, uid, gid, AT_SYMLINK_NOFOLLOW) != 0) {
        int error = errno;
        unlinkat(broker->work_root, name, AT_REMOVEDIR);
        errno = error;
        return -1;
    }
    return 0;
}

// What runs as the accounts whose folders these are could change them under way.
static void end_owners(const struct broker *broker, int folder) {
    enum { ATTEMPTS_MAX = 1000 };
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (entries == NULL) {
        close_fd(&copy);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        struct stat stat;
        if (fstatat(folder, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) != 0 ||
            stat.st_uid - broker->accounts.first >= broker->accounts.count) {
            continue;
        }
        for (int i = 0; i < ATTEMPTS_MAX && account_kill(stat.st_uid) > 0; i++) {
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        }
    }
    closedir(entries);
}

// A broker holds a lock on its folder while it lives: one without is what a killed broker left.
static void sweep_one(const struct broker *broker, int base, const char *name) {
    struct stat stat;
    int folder = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        return;
    }
    if (fstat(folder, &stat) == 0 && stat.st_uid == geteuid() &&
        flock(folder, LOCK_EX | LOCK_NB) == 0) {
        log_line("removing %s, which a broker that was killed left behind", name);
        if (broker->accounts.privileged) {
            end_owners(broker, folder);
        }
        while (work_folder_remove(base, name, 1000000) == REMOVAL_MORE) {
        }
    }
    close(folder);
}

static void sweep(const struct broker *broker) {
    const char *base_path = broker->options.work_base;
    DIR *base = opendir(base_path);
    if (base == NULL) {
        die("work folder %s: %s", base_path, strerror(errno));
    }
    struct dirent *entry;
    while ((entry = readdir(base)) != NULL) {
        if (strncmp(entry->d_name, ROOT_PREFIX, sizeof ROOT_PREFIX - 1) == 0) {
            sweep_one(broker, dirfd(base), entry->d_name);
        }
    }
    closedir(base);
}

// False when another broker's sweep came between making and locking.
static bool try_open_root(struct broker *broker) {
    int length = snprintf(broker->work_path, sizeof broker->work_path, "%s/%sXXXXXX",
                          broker->options.work_base, ROOT_PREFIX);
    if (length < 0 || (size_t)length >= sizeof broker->work_path ||
        mkdtemp(broker->work_path) == NULL) {
        die("work folder below %s: %s", broker->options.work_base, strerror(errno));
    }
    struct stat stat;
    broker->work_root =
        open(broker->work_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    // Accounts pass through to their own folders but cannot list them.
    if (broker->work_root >= 0 && flock(broker->work_root, LOCK_EX | LOCK_NB) == 0 &&
        fchmod(broker->work_root, S_IRWXU | S_IXGRP | S_IXOTH) == 0 &&
        fstat(broker->work_root, &stat) == 0 && stat.st_nlink > 0) {
        return true;
    }
    close_fd(&broker->work_root);
    return false;
}

void work_root_open(struct broker *broker) {
    enum { ATTEMPTS_MAX = 8 };
    sweep(broker);
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        if (try_open_root(broker)) {
            return;
        }
    }
    die("work folder %s: %s", broker->work_path, strerror(errno));
}

void work_root_remove(struct broker *broker) {
    enum removal removal;
    do {
        removal = work_folder_remove(AT_FDCWD, broker->work_path, 1000000);
    } while (removal == REMOVAL_MORE);
    if (removal == REMOVAL_FAILED) {
        log_line("could not remove %s: %s", broker->work_path, strerror(errno));
    }
}
