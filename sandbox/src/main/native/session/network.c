// SPDX-License-Identifier: Apache-2.0
//
// Network namespaces with nothing in them. Making one costs more than all the rest of a park, so each account
// keeps its own: an account has one live session at most, and its next one starts when nothing of the last is left.

#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

static int *networks;
static int own_network = -1;

static int open_current(void) {
    return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

int networks_open(const struct confinement *confinement) {
    networks = malloc(confinement->account_count * sizeof *networks);
    own_network = open_current();
    if (networks == NULL || own_network < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < confinement->account_count; i++) {
        networks[i] = -1;
    }
    return 0;
}

static int make(void) {
    if (unshare(CLONE_NEWNET) != 0) {
        return -1;
    }
    int made = open_current();
    int error = errno;
    // Satellites of other sessions must not start where this one's is.
    if (setns(own_network, CLONE_NEWNET) != 0) {
        abort();
    }
    errno = error;
    return made;
}

int network_of(const struct confinement *confinement, uid_t uid) {
    uint32_t index = uid - confinement->account_first;
    if (index >= confinement->account_count) {
        errno = EINVAL;
        return -1;
    }
    if (networks[index] < 0) {
        networks[index] = make();
    }
    return networks[index];
}
