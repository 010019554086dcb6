// SPDX-License-Identifier: Apache-2.0
//
// Hard limits: who is looked at, when, and ended. And what the service sets and asks of a session.

#define _GNU_SOURCE
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    // How often a session is looked at whose CPU time may be over, or of which a process may be ended for memory,
    // and for how long the latter.
    CHECK_MS = 10,
    MEMORY_CHECKS = 100,
};

static const struct cgroup_driver *driver(const struct broker *broker) {
    return cgroups_driver(&broker->cgroups);
}

static void arm_timer(struct broker *broker) {
    int64_t first = 0;
    for (const struct session *session = broker->sessions; session != NULL;
         session = session->next) {
        int64_t check = session->group == NULL ? 0 : session->group->check;
        if (check != 0 && (first == 0 || check < first)) {
            first = check;
        }
    }
    struct itimerspec time = {
        .it_value = {.tv_sec = first / 1000, .tv_nsec = (first % 1000) * 1000000},
    };
    timerfd_settime(broker->check_timer.fd, TFD_TIMER_ABSTIME, &time, NULL);
}

struct cgroup_usage usage_of(const struct broker *broker, const struct session_group *group) {
    struct cgroup_usage usage = {0};
    driver(broker)->measure(&broker->cgroups, &group->group, &usage);
    usage.cpu_user_us = grown(group->user_us_before, usage.cpu_user_us);
    usage.cpu_system_us = grown(group->system_us_before, usage.cpu_system_us);
    return usage;
}

static bool has_cpu_limit(const struct session_group *group) {
    return group->begun && group->cpu_time_us != 0;
}

static uint64_t cpu_used_us(const struct broker *broker, const struct session_group *group) {
    struct cgroup_usage usage = usage_of(broker, group);
    return usage.cpu_user_us + usage.cpu_system_us;
}

// The CPU time can be over at the earliest when every CPU works for it.
static void plan_check(const struct broker *broker, struct session_group *group) {
    group->check = 0;
    if (group->memory_checks > 0) {
        group->check = now_ms() + CHECK_MS;
    } else if (has_cpu_limit(group)) {
        uint64_t used_us = cpu_used_us(broker, group);
        uint64_t left_us = group->cpu_time_us > used_us ? group->cpu_time_us - used_us : 0;
        int64_t wait_ms = (int64_t)(left_us / 1000) / get_nprocs();
        group->check = now_ms() + (wait_ms < CHECK_MS ? CHECK_MS : wait_ms);
    }
}

uint64_t grown(uint64_t before, uint64_t after) {
    return after > before ? after - before : 0;
}

// v1 does not always count a refusal, when memory and memory with swap have the same limit. The kernel charges in
// steps, of which one did not fit.
static bool was_full(uint64_t peak, uint64_t limit) {
    enum { STEPS_BYTES = 4 << 20 };
    return limit != 0 && peak + STEPS_BYTES >= limit;
}

static uint64_t peak_of(const struct broker *broker, const struct cgroup *group) {
    struct cgroup_usage usage;
    driver(broker)->measure(&broker->cgroups, group, &usage);
    return usage.memory_peak_bytes;
}

// The kernel says so before it ends a process.
static uint64_t times_out_of_memory(struct pool *pool) {
    uint64_t times;
    if (pool->memory_event >= 0 && read(pool->memory_event, &times, sizeof times) == (ssize_t)sizeof times) {
        pool->out_of_memory += times;
    }
    return pool->out_of_memory;
}

void memory_limits_watch(const struct broker *broker, struct session_group *group) {
    struct cgroup_events of_pool;
    driver(broker)->count(&broker->cgroups, &group->group, &group->before);
    driver(broker)->count(&broker->cgroups, &group->pool->group, &of_pool);
    group->pool_refused_before = of_pool.memory_refused;
    group->pool_out_of_memory_before = times_out_of_memory(group->pool);
}

enum limit memory_limit_met(const struct broker *broker, struct session_group *group,
                            const struct cgroup_events *now) {
    if (grown(group->before.oom_kills, now->oom_kills) == 0) {
        return LIMIT_NONE;
    }
    if (grown(group->before.memory_refused, now->memory_refused) > 0 ||
        was_full(peak_of(broker, &group->group), group->limits.memory_bytes)) {
        return LIMIT_MEMORY;
    }
    struct pool *pool = group->pool;
    struct cgroup_events of_pool;
    driver(broker)->count(&broker->cgroups, &pool->group, &of_pool);
    bool met = grown(group->pool_refused_before, of_pool.memory_refused) > 0 ||
               (grown(group->pool_out_of_memory_before, times_out_of_memory(pool)) > 0 &&
                was_full(peak_of(broker, &pool->group), pool->memory_bytes));
    return met ? LIMIT_POOL_MEMORY : LIMIT_HOST_MEMORY;
}

static void check(struct broker *broker, struct session *session) {
    struct session_group *group = session->group;
    if (group->memory_checks > 0) {
        struct cgroup_events events;
        group->memory_checks--;
        driver(broker)->count(&broker->cgroups, &group->group, &events);
        enum limit met = memory_limit_met(broker, group, &events);
        if (met != LIMIT_NONE) {
            group->check = 0;
            session_over_limit(broker, session, met);
            return;
        }
    }
    if (has_cpu_limit(group) && cpu_used_us(broker, group) >= group->cpu_time_us) {
        group->check = 0;
        session_over_limit(broker, session, LIMIT_CPU_TIME);
    } else {
        plan_check(broker, group);
    }
}

