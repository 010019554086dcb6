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
    // v1: an eventfd that counts how often it, or a group above, was out of memory; and what was read of it. Else -1.
    int memory_event;
    uint64_t out_of_memory;
    uint32_t last_group;
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
    // Whether its CPU time counts, and what it had used before: its satellite's start and warming.
    bool begun;
    uint64_t user_us_before;
    uint64_t system_us_before;
    // When to look at it next; 0 when there is nothing to look for.
    int64_t check;
    int memory_checks;
    // When it was given to its session: of the group, and of the pool, where others' sessions count on.
    struct cgroup_events before;
    uint64_t pool_refused_before;
    uint64_t pool_out_of_memory_before;
    struct session *session;
};

// --- pools.c
struct cgroup_limits read_limits(struct reader *reader);

// --- session_group.c; 0 or -1 with errno
int session_group_limit(struct broker *broker, struct session_group *group,
                        const struct cgroup_limits *limits);

// --- limits.c
uint64_t grown(uint64_t before, uint64_t after);
// Before a session is in the group: what was counted until then is not of it.
void memory_limits_watch(const struct broker *broker, struct session_group *group);
enum limit memory_limit_met(const struct broker *broker, struct session_group *group,
                            const struct cgroup_events *now);
void memory_event_ready(struct broker *broker, void *owner, uint32_t events);
// What it has used since it began.
struct cgroup_usage usage_of(const struct broker *broker, const struct session_group *group);

#endif
