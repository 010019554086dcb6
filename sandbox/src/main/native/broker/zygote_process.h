// SPDX-License-Identifier: Apache-2.0

#ifndef LAUNCHPAD_ZYGOTE_PROCESS_H
#define LAUNCHPAD_ZYGOTE_PROCESS_H

#include "broker.h"

// START_ZYGOTE, parsed.
struct zygote_spec {
    uint32_t start_timeout_ms;
    char *runtime;
    struct string_list arguments;
    struct string_list environment;
};

// Folders on their way into the zygote's mount namespace.
struct exposures {
    int trees[EXPOSED_MAX];
    const char *paths[EXPOSED_MAX];
    int count;
};

// --- exposure.c; 0 or -1 with errno
// Before the process becomes the zygote's account.
int exposures_take(const struct options *options, struct exposures *exposures);
// After it has.
int exposures_place(const struct exposures *exposures);

// --- zygote_process.c
// Makes the calling process, a fork of the broker, the zygote. `control` and `output` are the zygote's
// ends of its socket and its output pipe.
_Noreturn void zygote_run(const struct broker *broker, const struct zygote_spec *spec, int control,
                          int output, pid_t parent);

#endif
