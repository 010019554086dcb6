// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "confinement.h"

#include <sys/resource.h>

int limits_apply(const struct confinement *confinement) {
    if (leaves_out(LAYER_LIMITS)) {
        return 0;
    }
    for (uint32_t i = 0; i < confinement->limit_count; i++) {
        struct rlimit now;
        rlim_t value = confinement->limits[i].value;
        // What the host allows less of stays so.
        if (getrlimit((__rlimit_resource_t)confinement->limits[i].resource, &now) != 0) {
            return -1;
        }
        rlim_t lower = value < now.rlim_max ? value : now.rlim_max;
        struct rlimit limit = {.rlim_cur = lower, .rlim_max = lower};
        if (setrlimit((__rlimit_resource_t)confinement->limits[i].resource, &limit) != 0) {
            return -1;
        }
    }
    return 0;
}
