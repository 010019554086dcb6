// SPDX-License-Identifier: Apache-2.0
//
// Resource pools and the groups of their sessions, as pools.c, session_group.c and limits.c share them.

#ifndef LAUNCHPAD_POOL_H
#define LAUNCHPAD_POOL_H

#include "session.h"

enum { POOL_NAME_MAX = 63 };

// One resource pool.
struct pool {
    struct pool *next;
    uint64_t id;
    char name[POOL_NAME_MAX + 1];
    bool allow_swap;
    struct cgroup group;
    uint64_t memory_bytes;
    struct cgroup_limits session;
    uint64_t session_cpu_time_us;
    uint32_t last_group;
    // Its count of memory refused when a session of it was last ended for memory.
    uint64_t memory_refused;
    // To be used again, or (v2) not yet removable.
    struct session_group *idle;
};

// The group of one session at a time.
struct session_group {
    struct session_group *next;
    struct pool *pool;
    char name[16];
    struct cgroup group;
    int entries[ENTRY_FDS_MAX];
    int entry_count;
    // Readable when v1's kernel is about to end a process for want of memory, of this group or of one beside it.
    struct watch memory_event;
    struct cgroup_limits limits;
    uint64_t cpu_time_us;
    // When to look at it next; 0 when there is nothing to look for.
    int64_t check;
    int memory_checks;
    struct cgroup_events before;
    struct session *session;
};

// --- pools.c
struct cgroup_limits read_limits(struct reader *reader);

// --- session_group.c; 0 or -1 with errno
int session_group_limit(struct broker *broker, struct session_group *group,
                        const struct cgroup_limits *limits);

// --- limits.c
uint64_t grown(uint64_t before, uint64_t after);
enum limit memory_limit_met(const struct broker *broker, const struct session_group *group,
                            const struct cgroup_events *now);
void memory_event_ready(struct broker *broker, void *owner, uint32_t events);
// From when on it is looked at; its CPU time is counted from 0.
void checks_start(struct broker *broker, struct session_group *group);

#endif
