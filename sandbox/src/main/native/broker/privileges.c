// SPDX-License-Identifier: Apache-2.0
//
// What the broker keeps of the rights it was started with, before it reads the first message.

#define _GNU_SOURCE
#include "broker.h"

#include "../credentials.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

// As ops/systemd/launchpad.service and BROKER.md list them.
static const uint64_t OF_ROOT =
    // Accounts: taken, mapped into zygotes' namespaces, and their bounding sets emptied.
    CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_SETPCAP) |
    // Some kernels make user namespaces for nobody else.
    CAPABILITY(CAP_SYS_ADMIN) |
    // What the service and accounts run is ended, and what they own given and removed.
    CAPABILITY(CAP_KILL) | CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_FOWNER) | CAPABILITY(CAP_DAC_OVERRIDE);

// Writing the maps of zygotes' namespaces, where an administrator has granted it.
static const uint64_t OF_ORDINARY_USER = CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID);

void privileges_reduce(const struct broker *broker) {
    bool root = broker->accounts.privileged;
    if (hold_capabilities(root ? OF_ROOT : OF_ORDINARY_USER) != 0) {
        die("dropping capabilities: %s", strerror(errno));
    }
    // No program it starts gets others back. An ordinary user's starts newuidmap, whose rights are its own affair.
    if (root && limit_bounding_capabilities(OF_ROOT) != 0) {
        die("dropping capabilities from the bounding set: %s", strerror(errno));
    }
    // No core file, and no process of root without these capabilities looks into it. An ordinary user's stays its
    // user's: else the maps of its children were root's files.
    if (root && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        die("PR_SET_DUMPABLE: %s", strerror(errno));
    }
}
