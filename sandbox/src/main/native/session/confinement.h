// SPDX-License-Identifier: Apache-2.0
//
// What the broker tells a zygote about the confinement of its satellites: this struct, in a sealed
// file at descriptor 5.

#ifndef LAUNCHPAD_CONFINEMENT_H
#define LAUNCHPAD_CONFINEMENT_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    CONFINEMENT_FILE = 5,
    CONFINEMENT_VERSION = 1,
    CONFINED_LIMITS_MAX = 16,
    CONFINED_ACCESSES_MAX = 32,
    CONFINED_PATH_BYTES = 120,
    CONFINED_FILTER_MAX = 4096,
};

// Where a session's folders are, the same for all: each has a file system of its own there.
#define SESSION_FOLDER "/session"
#define SESSION_WORK SESSION_FOLDER "/work"
#define SESSION_TEMPORARY SESSION_FOLDER "/tmp"
#define SESSION_SHARED_MEMORY SESSION_FOLDER "/shm"

struct confined_limit {
    uint32_t resource;
    uint32_t reserved;
    uint64_t value;
};

struct confined_access {
    char path[CONFINED_PATH_BYTES];
    // Of enum access_right.
    uint32_t rights;
};

struct confinement {
    uint32_t version;
    uint32_t account_first;
    uint32_t account_count;
    uint32_t scratch_inodes;
    uint64_t scratch_bytes;
    uint32_t limit_count;
    uint32_t access_count;
    uint32_t filter_length;
    struct confined_limit limits[CONFINED_LIMITS_MAX];
    struct confined_access accesses[CONFINED_ACCESSES_MAX];
    struct sock_filter filter[CONFINED_FILTER_MAX];
};

// Layers that a build leaves out for tests that show what the others hold: make CFLAGS=-DLEFT_OUT=1. No build that is
// used leaves out any.
enum layer {
    LAYER_LANDLOCK = 1,
    LAYER_SYSTEM_CALLS = 2,
    LAYER_NETWORKS = 4,
    LAYER_LIMITS = 8,
    // More folders of the host in the root folder.
    LAYER_NAMES = 16,
    LAYER_READ_ONLY = 32,
    // The zygote's own are kept.
    LAYER_CAPABILITIES = 64,
    LAYER_IPC = 128,
    LAYER_PIDS = 256,
    LAYER_GROUPS = 512,
    LAYER_SCRATCH = 1024,
    LAYER_HOST_NAME = 2048,
    LAYER_GROUP_NAMES = 4096,
};

#ifndef LEFT_OUT
#define LEFT_OUT 0
#endif

static inline bool leaves_out(enum layer layer) {
    return (LEFT_OUT & layer) != 0;
}

// Each of the following is one mechanism. 0 or -1 with errno; never half done: who fails ends.

// --- network.c: an empty network namespace for each account
// Makes room for the accounts' networks; called once.
int networks_open(const struct confinement *confinement);
// The descriptor of the account's, made when it is first asked for.
int network_of(const struct confinement *confinement, uid_t uid);

// --- session_mounts.c
// Its own mount, ipc and uts namespaces, and `network`. In the session's first process.
int session_enter_namespaces(int network);
// Its own cgroup namespace, the scratch file system, owned by the account, and a /proc of the session alone.
int session_mount(const struct confinement *confinement, uid_t uid, gid_t gid);
// Its folders; as the account.
int session_make_folders(void);

// --- limits.c
int limits_apply(const struct confinement *confinement);

// --- landlock.c
// The kernel's version of it; 0 without.
int landlock_abi(void);
// Does nothing on a kernel without.
int landlock_apply(const struct confinement *confinement);

// --- system_calls.c
int system_calls_restrict(const struct confinement *confinement);

#endif
