// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "credentials.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The ambient set is then empty.
static int set_capabilities(uint64_t held, uint64_t inheritable) {
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
        return -1;
    }
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        sets[i].effective = (uint32_t)(held >> (32 * i));
        sets[i].permitted = sets[i].effective;
        sets[i].inheritable = (uint32_t)(inheritable >> (32 * i));
    }
    return (int)syscall(SYS_capset, &header, sets);
}

int permitted_capabilities(uint64_t *permitted) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    *permitted = 0;
    if (syscall(SYS_capget, &header, sets) != 0) {
        return -1;
    }
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        *permitted |= (uint64_t)sets[i].permitted << (32 * i);
    }
    return 0;
}

int hold_capabilities(uint64_t held) {
    uint64_t permitted;
    return permitted_capabilities(&permitted) != 0 ? -1 : set_capabilities(held & permitted, 0);
}

int keep_capabilities(uint64_t kept) {
    if (set_capabilities(kept, kept) != 0) {
        return -1;
    }
    for (unsigned long number = 0; number < 64; number++) {
        if ((kept & CAPABILITY(number)) != 0 &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0) {
            return -1;
        }
    }
    return 0;
}

int limit_bounding_capabilities(uint64_t kept) {
    for (unsigned long number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++) {
        if ((kept & CAPABILITY(number)) == 0 && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) {
            return errno == EPERM ? 0 : -1;
        }
    }
    return 0;
}

int become(uid_t uid, gid_t gid) {
    if (getuid() == uid && geteuid() == uid && getgid() == gid && getegid() == gid) {
        return getgroups(0, NULL) == 0 || setgroups(0, NULL) == 0 || errno == EPERM ? 0 : -1;
    }
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
        prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setresuid(uid, uid, uid) != 0) {
        return -1;
    }
    return 0;
}
