// SPDX-License-Identifier: Apache-2.0
//
// Which limit a session met, where its group has been another session's and its pool is others' too: version 1, in
// folders with files of the kernel's names.

#define _GNU_SOURCE
#include "broker/pool.h"
#include "broker/session.h"
#include "check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWN_LIMIT = 64 << 20, POOL_LIMIT = 128 << 20 };

static char base[] = "/tmp/launchpad-session-group-test-XXXXXX";
static int group_folder_fd;
static int pool_folder_fd;
static struct broker broker = {.epoll = -1};
static struct pool pool = {.memory_bytes = POOL_LIMIT, .session = {.memory_bytes = OWN_LIMIT}};

static void put(int folder, const char *name, unsigned long value) {
    char text[64];
    bool events = strcmp(name, "memory.oom_control") == 0;
    snprintf(text, sizeof text, events ? "oom_kill_disable 0\nunder_oom 0\noom_kill %lu\n" : "%lu\n", value);
    int fd = openat(folder, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static int make_folder(int parent, const char *name) {
    static const char *const FILES[] = {"memory.oom_control",      "memory.failcnt",
                                        "memory.memsw.failcnt",    "memory.usage_in_bytes",
                                        "memory.max_usage_in_bytes", "memory.limit_in_bytes",
                                        "memory.memsw.limit_in_bytes"};
    CHECK(mkdirat(parent, name, 0700) == 0);
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(folder >= 0);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        put(folder, FILES[i], 0);
    }
    return folder;
}

static void out_of_memory(void) {
    uint64_t one = 1;
    CHECK(write(pool.memory_event, &one, sizeof one) == (ssize_t)sizeof one);
}

static struct session_group *open_group(void) {
    const char *reason;
    struct session_group *group = session_group_open(&broker, &pool, &reason);
    CHECK(group != NULL && reason == NULL);
    return group;
}

static enum limit end_session(struct session_group *group) {
    struct group_report report;
    enum limit met = session_group_report(&broker, group, &report);
    session_group_close(&broker, group);
    return met;
}

static void a_session_that_is_killed_at_its_own_limit_met_that(void) {
    struct session_group *group = open_group();
    put(group_folder_fd, "memory.oom_control", 1);
    put(group_folder_fd, "memory.memsw.failcnt", 7);
    CHECK(end_session(group) == LIMIT_MEMORY);
}

static void what_the_last_session_left_dying_is_not_the_nexts(void) {
    struct session_group *group = open_group();
    CHECK(end_session(group) == LIMIT_NONE);
    // A process of it, ended for memory after the report.
    put(group_folder_fd, "memory.oom_control", 2);
    put(group_folder_fd, "memory.memsw.failcnt", 9);
    group = open_group();
    CHECK(end_session(group) == LIMIT_NONE);
}

static void refusals_without_a_kill_are_not_kept_for_the_next(void) {
    struct session_group *group = open_group();
    put(group_folder_fd, "memory.failcnt", 20);
    CHECK(end_session(group) == LIMIT_NONE);
    group = open_group();
    put(group_folder_fd, "memory.oom_control", 3);
    CHECK(end_session(group) == LIMIT_HOST_MEMORY);
}

static void the_pools_limit_is_met_when_it_refused_meanwhile(void) {
    struct session_group *group = open_group();
    put(group_folder_fd, "memory.oom_control", 4);
    put(pool_folder_fd, "memory.failcnt", 5);
    CHECK(end_session(group) == LIMIT_POOL_MEMORY);
    // The kernel does not always count it, but says that there was no memory.
    put(pool_folder_fd, "memory.max_usage_in_bytes", POOL_LIMIT);
    for (int i = 0; i < 2; i++) {
        group = open_group();
        put(group_folder_fd, "memory.oom_control", 5U + (unsigned)i);
        out_of_memory();
        CHECK(end_session(group) == LIMIT_POOL_MEMORY);
    }
}

static void a_pool_that_was_full_once_is_not_full_for_ever(void) {
    // Of a session before this one.
    out_of_memory();
    struct session_group *group = open_group();
    put(group_folder_fd, "memory.oom_control", 7);
    CHECK(end_session(group) == LIMIT_HOST_MEMORY);
    // And nothing was set back below its running sessions.
    CHECK(read_number(pool_folder_fd, "memory.max_usage_in_bytes") == POOL_LIMIT);
    CHECK(read_number(pool_folder_fd, "memory.failcnt") == 5);
}

int main(void) {
    CHECK(mkdtemp(base) != NULL);
    int root = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(root >= 0);
    pool_folder_fd = make_folder(root, "pool");
    group_folder_fd = make_folder(pool_folder_fd, "1");
    broker.cgroups = (struct cgroups){
        .version = CGROUP_V1, .count = 1, .controllers = CONTROLLER_MEMORY | CONTROLLER_SWAP};
    broker.cgroups.hierarchies[0].controllers = CONTROLLER_MEMORY;
    memset(&pool.group, -1, sizeof pool.group);
    pool.group.folders[0] = pool_folder_fd;
    pool.memory_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(pool.memory_event >= 0);
    struct session_group *group = calloc(1, sizeof *group);
    CHECK(group != NULL);
    group->pool = &pool;
    group->memory_event.fd = -1;
    memset(&group->group, -1, sizeof group->group);
    group->group.folders[0] = group_folder_fd;
    pool.idle = group;
    a_session_that_is_killed_at_its_own_limit_met_that();
    what_the_last_session_left_dying_is_not_the_nexts();
    refusals_without_a_kill_are_not_kept_for_the_next();
    the_pools_limit_is_met_when_it_refused_meanwhile();
    a_pool_that_was_full_once_is_not_full_for_ever();
    free(group);
    char command[sizeof base + 16];
    snprintf(command, sizeof command, "rm -rf %s", base);
    CHECK(system(command) == 0);
    puts("session_group_test: passed");
    return 0;
}

// ---------------------------------------------------------------- the rest of the broker is not asked

int64_t now_ms(void) {
    abort();
}
bool watch_add(struct broker *of, struct watch *watch, int fd, watch_ready ready, void *owner) {
    (void)of;
    (void)watch;
    (void)fd;
    (void)ready;
    (void)owner;
    abort();
}
void watch_close(struct broker *of, struct watch *watch) {
    (void)of;
    (void)watch;
    abort();
}
struct session *session_find(struct broker *of, uint64_t slot, uint64_t generation) {
    (void)of;
    (void)slot;
    (void)generation;
    abort();
}
void session_over_limit(struct broker *of, struct session *session, enum limit limit) {
    (void)of;
    (void)session;
    (void)limit;
    abort();
}
void service_send(struct broker *of, struct message *message) {
    (void)of;
    (void)message;
    abort();
}
struct cgroup_limits read_limits(struct reader *reader) {
    (void)reader;
    abort();
}