static void timer_ready(struct broker *broker, void *owner, uint32_t events) {
    uint64_t expirations;
    (void)owner;
    (void)events;
    if (read(broker->check_timer.fd, &expirations, sizeof expirations) < 0 && errno != EAGAIN) {
        log_line("timerfd: %s", strerror(errno));
    }
    int64_t now = now_ms();
    for (struct session *session = broker->sessions; session != NULL; session = session->next) {
        if (session->group != NULL && session->group->check != 0 && now >= session->group->check) {
            check(broker, session);
        }
    }
    arm_timer(broker);
}

void memory_event_ready(struct broker *broker, void *owner, uint32_t events) {
    struct session_group *group = owner;
    uint64_t times;
    (void)events;
    if (read(group->memory_event.fd, &times, sizeof times) == (ssize_t)sizeof times &&
        group->session != NULL) {
        group->memory_checks = MEMORY_CHECKS;
        check(broker, group->session);
        arm_timer(broker);
    }
}

// ---------------------------------------------------------------- messages about a session

bool session_limit(struct broker *broker, const struct message *message) {
    static struct message answer;
    struct reader reader = reader_of(message);
    struct cgroup_limits limits = read_limits(&reader);
    uint64_t cpu_time_us = read_u64(&reader);
    if (!read_all(&reader)) {
        return false;
    }
    struct session *session =
        session_find(broker, message->header.id, message->header.generation);
    const char *refusal = NULL;
    if (session == NULL || session->group == NULL) {
        refusal = session == NULL ? "the session is gone" : "the session is in no control group";
    } else {
        bool allow_swap = session->group->pool->allow_swap;
        refusal = limits_refusal(&broker->cgroups, &limits, "", allow_swap);
        if (refusal == NULL && session_group_limit(broker, session->group, &limits) != 0) {
            refusal = errno == EBUSY ? "the satellite uses more memory than that already"
                                     : strerror(errno);
        }
    }
    if (refusal == NULL) {
        session->group->cpu_time_us = cpu_time_us;
        plan_check(broker, session->group);
        arm_timer(broker);
    }
    message_begin(&answer, LIMITED, message->header.id, message->header.generation);
    put_string(&answer, refusal == NULL ? "" : refusal);
    service_send(broker, &answer);
    return true;
}

bool session_begin(struct broker *broker, const struct message *message) {
    if (message->header.length != sizeof message->header) {
        return false;
    }
    const struct session *session =
        session_find(broker, message->header.id, message->header.generation);
    if (session != NULL && session->group != NULL && session->state == LIVE &&
        !session->group->begun) {
        struct session_group *group = session->group;
        struct cgroup_usage before = usage_of(broker, group);
        group->begun = true;
        group->user_us_before = before.cpu_user_us;
        group->system_us_before = before.cpu_system_us;
        plan_check(broker, group);
        arm_timer(broker);
    }
    return true;
}

bool session_measure(struct broker *broker, const struct message *message) {
    static struct message answer;
    if (message->header.length != sizeof message->header) {
        return false;
    }
    struct cgroup_usage usage = {0};
    uint64_t refused = 0;
    uint64_t kills = 0;
    const struct session *session =
        session_find(broker, message->header.id, message->header.generation);
    if (session != NULL && session->group != NULL && session->state == LIVE) {
        struct cgroup_events events;
        usage = usage_of(broker, session->group);
        driver(broker)->count(&broker->cgroups, &session->group->group, &events);
        refused = grown(session->group->before.processes_refused, events.processes_refused);
        kills = grown(session->group->before.oom_kills, events.oom_kills);
    }
    message_begin(&answer, MEASURED, message->header.id, message->header.generation);
    put_u64(&answer, usage.cpu_user_us);
    put_u64(&answer, usage.cpu_system_us);
    put_u64(&answer, usage.memory_bytes);
    put_u64(&answer, usage.memory_peak_bytes);
    put_u64(&answer, usage.processes);
    put_u64(&answer, refused);
    put_u64(&answer, kills);
    service_send(broker, &answer);
    return true;
}

// ---------------------------------------------------------------- the broker's start and end

void limits_open(struct broker *broker) {
    cgroups_open(&broker->cgroups, broker->options.cgroup, broker->accounts.zygote_uid);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0 || !watch_add(broker, &broker->check_timer, timer, timer_ready, NULL)) {
        die("timerfd: %s", strerror(errno));
    }
}

void limits_close(struct broker *broker) {
    cgroups_close(&broker->cgroups);
}

void limits_print(struct broker *broker) {
    static const char *const versions[] = {"none", "v1", "v2"};
    static const char *const names[] = {"memory",      "swap",     "processes",     "cpu",
                                        "cpu_account", "cpu_list", "no_swap_in_use"};
    cgroups_open(&broker->cgroups, broker->options.cgroup, geteuid());
    printf("%s\n", versions[broker->cgroups.version]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((broker->cgroups.controllers & (1U << i)) != 0) {
            printf("%s ", names[i]);
        }
    }
    printf("\n%s\n", broker->cgroups.reason);
    cgroups_close(&broker->cgroups);
}
