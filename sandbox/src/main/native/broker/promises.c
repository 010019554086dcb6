// SPDX-License-Identifier: Apache-2.0
//
// What the machine can keep of `--sandbox full`. What it must and cannot ends the start, with what to do.

#define _GNU_SOURCE
#include "broker.h"

#include "../session/confinement.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REFUSAL "--sandbox full cannot be kept: "

static void require_namespaces(const struct broker *broker) {
    if (broker->lifetime != LIFETIME_NAMESPACES) {
        refuse_start(REFUSAL "%s. Allow user namespaces (`launchpad doctor` names the command), or confine nothing with "
               "sandbox = none",
               broker->lifetime_reason);
    }
}

static void require_accounts(const struct broker *broker) {
    if (broker->accounts.count < 2) {
        refuse_start(REFUSAL "uid %u has no range of worker accounts in /etc/subuid and /etc/subgid. As root, once: "
               "launchpad host-setup --user NAME",
               broker->accounts.zygote_uid);
    }
}

static void require_filter(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0) {
        refuse_start(REFUSAL "the kernel filters no system calls (CONFIG_SECCOMP_FILTER): %s", strerror(errno));
    }
}

static void add(struct broker *broker, const char *promise) {
    broker->promises[broker->promise_count++] = promise;
}

void promises_detect(struct broker *broker) {
    if (broker->options.confinement == CONFINEMENT_NONE) {
        return;
    }
    require_accounts(broker);
    require_namespaces(broker);
    require_filter();
    add(broker, "namespaces: user, mount, pid, network, ipc, uts, cgroup");
    add(broker, "root folder: read-only, of what the policy names");
    add(broker, "scratch folder: private, limited in size and files");
    add(broker, "account: a uid of its own, without capabilities");
    add(broker, "network: none, and no sockets but Unix ones");
    add(broker, "system calls: those the policy allows");
    static char landlock[64];
    int abi = landlock_abi();
    if (abi > 0) {
        snprintf(landlock, sizeof landlock, "landlock: version %d", abi);
    } else {
        // A second line behind the mounts: its absence costs depth, not a promise.
        snprintf(landlock, sizeof landlock, "landlock: not in this kernel; the mounts stand alone");
    }
    add(broker, landlock);
}
