// SPDX-License-Identifier: Apache-2.0
//
// The broker's state. One thread, one epoll loop, one event at a time; every object that waits for
// a descriptor holds a `watch`.

#ifndef LAUNCHPAD_BROKER_H
#define LAUNCHPAD_BROKER_H

#include "../channel.h"
#include "cgroup.h"

#include <stdint.h>
#include <sys/types.h>

enum {
    SESSIONS_MAX = 4096,
    EXPOSED_MAX = 16,
    PROMISES_MAX = 16,
    PROMISE_BYTES = 400,
    // As sysexits.h: what the operator must change first.
    EXIT_CONFIGURATION = 78,
    ZYGOTES_MAX = 64,
    TICK_MS = 50,
    FORK_ANSWER_MS = 30000,
    KILL_ESCALATION_MS = 2000,
    ZYGOTE_EXIT_MS = 5000,
    SHUTDOWN_MS = 10000,
    LAST_OUTPUT_BYTES = 4096,
    SOCKET_BUFFER_BYTES = 4 << 20,
};

struct broker;

typedef void (*watch_ready)(struct broker *broker, void *owner, uint32_t events);

// A descriptor in the epoll set; -1 when not.
struct watch {
    int fd;
    watch_ready ready;
    void *owner;
};

// Where worker accounts come from: a uid that the operator named, the range that /etc/subuid reserves, or any that are
// free.
enum account_choice { ACCOUNTS_FROM, ACCOUNTS_OWN, ACCOUNTS_ANY };

struct options {
    const char *service_user;
    const char *work_base;
    enum account_choice accounts;
    uid_t account_first;
    uint32_t account_count;
    int64_t drain_ms;
    const char *exposed[EXPOSED_MAX];
    int exposed_count;
    enum cgroup_choice cgroup;
    enum confinement_level confinement;
    bool lifetime_tree;
    bool facts;
    bool end_with_stdin;
    char **command;
};

// Which uids processes run under. As an ordinary user zygotes are that user; satellites are too while nothing is
// confined, else they have the user's range.
struct accounts {
    bool privileged;
    uid_t zygote_uid;
    gid_t zygote_gid;
    uid_t first;
    gid_t gid_first;
    uint32_t count;
};

struct promises {
    char texts[PROMISES_MAX][PROMISE_BYTES];
    uint32_t count;
};

// Messages the service has not taken yet, oldest first.
struct outbox {
    struct outgoing *first;
    struct outgoing *last;
    size_t bytes;
    size_t count;
    // When the first is tried again that had too many descriptors in flight; 0 when it had not.
    int64_t retry;
};

struct pool;
struct session;
struct zygote;

struct broker {
    struct options options;
    struct accounts accounts;
    enum lifetime lifetime;
    char lifetime_reason[512];
    // What is kept for every satellite, and of what there is less here than elsewhere; none when nothing is confined.
    struct promises promises;
    struct promises weakened;
    int epoll;
    struct watch signals;
    struct watch standard_input;
    struct watch service;
    pid_t service_pid;
    bool service_running;
    int service_status;
    struct outbox outbox;
    int work_root;
    char work_path[512];
    int init_program;
    char zygote_library[512];
    char machine_library[512];
    char exec_program[512];
    uint32_t open_files_soft;
    struct cgroups cgroups;
    struct pool *pools;
    // Rings when a session is to be looked at.
    struct watch check_timer;
    struct session *sessions;
    int session_count;
    struct zygote *zygotes;
    int zygote_count;
    // How many deadlines are set in all; without any the loop sleeps.
    int deadlines;
    int64_t shutdown_deadline;
    int64_t drain_deadline;
    bool stopping;
};

// --- loop.c
int64_t now_ms(void);
bool watch_add(struct broker *broker, struct watch *watch, int fd, watch_ready ready, void *owner);
// Takes it out of the set and closes it.
void watch_close(struct broker *broker, struct watch *watch);
void watch_writable(struct broker *broker, struct watch *watch, bool wanted);
// Moves a deadline; 0 is none.
void deadline_set(struct broker *broker, int64_t *deadline, int64_t at);
void loop_run(struct broker *broker);

