// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "confinement.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

int system_calls_restrict(const struct confinement *confinement) {
    if (leaves_out(LAYER_SYSTEM_CALLS)) {
        return 0;
    }
    struct sock_fprog program = {
        .len = (unsigned short)confinement->filter_length,
        .filter = (struct sock_filter *)(uintptr_t)confinement->filter,
    };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
