// SPDX-License-Identifier: Apache-2.0
//
// Groups of sessions: given to one, reported of, emptied, and used again or removed.

#define _GNU_SOURCE
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cgroup_driver *driver(const struct broker *broker) {
    return cgroups_driver(&broker->cgroups);
}

static void forget(struct broker *broker, struct session_group *group) {
    watch_close(broker, &group->memory_event);
    for (int i = 0; i < group->entry_count; i++) {
        close_fd(&group->entries[i]);
    }
    group_close(&group->group);
    free(group);
}

static struct session_group *make_group(struct broker *broker, struct pool *pool) {
    const struct cgroups *cgroups = &broker->cgroups;
    struct session_group *group = calloc(1, sizeof *group);
    if (group == NULL) {
        return NULL;
    }
    group->pool = pool;
    group->memory_event.fd = -1;
    snprintf(group->name, sizeof group->name, "%u", ++pool->last_group);
    if (group_make(cgroups, &pool->group, group->name, true, &group->group) != 0) {
        free(group);
        return NULL;
    }
    int event = -1;
    group->entry_count = driver(broker)->entries(cgroups, &group->group, group->entries);
    if (group->entry_count >= 0) {
        event = driver(broker)->watch_memory(cgroups, &group->group);
    }
    if (group->entry_count < 0 ||
        (event >= 0 &&
         !watch_add(broker, &group->memory_event, event, memory_event_ready, group))) {
        int error = errno;
        close_fd(&event);
        group->entry_count = group->entry_count < 0 ? 0 : group->entry_count;
        group_remove(cgroups, &pool->group, group->name, &group->group);
        forget(broker, group);
        errno = error;
        return NULL;
    }
    // No limit so far: whatever is wanted differs.
    group->limits = (struct cgroup_limits){0};
    driver(broker)->count(cgroups, &group->group, &group->before);
    return group;
}

static bool is_same(const struct cgroup_limits *one, const struct cgroup_limits *other) {
    return one->memory_bytes == other->memory_bytes && one->processes == other->processes &&
           one->cpu_milli == other->cpu_milli;
}

int session_group_limit(struct broker *broker, struct session_group *group,
                        const struct cgroup_limits *limits) {
    if (is_same(&group->limits, limits)) {
        return 0;
    }
    if (driver(broker)->limit(&broker->cgroups, &group->group, limits, group->pool->allow_swap) !=
        0) {
        return -1;
    }
    group->limits = *limits;
    return 0;
}

struct session_group *session_group_open(struct broker *broker, struct pool *pool,
                                         const char **reason) {
    *reason = NULL;
    if (broker->cgroups.version == CGROUP_NONE) {
        return NULL;
    }
    struct session_group *group = driver(broker)->reused ? pool->idle : NULL;
    if (group != NULL) {
        pool->idle = group->next;
    } else {
        group = make_group(broker, pool);
    }
    if (group == NULL || session_group_limit(broker, group, &pool->session) != 0) {
        *reason = strerror(errno);
        if (group != NULL) {
            group->next = pool->idle;
            pool->idle = group;
        }
        return NULL;
    }
    group->next = NULL;
    group->cpu_time_us = pool->session_cpu_time_us;
    group->begun = false;
    group->user_us_before = 0;
    group->system_us_before = 0;
    memory_limits_watch(broker, group);
    return group;
}

void session_group_put(const struct broker *broker, const struct session_group *group,
                       struct message *message) {
    put_u32(message, (uint32_t)(group == NULL ? ENTRY_NONE : driver(broker)->entry));
    for (int i = 0; group != NULL && i < group->entry_count; i++) {
        message->fds[message->fd_count++] = group->entries[i];
    }
}

void session_group_started(struct session *session) {
    if (session->group != NULL) {
        session->group->session = session;
    }
}

enum limit session_group_report(struct broker *broker, struct session_group *group,
                                struct group_report *report) {
    struct cgroup_usage usage = usage_of(broker, group);
    struct cgroup_events events;
    group->session = NULL;
    group->check = 0;
    group->memory_checks = 0;
    driver(broker)->count(&broker->cgroups, &group->group, &events);
    *report = (struct group_report){
        .cpu_us = usage.cpu_user_us + usage.cpu_system_us,
        .memory_peak_bytes = usage.memory_peak_bytes,
        .memory_limit_bytes = group->limits.memory_bytes,
        .cpu_time_limit_us = group->cpu_time_us,
        .processes_limit = group->limits.processes,
        .processes_refused =
            grown(group->before.processes_refused, events.processes_refused),
    };
    return memory_limit_met(broker, group, &events);
}

void session_group_discount(const struct session_group *group, struct exit_report *report) {
    report->user_us = grown(group->user_us_before, report->user_us);
    report->system_us = grown(group->system_us_before, report->system_us);
}

bool session_group_empty(const struct broker *broker, const struct session_group *group) {
    return group_kill(&broker->cgroups, &group->group);
}

// v2: what could not be removed because the kernel was not done with a process.
static void remove_idle(struct broker *broker, struct pool *pool) {
    struct session_group **link = &pool->idle;
    while (*link != NULL) {
        struct session_group *group = *link;
        if (group_remove(&broker->cgroups, &pool->group, group->name, &group->group) == 0) {
            *link = group->next;
            forget(broker, group);
        } else {
            link = &group->next;
        }
    }
}

void session_group_close(struct broker *broker, struct session_group *group) {
    struct pool *pool = group->pool;
    group->session = NULL;
    if (driver(broker)->reused && driver(broker)->reset(&broker->cgroups, &group->group) != 0) {
        log_line("control group %s/%s is not used again: %s", pool->name, group->name,
                 strerror(errno));
        group_remove(&broker->cgroups, &pool->group, group->name, &group->group);
        forget(broker, group);
        return;
    }
    group->next = pool->idle;
    pool->idle = group;
    if (!driver(broker)->reused) {
        remove_idle(broker, pool);
    }
}