// --- log.c
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);
_Noreturn __attribute__((format(printf, 1, 2))) void die(const char *format, ...);
// From now on what `refuse_start` says is a fact among others, on stdout.
void refusals_are_facts(void);
// As die, for what the operator must change first.
_Noreturn __attribute__((format(printf, 1, 2))) void refuse_start(const char *format, ...);

// --- options.c
void options_parse(struct options *options, int argc, char **argv);

// --- account_use.c
struct id_range {
    uid_t first;
    uint32_t count;
};
struct account_files {
    const char *passwd;
    const char *subuid;
};
// Whether no uid of the range is somebody's, but the service's user's or root's; else who has it.
bool accounts_are_free(const struct account_files *files, const struct id_range *range,
                       const char *service_user, char *refusal, size_t size);
// Signals every process that runs as the uid; the number of them.
int account_kill(uid_t uid);

// --- subordinate.c
enum subordinate { SUBORDINATE_NONE, SUBORDINATE_FOUND, SUBORDINATE_SHARED };
// The first range that a file as /etc/subuid gives to the user; shared when somebody else has part of it.
enum subordinate subordinate_range(const char *path, const char *name, uid_t uid,
                                   struct id_range *range);

// --- id_maps.c: of a child in a new user namespace. 0 or -1 with errno
int ids_map(const struct accounts *accounts, pid_t child);

// --- account_claim.c: at most one broker has an account
enum claim { CLAIM_TAKEN, CLAIM_HELD, CLAIM_FAILED };
struct claim_holder {
    // 0 when it is in another pid namespace.
    pid_t pid;
    struct id_range range;
};
// The file that brokers claim their uids in; -1 with what is wrong, and with whom.
int claims_open(const char *base, const char *folder, char *refusal, size_t size);
// Where that file is for this user: root's in /run, others' in a folder of all.
int claims_open_own(char *refusal, size_t size);
// Until this process ends. Held: by whom. Closing any descriptor of the file gives up all claims.
enum claim claim_take(int claims, const struct id_range *range, struct claim_holder *holder);
// As high as is free of claims and of `is_free` within the bounds.
bool claim_take_any(int claims, const struct id_range *bounds, uint32_t count,
                    bool (*is_free)(const struct id_range *range, const void *context),
                    const void *context, struct id_range *taken);

// --- accounts.c
// Chooses and claims them, or ends the program.
void accounts_choose(struct broker *broker);

// --- privileges.c
// Keeps what the broker needs, and ends the program when it cannot give up the rest. After accounts_choose.
void privileges_reduce(const struct broker *broker);

// --- namespaces.c: how much of lifetimes the kernel takes over
void lifetime_detect(struct broker *broker);
// As fork, but the child is process 1 of new namespaces. Returns 0 in the child once its ids are mapped.
pid_t namespaces_fork(const struct broker *broker);
// In that child: its own mounts with its own /proc. 0 or -1 with errno.
int namespaces_mount(void);

// --- promises.c
// Ends the program when `--sandbox full` cannot be kept.
void promises_require(const struct broker *broker);
// Once it is known what can be limited.
void promises_list(struct broker *broker);
void promises_print(const struct broker *broker);

// --- service.c: the JVM
void service_start(struct broker *broker);
void service_send(struct broker *broker, struct message *message);
void service_ended(struct broker *broker, int status);
void service_drain(struct broker *broker);
void service_tick(struct broker *broker, int64_t now);
void broker_stop(struct broker *broker, const char *reason);

