// SPDX-License-Identifier: Apache-2.0
//
// Which uids and gids exist inside a zygote's user namespace. Every one that does keeps its number; no other
// exists there, not even 0.
//
// Whoever may write a map of several numbers, root or a broker with CAP_SETUID and CAP_SETGID, writes it. For others
// newuidmap and newgidmap do, as far as /etc/subuid and /etc/subgid give the numbers to the user.

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELPER_MS = 10000 };

struct id_map {
    unsigned own;
    unsigned first;
    unsigned count;
};

static int write_file(pid_t pid, const char *name, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    size_t length = strlen(text);
    ssize_t written = write(fd, text, length);
    int error = errno;
    close(fd);
    errno = error;
    return written == (ssize_t)length ? 0 : -1;
}

// Everything else waits meanwhile: one that asks a directory of users which does not answer is given up.
static int wait_for(pid_t child, const char *helper, int *status) {
    int process = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd end = {.fd = process, .events = POLLIN};
    int ended = process < 0 ? -1 : poll(&end, 1, HELPER_MS);
    close_fd(&process);
    if (ended != 1) {
        log_line("%s did not end within %d s and is killed: see whether the host's users can be looked up "
                 "(getent passwd)",
                 helper, HELPER_MS / 1000);
        if (kill(child, SIGKILL) != 0) {
            return -1;
        }
    }
    if (waitpid(child, status, 0) != child) {
        return -1;
    }
    errno = ETIMEDOUT;
    return ended == 1 ? 0 : -1;
}

static int run_helper(const char *helper, pid_t pid, const struct id_map *map) {
    char numbers[4][16];
    snprintf(numbers[0], sizeof numbers[0], "%d", (int)pid);
    snprintf(numbers[1], sizeof numbers[1], "%u", map->own);
    snprintf(numbers[2], sizeof numbers[2], "%u", map->first);
    snprintf(numbers[3], sizeof numbers[3], "%u", map->count);
    pid_t child = fork();
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        execlp(helper, helper, numbers[0], numbers[1], numbers[1], "1", numbers[2], numbers[2],
               numbers[3], (char *)NULL);
        _exit(127);
    }
    int status = -1;
    if (child < 0 || wait_for(child, helper, &status) != 0) {
        return -1;
    }
    if (status != 0) {
        log_line("%s refused the worker accounts %u to %u", helper, map->first,
                 map->first + map->count - 1);
        errno = EPERM;
        return -1;
    }
    return 0;
}

static int write_map(pid_t pid, const char *file, const char *helper, const struct id_map *map) {
    char text[96];
    snprintf(text, sizeof text, "%u %u 1\n%u %u %u\n", map->own, map->own, map->first, map->first,
             map->count);
    if (write_file(pid, file, text) == 0) {
        return 0;
    }
    return errno == EPERM ? run_helper(helper, pid, map) : -1;
}

// Without accounts there is one number only, which everybody may map.
static int map_own_ids(const struct accounts *accounts, pid_t child) {
    char uids[64];
    char gids[64];
    snprintf(uids, sizeof uids, "%u %u 1", accounts->zygote_uid, accounts->zygote_uid);
    snprintf(gids, sizeof gids, "%u %u 1", accounts->zygote_gid, accounts->zygote_gid);
    return write_file(child, "setgroups", "deny") != 0 || write_file(child, "uid_map", uids) != 0 ||
                   write_file(child, "gid_map", gids) != 0
               ? -1
               : 0;
}

int ids_map(const struct accounts *accounts, pid_t child) {
    if (accounts->first == accounts->zygote_uid) {
        return map_own_ids(accounts, child);
    }
    struct id_map uids = {
        .own = accounts->zygote_uid, .first = accounts->first, .count = accounts->count};
    struct id_map gids = {
        .own = accounts->zygote_gid, .first = accounts->gid_first, .count = accounts->count};
    return write_map(child, "uid_map", "newuidmap", &uids) != 0 ||
                   write_map(child, "gid_map", "newgidmap", &gids) != 0
               ? -1
               : 0;
}
