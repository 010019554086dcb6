// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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

// Every uid that is used keeps its number inside; no other exists there, not even 0.
static int map_ids(const struct broker *broker, pid_t child) {
    const struct accounts *accounts = &broker->accounts;
    char uids[64];
    char gids[64];
    unsigned count = accounts->privileged ? accounts->count + 1 : 1;
    snprintf(uids, sizeof uids, "%u %u %u", accounts->zygote_uid, accounts->zygote_uid, count);
    snprintf(gids, sizeof gids, "%u %u %u", accounts->zygote_gid, accounts->zygote_gid, count);
    if (!accounts->privileged && write_file(child, "setgroups", "deny") != 0) {
        return -1;
    }
    return write_file(child, "uid_map", uids) != 0 || write_file(child, "gid_map", gids) != 0 ? -1
                                                                                              : 0;
}

pid_t namespaces_fork(const struct broker *broker) {
    int mapped[2];
    if (pipe2(mapped, O_CLOEXEC) != 0) {
        return -1;
    }
    struct clone_args arguments = {
        .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID,
        .exit_signal = SIGCHLD,
    };
    pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0) {
        char ok;
        close(mapped[1]);
        if (read(mapped[0], &ok, 1) != 1) {
            _exit(1);
        }
        close(mapped[0]);
        return 0;
    }
    int error = errno;
    close(mapped[0]);
    if (child > 0) {
        if (map_ids(broker, child) != 0 || write(mapped[1], "", 1) != 1) {
            error = errno;
            kill(child, SIGKILL);
            waitpid(child, NULL, 0);
            child = -1;
        }
    }
    close(mapped[1]);
    errno = error;
    return child;
}

int namespaces_mount(void) {
    // As a slave it still sees what the host mounts and unmounts later.
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0) {
        return -1;
    }
    return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static _Noreturn void probe(void) {
    if (namespaces_mount() != 0) {
        _exit(errno);
    }
    // What a zygote does for each satellite.
    _exit(unshare(CLONE_NEWPID | CLONE_NEWNS) != 0 ? errno : 0);
}

void lifetime_detect(struct broker *broker) {
    broker->lifetime = LIFETIME_TREE;
    if (broker->options.lifetime_tree) {
        snprintf(broker->lifetime_reason, sizeof broker->lifetime_reason, "--lifetime tree");
        return;
    }
    pid_t child = namespaces_fork(broker);
    if (child == 0) {
        probe();
    }
    int status = 0;
    if (child < 0) {
        snprintf(broker->lifetime_reason, sizeof broker->lifetime_reason,
                 "user, mount and pid namespaces: %s", strerror(errno));
    } else if (waitpid(child, &status, 0) != child || status != 0) {
        snprintf(broker->lifetime_reason, sizeof broker->lifetime_reason,
                 "mounting /proc in a user namespace: %s",
                 WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "the probe was killed");
    } else {
        broker->lifetime = LIFETIME_NAMESPACES;
    }
}
