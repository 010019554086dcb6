// SPDX-License-Identifier: Apache-2.0
//
// Which files are read and written: finding hierarchies in texts like the kernel's, and the limits of both
// versions in a folder with files of the kernel's names.

#define _GNU_SOURCE
#include "broker/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno));   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static char base[] = "/tmp/launchpad-cgroup-test-XXXXXX";
static int root;

static void put(const char *name, const char *text) {
    int fd = openat(root, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

// The kernel's files take each write as a whole; these keep what was longer before.
static bool holds(const char *name, const char *text) {
    char found[256];
    return read_text(root, name, found, sizeof found) == 0 &&
           strncmp(found, text, strlen(text)) == 0;
}

static int find(const char *mounts, const char *groups, struct found_hierarchy *found) {
    char mounts_path[64];
    char groups_path[64];
    put("mountinfo", mounts);
    put("cgroup", groups);
    snprintf(mounts_path, sizeof mounts_path, "%s/mountinfo", base);
    snprintf(groups_path, sizeof groups_path, "%s/cgroup", base);
    return hierarchies_find(mounts_path, groups_path, found);
}

static void a_unified_machine_has_one_hierarchy(void) {
    struct found_hierarchy found[FOUND_MAX];
    CHECK(find("22 1 0:20 / /proc rw - proc proc rw\n"
               "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
               "0::/system.slice/launchpad.service\n", found) == 1);
    CHECK(found[0].v2);
    CHECK(strcmp(found[0].own, "/sys/fs/cgroup/system.slice/launchpad.service") == 0);
    CHECK(strcmp(found[0].mount, "/sys/fs/cgroup") == 0);
}

static void a_hybrid_machine_has_one_for_each_controller(void) {
    struct found_hierarchy found[FOUND_MAX];
    CHECK(find("31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
               "32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
               "33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
               "34 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
               "35 30 0:31 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n",
               "9:devices:/\n8:name=systemd:/s\n4:memory:/m/own\n3:cpu,cpuacct:/\n0::/u\n",
               found) == 3);
    CHECK(found[0].v2 && strcmp(found[0].own, "/sys/fs/cgroup/unified/u") == 0);
    CHECK(strcmp(found[1].controllers, "memory") == 0);
    CHECK(strcmp(found[1].own, "/sys/fs/cgroup/memory/m/own") == 0);
    CHECK(strcmp(found[2].controllers, "cpu,cpuacct") == 0);
    CHECK(strcmp(found[2].own, "/sys/fs/cgroup/cpu,cpuacct") == 0);
}

static void in_a_container_a_part_of_the_tree_is_mounted(void) {
    struct found_hierarchy found[FOUND_MAX];
    const char *mounts = "33 30 0:29 /docker/1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
    CHECK(find(mounts, "4:memory:/docker/1/sub\n", found) == 1);
    CHECK(strcmp(found[0].own, "/sys/fs/cgroup/memory/sub") == 0);
    // What is not mounted here cannot be used.
    CHECK(find(mounts, "4:memory:/docker/2\n", found) == 0);
    CHECK(find("33 30 0:29 / /m rw - cgroup cgroup rw,memory\n", "4:memory:/../other\n", found) ==
          0);
}

static void broken_texts_find_nothing(void) {
    struct found_hierarchy found[FOUND_MAX];
    CHECK(find("", "", found) == 0);
    CHECK(find("33 30\n - cgroup\n33 30 0:29 / /m rw cgroup rw,memory\n", "::\n4:memory\n", found) ==
          0);
    CHECK(hierarchies_find("/nonexistent", "/nonexistent", found) == 0);
}

static void words_are_whole(void) {
    CHECK(has_word("cpuset cpu io memory\n", "cpu"));
    CHECK(has_word("memory\n", "memory"));
    CHECK(!has_word("cpuset cpuacct", "cpu"));
    CHECK(!has_word("", "cpu"));
    CHECK(has_word("rw,cpu,cpuacct", "cpuacct"));
}

static void numbers_stand_behind_their_keys(void) {
    const char *text = "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_user_usec 5\n";
    CHECK(find_number(text, "user_usec") == 20);
    CHECK(find_number(text, "system_usec") == 10);
    CHECK(find_number(text, "absent") == 0);
    CHECK(find_number("", "max") == 0);
}

static struct cgroups fake(enum cgroup_version version, uint32_t controllers) {
    struct cgroups cgroups = {.version = version, .controllers = controllers, .count = 1};
    cgroups.hierarchies[0].controllers = controllers;
    return cgroups;
}

static void version_2_writes_its_files(void) {
    struct cgroups cgroups = fake(CGROUP_V2, 31);
    struct cgroup group = {.folders = {root, -1, -1, -1, -1}};
    const char *const files[] = {"memory.max", "memory.swap.max", "pids.max", "cpu.max",
                                 "memory.oom.group"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        put(files[i], "");
    }
    put("cgroup.procs", "");
    CHECK(cgroup_v2.prepare(&cgroups, &group, true) == 0);
    CHECK(holds("memory.oom.group", "1"));
    struct cgroup_limits limits = {.memory_bytes = 1000, .processes = 20, .cpu_milli = 1500};
    CHECK(cgroup_v2.limit(&cgroups, &group, &limits, false) == 0);
    CHECK(holds("memory.max", "1000") && holds("memory.swap.max", "0") && holds("pids.max", "20") &&
          holds("cpu.max", "150000 100000"));
    CHECK(cgroup_v2.limit(&cgroups, &group, &limits, true) == 0 && holds("memory.swap.max", "max"));
    CHECK(cgroup_v2.limit(&cgroups, &group, &(struct cgroup_limits){0}, false) == 0);
    CHECK(holds("memory.max", "max") && holds("pids.max", "max") && holds("cpu.max", "max 100000"));
    put("cpu.stat", "usage_usec 30\nuser_usec 20\nsystem_usec 10\n");
    put("memory.current", "4096\n");
    put("pids.current", "3\n");
    struct cgroup_usage usage;
    cgroup_v2.measure(&cgroups, &group, &usage);
    CHECK(usage.cpu_user_us == 20 && usage.cpu_system_us == 10 && usage.processes == 3);
    // Before 5.19 there is no peak.
    CHECK(usage.memory_peak_bytes == 4096);
    put("memory.peak", "8192\n");
    cgroup_v2.measure(&cgroups, &group, &usage);
    CHECK(usage.memory_peak_bytes == 8192);
    put("memory.events", "low 0\nhigh 0\nmax 9\noom 4\noom_kill 2\noom_group_kill 1\n");
    put("memory.events.local", "low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\noom_group_kill 1\n");
    put("pids.events", "max 7\n");
    struct cgroup_events events;
    cgroup_v2.count(&cgroups, &group, &events);
    CHECK(events.oom_kills == 2 && events.memory_refused == 1 && events.processes_refused == 7);
}

static void a_missing_controller_is_not_written_to(void) {
    struct cgroups cgroups = fake(CGROUP_V2, CONTROLLER_PROCESSES);
    struct cgroup group = {.folders = {root, -1, -1, -1, -1}};
    unlinkat(root, "memory.max", 0);
    unlinkat(root, "cpu.max", 0);
    CHECK(cgroup_v2.limit(&cgroups, &group, &(struct cgroup_limits){.processes = 5}, false) == 0);
    CHECK(holds("pids.max", "5"));
    // What is there must be written.
    unlinkat(root, "pids.max", 0);
    CHECK(cgroup_v2.limit(&cgroups, &group, &(struct cgroup_limits){.processes = 5}, false) != 0);
}

static void version_1_writes_its_files(void) {
    struct cgroups cgroups = fake(CGROUP_V1, 31);
    struct cgroup group = {.folders = {root, -1, -1, -1, -1}};
    put("memory.limit_in_bytes", "9223372036854771712\n");
    put("memory.memsw.limit_in_bytes", "");
    put("pids.max", "");
    put("cpu.cfs_quota_us", "");
    struct cgroup_limits limits = {.memory_bytes = 1000, .processes = 20, .cpu_milli = 500};
    CHECK(cgroup_v1.limit(&cgroups, &group, &limits, false) == 0);
    CHECK(holds("memory.limit_in_bytes", "1000") && holds("memory.memsw.limit_in_bytes", "1000") &&
          holds("pids.max", "20") && holds("cpu.cfs_quota_us", "50000"));
    CHECK(cgroup_v1.limit(&cgroups, &group, &(struct cgroup_limits){0}, false) == 0);
    CHECK(holds("memory.limit_in_bytes", "-1") && holds("memory.memsw.limit_in_bytes", "-1") &&
          holds("pids.max", "max") && holds("cpu.cfs_quota_us", "-1"));
}

static void what_cannot_be_kept_is_refused(void) {
    struct cgroup_limits memory = {.memory_bytes = 1};
    struct cgroups cgroups = fake(CGROUP_V1, CONTROLLER_MEMORY);
    CHECK(strstr(limits_refusal(&cgroups, &memory, "", false), "swap") != NULL);
    CHECK(limits_refusal(&cgroups, &memory, "", true) == NULL);
    cgroups = fake(CGROUP_V1, CONTROLLER_MEMORY | CONTROLLER_SWAP);
    CHECK(limits_refusal(&cgroups, &memory, "", false) == NULL);
    cgroups = fake(CGROUP_V1, CONTROLLER_MEMORY | CONTROLLER_NO_SWAP_IN_USE);
    CHECK(limits_refusal(&cgroups, &memory, "", false) == NULL);
    CHECK(limits_refusal(&cgroups, &(struct cgroup_limits){.processes = 1}, "", false) != NULL);
    CHECK(limits_refusal(&cgroups, &(struct cgroup_limits){.cpu_milli = 1}, "", false) != NULL);
    CHECK(limits_refusal(&cgroups, &(struct cgroup_limits){0}, "0-1", false) != NULL);
    cgroups = fake(CGROUP_NONE, 0);
    CHECK(limits_refusal(&cgroups, &(struct cgroup_limits){0}, "", false) == NULL);
    CHECK(limits_refusal(&cgroups, &memory, "", true) != NULL);
}

// Whether the next process that is taken hold of has left the group by then.
static bool leaves;
static int signals;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...) {
    long arguments[4];
    va_list list;
    va_start(list, number);
    for (size_t i = 0; i < 4; i++) {
        arguments[i] = va_arg(list, long);
    }
    va_end(list);
    signals += number == SYS_pidfd_send_signal;
    if (number == SYS_pidfd_open && leaves) {
        put("cgroup.procs", "");
    }
    return __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3]);
}

