// SPDX-License-Identifier: Apache-2.0
//
// Control groups: what the kernel can limit here, and one group for each session.
//
// One interface over two back ends: v2's single tree, and v1's tree for each controller. A `group` is the
// same path in all of them. Knows nothing of sessions and messages: limits.c does.

#ifndef LAUNCHPAD_CGROUP_H
#define LAUNCHPAD_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Of the names of brokers' own groups.
#define CGROUP_PREFIX "launchpad-broker-"

enum cgroup_version { CGROUP_NONE = 0, CGROUP_V1 = 1, CGROUP_V2 = 2 };

// As in WELCOME.
enum controller {
    CONTROLLER_MEMORY = 1,
    CONTROLLER_SWAP = 2,
    CONTROLLER_PROCESSES = 4,
    CONTROLLER_CPU = 8,
    CONTROLLER_CPU_ACCOUNT = 16,
    CONTROLLER_CPU_LIST = 32,
    CONTROLLER_NO_SWAP_IN_USE = 64,
};

enum {
    HIERARCHIES_MAX = 5,
    // Of a file to write "0" to, or of the folder, for each hierarchy.
    ENTRY_FDS_MAX = HIERARCHIES_MAX,
};

// As in FORK.
enum cgroup_entry { ENTRY_NONE = 0, ENTRY_BY_FILES = 1, ENTRY_BY_FORK = 2 };

// 0 is no limit.
struct cgroup_limits {
    uint64_t memory_bytes;
    uint64_t processes;
    // Thousandths of one CPU.
    uint64_t cpu_milli;
};

struct cgroup_usage {
    uint64_t cpu_user_us;
    uint64_t cpu_system_us;
    uint64_t memory_bytes;
    uint64_t memory_peak_bytes;
    uint64_t processes;
};

// What happened at limits, counted by the kernel.
struct cgroup_events {
    // Processes that were ended for want of memory, whoever lacked it.
    uint64_t oom_kills;
    // Times that this group's own memory limit was met without success.
    uint64_t memory_refused;
    uint64_t processes_refused;
};

// Open folders, one in each hierarchy; -1 where none.
struct cgroup {
    int folders[HIERARCHIES_MAX];
};

// Where this program's groups stand in one hierarchy.
struct hierarchy {
    char base[512];
    uint32_t controllers;
};

struct cgroups {
    enum cgroup_version version;
    uint32_t controllers;
    // Why not all of them.
    char reason[512];
    struct hierarchy hierarchies[HIERARCHIES_MAX];
    int count;
    char name[32];
    // The broker's own, locked.
    struct cgroup root;
    uid_t zygote_uid;
    // v2: what was enabled in `base` here, and where the broker was before.
    char divided[128];
    char origin[512];
};

// The two back ends. Each returns 0, or -1 with errno.
struct cgroup_driver {
    // Where groups can be made: fills in `hierarchies`, and the controllers there seem to be.
    int (*attach)(struct cgroups *cgroups);
    // Once `root` is there: which controllers work in it.
    int (*settle)(struct cgroups *cgroups);
    // Before `root` is removed.
    void (*leave)(struct cgroups *cgroups);
    // Of a group just made, before anything is in it; `entered` when satellites are to be in it, else groups.
    int (*prepare)(const struct cgroups *cgroups, const struct cgroup *group, bool entered);
    int (*limit)(const struct cgroups *cgroups, const struct cgroup *group,
                 const struct cgroup_limits *limits, bool allow_swap);
    int (*list_cpus)(const struct cgroups *cgroups, const struct cgroup *group, const char *cpus);
    void (*measure)(const struct cgroups *cgroups, const struct cgroup *group,
                    struct cgroup_usage *usage);
    void (*count)(const struct cgroups *cgroups, const struct cgroup *group,
                  struct cgroup_events *events);
    // An eventfd that becomes readable when the group is out of memory; -1 where the kernel ends the rest by itself.
    int (*watch_memory)(const struct cgroups *cgroups, const struct cgroup *group);
    // Descriptors for FORK, which the caller closes; the number of them.
    int (*entries)(const struct cgroups *cgroups, const struct cgroup *group,
                   int fds[ENTRY_FDS_MAX]);
    enum cgroup_entry entry;
    // Whether a group may be used again after `reset`, which sets its counters back.
    bool reused;
    int (*reset)(const struct cgroups *cgroups, const struct cgroup *group);
};

extern const struct cgroup_driver cgroup_v1;
extern const struct cgroup_driver cgroup_v2;

// --- cgroup.c
enum cgroup_choice { CHOOSE_AUTO, CHOOSE_V1, CHOOSE_V2, CHOOSE_NONE };
// Finds, sweeps and makes what there is. Never fails: what is missing stands in `controllers` and `reason`.
void cgroups_open(struct cgroups *cgroups, enum cgroup_choice choice, uid_t zygote_uid);
// Ends and removes all of it.
void cgroups_close(struct cgroups *cgroups);
const struct cgroup_driver *cgroups_driver(const struct cgroups *cgroups);
// The folder in the hierarchy that has the controller; -1 when none has.
int group_folder(const struct cgroups *cgroups, const struct cgroup *group,
                 enum controller controller);
int group_make(const struct cgroups *cgroups, const struct cgroup *parent, const char *name,
               bool entered, struct cgroup *made);
int group_remove(const struct cgroups *cgroups, const struct cgroup *parent, const char *name,
                 struct cgroup *group);
void group_close(struct cgroup *group);
// Signals every process in it; whether there was none.
bool group_kill(const struct cgroups *cgroups, const struct cgroup *group);
// Null, or why these limits cannot be kept here.
const char *limits_refusal(const struct cgroups *cgroups, const struct cgroup_limits *limits,
                           const char *cpus, bool allow_swap);

// --- cgroup_hierarchy.c
struct found_hierarchy {
    char mount[512];
    // The broker's own group in it.
    char own[512];
    // v1: the names of its controllers, separated by commas. v2: empty.
    char controllers[128];
    bool v2;
};
enum { FOUND_MAX = 24 };
// From /proc/self/mountinfo and /proc/self/cgroup, or texts like them. The number of hierarchies.
int hierarchies_find(const char *mountinfo_path, const char *cgroup_path,
                     struct found_hierarchy found[FOUND_MAX]);
bool has_word(const char *list, const char *word);
bool swap_in_use(void);

// --- cgroup_files.c; 0, or -1 with errno
int write_text(int folder, const char *name, const char *text);
int write_u64(int folder, const char *name, uint64_t value);
int read_text(int folder, const char *name, char *text, size_t size);
// 0 when it cannot be read or is no number.
uint64_t read_number(int folder, const char *name);
// The number behind `key` at the start of a line.
uint64_t find_number(const char *text, const char *key);
// Signals all processes of a folder's cgroup.procs, not of those below it; the number of them, -1 with errno.
int kill_processes(int folder);
// The number of them, -1 with errno.
int count_processes(int folder);
// Ends what is in the group and in those below it, and removes them.
bool remove_tree(int parent, const char *name);
// Ends and removes the groups of brokers that are gone.
void sweep_groups(int base);

#endif
