// SPDX-License-Identifier: Apache-2.0
//
// Resource pools: made when all of their limits will hold, and never else.

#define _GNU_SOURCE
#include "pool.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POOLS_MAX = 256 };

struct pool *pool_find(struct broker *broker, uint64_t id) {
    struct pool *pool = broker->pools;
    while (pool != NULL && pool->id != id) {
        pool = pool->next;
    }
    return pool;
}

struct cgroup_limits read_limits(struct reader *reader) {
    struct cgroup_limits limits = {.memory_bytes = read_u64(reader)};
    limits.processes = read_u64(reader);
    limits.cpu_milli = read_u64(reader);
    return limits;
}

static bool is_name(const char *text) {
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_') {
            return false;
        }
    }
    return length > 0 && length <= POOL_NAME_MAX;
}

static bool is_cpu_list(const char *text) {
    return strspn(text, "0123456789,-") == strlen(text) && strlen(text) < 200;
}

// Null, or why its limits will not hold.
static const char *make_pool(struct broker *broker, struct pool *pool,
                             const struct cgroup_limits *limits, const char *cpus) {
    const struct cgroups *cgroups = &broker->cgroups;
    const char *refusal = limits_refusal(cgroups, limits, cpus, pool->allow_swap);
    if (refusal == NULL) {
        refusal = limits_refusal(cgroups, &pool->session, "", pool->allow_swap);
    }
    if (refusal == NULL && pool->session_cpu_time_us != 0 &&
        (cgroups->controllers & CONTROLLER_CPU_ACCOUNT) == 0) {
        refusal = "CPU time is not accounted";
    }
    if (refusal != NULL || cgroups->version == CGROUP_NONE) {
        return refusal;
    }
    if (group_make(cgroups, &cgroups->root, pool->name, false, &pool->group) != 0) {
        return strerror(errno);
    }
    if (cgroups_driver(cgroups)->limit(cgroups, &pool->group, limits, pool->allow_swap) != 0 ||
        (cpus[0] != '\0' && cgroups_driver(cgroups)->list_cpus(cgroups, &pool->group, cpus) != 0)) {
        refusal = strerror(errno);
        group_remove(cgroups, &cgroups->root, pool->name, &pool->group);
        return refusal;
    }
    pool->memory_event = cgroups_driver(cgroups)->watch_memory(cgroups, &pool->group);
    return NULL;
}

static int count_pools(const struct broker *broker) {
    int count = 0;
    for (const struct pool *pool = broker->pools; pool != NULL; pool = pool->next) {
        count++;
    }
    return count;
}

bool pool_set(struct broker *broker, const struct message *message) {
    static struct message answer;
    struct reader reader = reader_of(message);
    char *name = read_string(&reader);
    uint32_t flags = read_u32(&reader);
    char *cpus = read_string(&reader);
    struct cgroup_limits limits = read_limits(&reader);
    struct cgroup_limits session = read_limits(&reader);
    uint64_t cpu_time_us = read_u64(&reader);
    uint64_t id = message->header.id;
    bool valid = read_all(&reader) && is_name(name) && is_cpu_list(cpus) && flags <= 1 &&
                 id != 0 && pool_find(broker, id) == NULL;
    struct pool *pool = valid ? calloc(1, sizeof *pool) : NULL;
    if (pool != NULL) {
        *pool = (struct pool){.next = broker->pools,
                              .id = id,
                              .allow_swap = flags == 1,
                              .memory_bytes = limits.memory_bytes,
                              .session = session,
                              .session_cpu_time_us = cpu_time_us,
                              .memory_event = -1};
        snprintf(pool->name, sizeof pool->name, "%s", name);
        memset(&pool->group, -1, sizeof pool->group);
        const char *refusal = count_pools(broker) >= POOLS_MAX
                                  ? "there are too many pools"
                                  : make_pool(broker, pool, &limits, cpus);
        message_begin(&answer, POOL_SET, id, 0);
        put_string(&answer, refusal == NULL ? "" : refusal);
        if (refusal == NULL) {
            broker->pools = pool;
        } else {
            free(pool);
        }
        service_send(broker, &answer);
    }
    free(name);
    free(cpus);
    return valid;
}