static void what_is_in_a_group_is_ended_and_nothing_else(void) {
    char text[64];
    int status;
    pid_t child = fork();
    while (child == 0) {
        pause();
    }
    // 0 is one of another pid namespace, and this program never ends itself.
    snprintf(text, sizeof text, "%d\n0\n%d\n", (int)child, (int)getpid());
    put("cgroup.procs", text);
    CHECK(count_processes(root) == 3);
    leaves = true;
    CHECK(kill_processes(root) == 3);
    CHECK(signals == 0);
    leaves = false;
    put("cgroup.procs", text);
    CHECK(kill_processes(root) == 3 && signals == 1);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    put("cgroup.procs", "");
    CHECK(kill_processes(root) == 0 && count_processes(root) == 0);
    CHECK(unlinkat(root, "cgroup.procs", 0) == 0);
    CHECK(kill_processes(root) == -1 && count_processes(root) == -1);
}

static void groups_nobody_has_locked_are_swept(void) {
    CHECK(mkdirat(root, "launchpad-broker-000001", 0700) == 0);
    CHECK(mkdirat(root, "launchpad-broker-000001/pool", 0700) == 0);
    CHECK(mkdirat(root, "launchpad-broker-000001/pool/1", 0700) == 0);
    CHECK(mkdirat(root, "others", 0700) == 0);
    // As host-setup makes it for a user.
    CHECK(mkdirat(root, "launchpad-alice", 0700) == 0);
    sweep_groups(root);
    CHECK(faccessat(root, "launchpad-broker-000001", F_OK, 0) != 0);
    CHECK(faccessat(root, "others", F_OK, 0) == 0);
    CHECK(faccessat(root, "launchpad-alice", F_OK, 0) == 0);
    CHECK(remove_tree(root, "others") && remove_tree(root, "absent"));
}

int main(void) {
    CHECK(mkdtemp(base) != NULL);
    root = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(root >= 0);
    a_unified_machine_has_one_hierarchy();
    a_hybrid_machine_has_one_for_each_controller();
    in_a_container_a_part_of_the_tree_is_mounted();
    broken_texts_find_nothing();
    words_are_whole();
    numbers_stand_behind_their_keys();
    version_2_writes_its_files();
    a_missing_controller_is_not_written_to();
    version_1_writes_its_files();
    what_cannot_be_kept_is_refused();
    what_is_in_a_group_is_ended_and_nothing_else();
    groups_nobody_has_locked_are_swept();
    char command[sizeof base + 16];
    snprintf(command, sizeof command, "rm -rf %s", base);
    CHECK(system(command) == 0);
    puts("cgroup_test: passed");
    return 0;
}
