// SPDX-License-Identifier: Apache-2.0
//
// A broker has its accounts for itself while it lives: it ends every process that it finds under one of them.
//
// Claims are record locks on one file: the byte at offset N stands for uid N. The kernel tells which ranges meet, and
// who holds them, and ends a claim with its process. The file is this user's alone, in a folder of this user's alone,
// since whoever may open it may lock it.

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_private(int fd, mode_t type) {
    struct stat stat;
    return fstat(fd, &stat) == 0 && (stat.st_mode & S_IFMT) == type && stat.st_uid == geteuid() &&
           (stat.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int claims_open(const char *base, const char *folder, char *refusal, size_t size) {
    int parent = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool made = parent >= 0 && (mkdirat(parent, folder, 0700) == 0 || errno == EEXIST);
    int own = made ? openat(parent, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    int claims = -1;
    if (own >= 0 && is_private(own, S_IFDIR)) {
        claims = openat(own, "claims", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    } else if (own >= 0) {
        errno = EPERM;
    }
    snprintf(refusal, size, "%s/%s must be a folder that uid %u alone may change: %s", base, folder,
             geteuid(), strerror(errno));
    close_fd(&own);
    close_fd(&parent);
    return claims;
}

// Of all users, and nobody's to remove what another has put there.
static bool is_of_all(const char *path) {
    struct stat stat;
    return lstat(path, &stat) == 0 && S_ISDIR(stat.st_mode) && (stat.st_mode & S_ISVTX) != 0 &&
           (stat.st_mode & S_IWOTH) != 0;
}

int claims_open_own(char *refusal, size_t size) {
    if (geteuid() == 0) {
        return claims_open("/run", "launchpad-accounts", refusal, size);
    }
    char folder[40];
    snprintf(folder, sizeof folder, "launchpad-accounts-%u", geteuid());
    return claims_open(is_of_all("/run/lock") ? "/run/lock" : "/tmp", folder, refusal, size);
}

static struct flock lock_of(const struct id_range *range) {
    return (struct flock){.l_type = F_WRLCK,
                          .l_whence = SEEK_SET,
                          .l_start = (off_t)range->first,
                          .l_len = (off_t)range->count};
}

enum claim claim_take(int claims, const struct id_range *range, struct claim_holder *holder) {
    for (;;) {
        struct flock lock = lock_of(range);
        if (fcntl(claims, F_SETLK, &lock) == 0) {
            return CLAIM_TAKEN;
        }
        if ((errno != EAGAIN && errno != EACCES) || fcntl(claims, F_GETLK, &lock) != 0) {
            return CLAIM_FAILED;
        }
        if (lock.l_type != F_UNLCK) {
            *holder = (struct claim_holder){
                .pid = lock.l_pid > 0 ? lock.l_pid : 0,
                .range = {.first = (uid_t)lock.l_start, .count = (uint32_t)lock.l_len}};
            return CLAIM_HELD;
        }
        // Given up in between.
    }
}

bool claim_take_any(int claims, const struct id_range *bounds, uint32_t count,
                    bool (*is_free)(const struct id_range *range, const void *context),
                    const void *context, struct id_range *taken) {
    uid_t end = bounds->first + bounds->count;
    while (end - bounds->first >= count) {
        struct id_range range = {.first = end - count, .count = count};
        struct claim_holder holder = {.range = range};
        if (is_free(&range, context)) {
            switch (claim_take(claims, &range, &holder)) {
            case CLAIM_TAKEN:
                *taken = range;
                return true;
            case CLAIM_FAILED:
                return false;
            case CLAIM_HELD:
                break;
            }
        }
        end = holder.range.first;
        if (end < bounds->first) {
            break;
        }
    }
    return false;
}
