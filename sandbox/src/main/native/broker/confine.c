// SPDX-License-Identifier: Apache-2.0
//
// Tells a zygote how its satellites are confined: session/confinement.h, in a sealed file.

#define _GNU_SOURCE
#include "zygote_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool fill(const struct broker *broker, const struct zygote_spec *spec,
                 struct confinement *confinement) {
    const struct policy *policy = spec->policy;
    if (policy->limit_count > CONFINED_LIMITS_MAX || policy->access_count > CONFINED_ACCESSES_MAX ||
        policy->filter_length > CONFINED_FILTER_MAX) {
        return false;
    }
    confinement->version = CONFINEMENT_VERSION;
    confinement->account_first = broker->accounts.first;
    confinement->account_count = broker->accounts.count;
    confinement->scratch_bytes = spec->scratch_bytes;
    confinement->scratch_inodes = spec->scratch_inodes;
    confinement->limit_count = (uint32_t)policy->limit_count;
    for (size_t i = 0; i < policy->limit_count; i++) {
        confinement->limits[i] = (struct confined_limit){
            .resource = policy->limits[i].resource,
            .value = policy->limits[i].value,
        };
    }
    confinement->access_count = (uint32_t)policy->access_count;
    for (size_t i = 0; i < policy->access_count; i++) {
        confinement->accesses[i].rights = policy->accesses[i].rights;
        snprintf(confinement->accesses[i].path, sizeof confinement->accesses[i].path, "%s",
                 policy->accesses[i].path);
    }
    confinement->filter_length = (uint32_t)policy->filter_length;
    memcpy(confinement->filter, policy->filter, policy->filter_length * sizeof *policy->filter);
    return true;
}

int confinement_file(const struct broker *broker, const struct zygote_spec *spec) {
    struct confinement *confinement = calloc(1, sizeof *confinement);
    int file = memfd_create("confinement", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool made = confinement != NULL && file >= 0 && fill(broker, spec, confinement) &&
                write(file, confinement, sizeof *confinement) == (ssize_t)sizeof *confinement &&
                fcntl(file, F_ADD_SEALS,
                      F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
    free(confinement);
    if (!made) {
        close_fd(&file);
    }
    return file;
}