// --- zygotes.c
// False when the message breaks the rules.
bool zygote_start(struct broker *broker, const struct message *message);
struct zygote *zygote_find(struct broker *broker, uint64_t id);
bool zygote_can_fork(const struct zygote *zygote);
bool zygote_is_dead(const struct zygote *zygote);
bool zygote_was_killed(const struct zygote *zygote);
// Whether it can answer no more, though its end may not have been reported yet.
bool zygote_hung_up(const struct zygote *zygote);
int zygote_send(struct zygote *zygote, const struct message *message);
void zygote_retire(struct broker *broker, struct zygote *zygote);
void zygote_kill(struct broker *broker, struct zygote *zygote, const char *reason);
void zygote_session_added(struct zygote *zygote);
void zygote_session_gone(struct broker *broker, struct zygote *zygote);
bool zygote_owns_pid(const struct broker *broker, pid_t pid);
// False when the message breaks the rules.
bool zygote_measure(struct broker *broker, const struct message *message);
// True when the pid was a zygote's.
bool zygote_reaped(struct broker *broker, pid_t pid, int status);
void zygotes_kill_all(struct broker *broker);
void zygotes_tick(struct broker *broker, int64_t now);

// --- parking.c
// False when the message breaks the rules.
bool session_park(struct broker *broker, const struct message *message);
// Takes the descriptor of a FORKED. False when the zygote may not say this.
bool session_forked(struct broker *broker, struct zygote *zygote, struct message *message);
bool session_fork_failed(struct broker *broker, struct zygote *zygote, const struct message *message);

// --- sessions.c
struct session *session_find(struct broker *broker, uint64_t slot, uint64_t generation);
void session_signal(struct session *session, int signal);
void session_kill(struct broker *broker, struct session *session);
// Ends it because it used up what it may.
void session_over_limit(struct broker *broker, struct session *session, enum limit limit);
void sessions_zygote_died(struct broker *broker, struct zygote *zygote);
// Signals every child of the broker that is nobody's; the number of them.
int sessions_end_unknown(const struct broker *broker);
bool session_owns_pid(const struct broker *broker, pid_t pid);
bool session_reaped(struct broker *broker, pid_t pid, int status);
void sessions_tick(struct broker *broker, int64_t now);

// --- pools.c
// False when the message breaks the rules.
bool pool_set(struct broker *broker, const struct message *message);
struct pool *pool_find(struct broker *broker, uint64_t id);

// --- session_group.c
// A group for a new session. Null with `*reason`, or without where there are no groups.
struct session_group *session_group_open(struct broker *broker, struct pool *pool,
                                         const char **reason);
// Puts the group's way in into a FORK that has its first five descriptors; the group keeps its own.
void session_group_put(const struct broker *broker, const struct session_group *group,
                       struct message *message);
void session_group_started(struct session *session);
// Which limit was met, and the figures for EXITED.
enum limit session_group_report(struct broker *broker, struct session_group *group,
                                struct group_report *report);
// Takes off what was used before the session began.
void session_group_discount(const struct session_group *group, struct exit_report *report);
// Ends what is in it; whether nothing is.
bool session_group_empty(const struct broker *broker, const struct session_group *group);
void session_group_close(struct broker *broker, struct session_group *group);

// --- limits.c
void limits_open(struct broker *broker);
void limits_close(struct broker *broker);
// For people and programs that ask beforehand.
void limits_print(struct broker *broker);
// Each false when the message breaks the rules.
bool session_limit(struct broker *broker, const struct message *message);
bool session_measure(struct broker *broker, const struct message *message);
bool session_begin(struct broker *broker, const struct message *message);

// --- channels.c: what connects a satellite with the service
struct channels {
    int service[4];
    int satellite[4];
};
// 0 or -1 with errno; then all are closed.
int channels_open(struct channels *channels, uid_t uid, gid_t gid);
void channels_close(int fds[4]);
int socket_buffer_bytes(void);

// --- work_folder.c
// The broker's own folder below the base; sweeps what killed brokers left there.
void work_root_open(struct broker *broker);
void work_root_remove(struct broker *broker);
int work_folder_make(const struct broker *broker, const char *name, uid_t uid, gid_t gid);
enum removal { REMOVAL_DONE, REMOVAL_MORE, REMOVAL_FAILED };
// Removes at most `entries_max` entries, follows no link, and leaves no folder below open.
enum removal work_folder_remove(int root, const char *name, long entries_max);


// --- way.c
// Ends the program, and says why, when accounts cannot reach the work root.
void work_root_require_way(const struct broker *broker);

#endif
