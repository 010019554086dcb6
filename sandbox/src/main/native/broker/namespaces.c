// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t namespaces_fork(const struct broker *broker) {
    int mapped[2];
    if (pipe2(mapped, O_CLOEXEC) != 0) {
        return -1;
    }
    uint64_t flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID;
    if (broker->options.confinement == CONFINEMENT_FULL) {
        flags |= CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    }
    struct clone_args arguments = {.flags = flags, .exit_signal = SIGCHLD};
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
        if (ids_map(&broker->accounts, child) != 0 || write(mapped[1], "", 1) != 1) {
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
