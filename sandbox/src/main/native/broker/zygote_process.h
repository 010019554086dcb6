// SPDX-License-Identifier: Apache-2.0

#ifndef LAUNCHPAD_ZYGOTE_PROCESS_H
#define LAUNCHPAD_ZYGOTE_PROCESS_H

#include "../policy/policy.h"
#include "../session/confinement.h"
#include "broker.h"

#include <stdio.h>

enum { ROOT_PATH_BYTES = 4096, ROOT_ENTRIES_MAX = 96, ROOT_LINK_BYTES = 256 };

// Where a confined zygote finds the library.
#define CONFINED_LIBRARY "/launchpad/liblaunchpad_zygote.so"
// What is preloaded into every program of it.
#define CONFINED_MACHINE "/launchpad/liblaunchpad_machine.so"
// The zygote of a runtime whose satellites are executed.
#define CONFINED_EXEC "/launchpad/launchpad-exec"

// START_ZYGOTE, parsed.
struct zygote_spec {
    uint32_t start_timeout_ms;
    enum way way;
    // Null when nothing is confined, and then the fields below are empty.
    const struct policy *policy;
    uint64_t scratch_bytes;
    uint32_t scratch_inodes;
    struct string_list readable;
    struct string_list sockets;
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

// One mount, or one link, of a confined zygote's root folder.
struct root_entry {
    char path[ROOT_PATH_BYTES];
    char link[ROOT_LINK_BYTES];
    int tree;
};

struct root_folder {
    struct root_entry entries[ROOT_ENTRIES_MAX];
    int count;
    // The host's /proc/cpuinfo.
    FILE *cpuinfo;
    // What it failed at, and why where `errno` does not say.
    char failed[ROOT_PATH_BYTES];
    const char *why;
};

// --- root_folder.c; 0 or -1 with errno and `failed`
// Before the process becomes the zygote's account.
int root_folder_take(const struct broker *broker, const struct zygote_spec *spec,
                     struct root_folder *root);
// After it has: builds it and makes it the root of this process.
int root_folder_enter(const struct broker *broker, struct root_folder *root);

// --- open_sockets.c
// Whether a socket stands in the tree that everybody may connect to and that is not among the wanted ones. `path` is the
// tree's, and then the socket's.
bool open_socket_find(int tree, const struct string_list *wanted, char *path, size_t size);

// --- machine_files.c: in the current folder; 0 or -1
int machine_files_make(FILE *host_cpuinfo);

// --- confine.c: a descriptor, or -1
int confinement_file(const struct broker *broker, const struct zygote_spec *spec);

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
