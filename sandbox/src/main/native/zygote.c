// SPDX-License-Identifier: Apache-2.0
//
// liblaunchpad_zygote.so: forks satellites out of a warm interpreter.
//
// For each FORK the zygote (Z) makes the session's first process (A) by vfork, and A makes the
// satellite (B) by fork. A borrows Z's memory while Z waits, so the interpreter's page tables are copied once,
// for B, and not for A too. A then executes launchpad-init and so lets Z go on. B returns from
// lpz_serve on its own copy of Z's stack.
//
//     Z ── vfork ── A ── fork ── B ── returns to the interpreter
//     │ waits       └ exec launchpad-init
//     └ goes on, answers FORKED with A's pidfd
//
// A writes to memory that Z sees: it touches nothing but its own frame, errno, `failure` and `message`.

#define _GNU_SOURCE
#include "launchpad_zygote.h"

#include "channel.h"
#include "credentials.h"
#include "session/confinement.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Where descriptors stand in a satellite, and two of them in the zygote.
enum {
    ZYGOTE_SOCKET = 3,
    INIT_PROGRAM = 4,
    SATELLITE_CONTROL = 3,
    SATELLITE_DATA = 4,
    SATELLITE_FDS = 5,
    REPORT_SOCKET = 3,
};

// The descriptors of a FORK, in order; behind them those of the way into the group.
enum { FORK_CONTROL, FORK_DATA, FORK_STDOUT, FORK_STDERR, FORK_REPORT, FORK_FDS };

enum { ENTRY_NONE, ENTRY_BY_FILES, ENTRY_BY_FORK };
enum { ENTRY_FDS_MAX = 5 };

// A satellite that could not be set up says so on its stderr and exits with this.
enum { EXIT_SETUP_FAILED = 70 };

static struct message message;
static char failure[1024];
static lpz_hook before_fork, after_fork_in_parent, after_fork_in_child;
static int own_pid_namespace = -1;
static bool namespaces;
// Where the C library keeps the number of this thread, for the kernel to set.
static int *thread_number;
// What it has told the kernel of robust locks, which a fork forgets.
static void *robust_locks;
static size_t robust_locks_size;
// Null when satellites are not confined.
static const struct confinement *confinement;

struct fork_request {
    uint64_t slot;
    uint64_t generation;
    uid_t uid;
    gid_t gid;
    char *work_folder;
    struct string_list environment;
    int fds[FORK_FDS];
    uint32_t entry;
    int entry_fds[ENTRY_FDS_MAX];
    int entry_fd_count;
    int network;
};

static int fail(const char *what) {
    snprintf(failure, sizeof failure, "%s: %s", what, strerror(errno));
    return -1;
}

const char *lpz_error(void) {
    return failure;
}

// Before the interpreter has imported anything that is not its own.
static int open_confinement(void) {
    if (getenv("LAUNCHPAD_CONFINED") == NULL) {
        return 0;
    }
    void *memory = mmap(NULL, sizeof *confinement, PROT_READ, MAP_PRIVATE, CONFINEMENT_FILE, 0);
    if (memory == MAP_FAILED) {
        return -1;
    }
    confinement = memory;
    close(CONFINEMENT_FILE);
    if (confinement->version != CONFINEMENT_VERSION) {
        errno = EINVAL;
        return -1;
    }
    return networks_open(confinement);
}

int lpz_open(void) {
    struct stat socket_stat;
    const char *lifetime = getenv("LAUNCHPAD_LIFETIME");
    if (lifetime == NULL || fstat(ZYGOTE_SOCKET, &socket_stat) != 0 ||
        !S_ISSOCK(socket_stat.st_mode)) {
        errno = EINVAL;
        return fail("not started by launchpad-broker");
    }
    namespaces = strcmp(lifetime, "namespaces") == 0;
    if (fcntl(ZYGOTE_SOCKET, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(INIT_PROGRAM, F_SETFD, FD_CLOEXEC) != 0) {
        return fail("descriptors 3 and 4");
    }
    if (namespaces) {
        own_pid_namespace = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
        if (own_pid_namespace < 0) {
            return fail("/proc/self/ns/pid");
        }
    }
    if (prctl(PR_GET_TID_ADDRESS, &thread_number, 0, 0, 0) != 0) {
        thread_number = NULL;
    }
    if (syscall(SYS_get_robust_list, 0, &robust_locks, &robust_locks_size) != 0) {
        robust_locks = NULL;
    }
    if (open_confinement() != 0) {
        return fail("the confinement at descriptor 5");
    }
    // Nobody waits for the inits: the broker holds their pidfds.
    return signal(SIGCHLD, SIG_IGN) == SIG_ERR ? fail("SIGCHLD") : 0;
}

void lpz_set_fork_hooks(lpz_hook before, lpz_hook after_in_parent, lpz_hook after_in_child) {
    before_fork = before;
    after_fork_in_parent = after_in_parent;
    after_fork_in_child = after_in_child;
}

static void call(lpz_hook hook) {
    if (hook != NULL) {
        hook();
    }
}

static void append_thread_name(const char *id) {
    char path[64];
    char name[32] = "?";
    snprintf(path, sizeof path, "/proc/self/task/%.10s/comm", id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t length = read(fd, name, sizeof name - 1);
        name[length > 0 ? length - 1 : 0] = '\0';
        close(fd);
    }
    size_t used = strlen(failure);
    snprintf(failure + used, sizeof failure - used, " %s", name);
}

// A forked child has only the thread that forked: what another one held is held for ever.
static int check_single_thread(void) {
    DIR *tasks = opendir("/proc/self/task");
    if (tasks == NULL) {
        return fail("/proc/self/task");
    }
    int count = 0;
    snprintf(failure, sizeof failure, "the zygote has more than one thread:");
    struct dirent *entry;
    while ((entry = readdir(tasks)) != NULL) {
        if (entry->d_name[0] != '.') {
            count++;
            append_thread_name(entry->d_name);
        }
    }
    closedir(tasks);
    return count == 1 ? 0 : -1;
}

int lpz_ready(void) {
    if (check_single_thread() != 0) {
        return -1;
    }
    message_begin(&message, READY, 0, 0);
    int error = channel_send(ZYGOTE_SOCKET, &message);
    errno = -error;
    return error == 0 ? 0 : fail("READY");
}

static void release(struct fork_request *request) {
    for (int i = 0; i < FORK_FDS; i++) {
        close_fd(&request->fds[i]);
    }
    for (int i = 0; i < request->entry_fd_count; i++) {
        close_fd(&request->entry_fds[i]);
    }
    request->entry_fd_count = 0;
    free(request->work_folder);
    free_list(&request->environment);
}

static bool is_entry(const struct fork_request *request) {
    switch (request->entry) {
    case ENTRY_NONE:
        return request->entry_fd_count == 0;
    case ENTRY_BY_FILES:
        return request->entry_fd_count > 0;
    case ENTRY_BY_FORK:
        return request->entry_fd_count == 1;
    default:
        return false;
    }
}

// Takes the descriptors of `message`. False when it is not a FORK as specified.
static bool parse_request(struct fork_request *request) {
    *request = (struct fork_request){.slot = message.header.id,
                                     .generation = message.header.generation};
    int fd_count = message.fd_count;
    if (fd_count >= FORK_FDS && fd_count <= FORK_FDS + ENTRY_FDS_MAX) {
        request->entry_fd_count = fd_count - FORK_FDS;
        memcpy(request->fds, message.fds, sizeof request->fds);
        memcpy(request->entry_fds, message.fds + FORK_FDS,
               sizeof(int) * (size_t)request->entry_fd_count);
        message.fd_count = 0;
    } else {
        memset(request->fds, -1, sizeof request->fds);
        message_close_fds(&message);
    }
    struct reader reader = reader_of(&message);
    request->uid = read_u32(&reader);
    request->gid = read_u32(&reader);
    request->entry = read_u32(&reader);
    request->work_folder = read_string(&reader);
    return read_list(&reader, &request->environment) && read_all(&reader) &&
           message.header.type == FORK && fd_count == FORK_FDS + request->entry_fd_count &&
           is_entry(request);
}

static _Noreturn void abandon(const char *what) {
    dprintf(STDERR_FILENO, "launchpad: the satellite could not be set up: %s: %s\n", what,
            strerror(errno));
    _exit(EXIT_SETUP_FAILED);
}

static void place(int from, int to) {
    if (dup2(from, to) < 0) {
        abandon("dup2");
    }
}

// All of a request's descriptors stand above 4, because 0 to 4 are always open in a zygote.
static void arrange_descriptors(const struct fork_request *request) {
    place(request->fds[FORK_STDERR], STDERR_FILENO);
    place(request->fds[FORK_STDOUT], STDOUT_FILENO);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) {
        abandon("/dev/null");
    }
    place(null, STDIN_FILENO);
    place(request->fds[FORK_CONTROL], SATELLITE_CONTROL);
    place(request->fds[FORK_DATA], SATELLITE_DATA);
    if (fcntl(SATELLITE_CONTROL, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(SATELLITE_DATA, F_SETFD, FD_CLOEXEC) != 0 ||
        close_range(SATELLITE_FDS, ~0U, 0) != 0) {
        abandon("descriptors");
    }
}

// While it still has the right to: before all else that is charged to the group.
static void enter_group(const struct fork_request *request) {
    if (leaves_out(LAYER_GROUPS)) {
        return;
    }
    for (int i = 0; request->entry == ENTRY_BY_FILES && i < request->entry_fd_count; i++) {
        if (write(request->entry_fds[i], "0", 1) != 1) {
            abandon("entering the control group");
        }
    }
}

static void enter_account(const struct fork_request *request) {
    if (become(request->uid, request->gid) != 0) {
        abandon("taking the account");
    }
    bool dropped = leaves_out(LAYER_CAPABILITIES)
                       ? keep_capabilities(CAPABILITY(CAP_SYS_ADMIN) | CAPABILITY(CAP_SETUID) |
                                           CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_KILL)) == 0
                       : limit_bounding_capabilities(0) == 0 && keep_capabilities(0) == 0;
    if (!dropped) {
        abandon("dropping capabilities");
    }
    // Changing credentials made /proc/self root's, in which /dev/stderr leads.
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) {
        abandon("PR_SET_DUMPABLE");
    }
}

// Appends what every satellite has to the list of its session.
static void put_environment(struct fork_request *request) {
    const char *const names[] = {"HOME", "TMPDIR", "LAUNCHPAD_PROFILE"};
    const char *const temporary = confinement == NULL ? request->work_folder : SESSION_TEMPORARY;
    const char *const values[] = {request->work_folder, temporary, "split"};
    uint32_t own = sizeof names / sizeof *names;
    uint32_t given = request->environment.count;
    char **items = calloc(given + own + (size_t)1, sizeof *items);
    if (items == NULL) {
        abandon("environment");
    }
    memcpy(items, request->environment.items, given * sizeof *items);
    for (uint32_t i = 0; i < own; i++) {
        if (asprintf(&items[given + i], "%s=%s", names[i], values[i]) < 0) {
            abandon("environment");
        }
    }
    request->environment = (struct string_list){.items = items, .count = given + own};
    for (uint32_t i = 0; i < request->environment.count; i++) {
        if (putenv(request->environment.items[i]) != 0) {
            abandon("environment");
        }
    }
}

static void mount_own(const struct fork_request *request) {
    if (confinement != NULL) {
        if (session_mount(confinement, request->uid, request->gid) != 0) {
            abandon("mounting its folder and /proc");
        }
    } else if (namespaces &&
               (unshare(CLONE_NEWNS) != 0 ||
                mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)) {
        abandon("mounting /proc");
    }
}

static void apply_limits(void) {
    struct rlimit none = {0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 ||
        (confinement != NULL && limits_apply(confinement) != 0)) {
        abandon("limits");
    }
}

// The last steps, after which this process is as restricted as the script will be.
static void shut_in(void) {
    if (confinement == NULL) {
        return;
    }
    if (landlock_apply(confinement) != 0) {
        abandon("Landlock");
    }
    if (system_calls_restrict(confinement) != 0) {
        abandon("the filter of system calls");
    }
}

// Makes this process the satellite. Ends it when that fails.
static void set_up_satellite(struct fork_request *request, pid_t first_process) {
    enter_group(request);
    arrange_descriptors(request);
    mount_own(request);
    if (setsid() < 0) {
        abandon("setsid");
    }
    apply_limits();
    enter_account(request);
    // After the credentials, whose change clears it.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != first_process) {
        abandon("parent");
    }
    umask(077);
    if (confinement != NULL && session_make_folders() != 0) {
        abandon(SESSION_FOLDER);
    }
    if (chdir(request->work_folder) != 0) {
        abandon(request->work_folder);
    }
    put_environment(request);
    shut_in();
    sigset_t mask;
    sigemptyset(&mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

static int send_with_fd(int socket, enum message_type type, const struct fork_request *request,
                        int fd) {
    message_begin(&message, type, request->slot, request->generation);
    message.fds[0] = fd;
    message.fd_count = 1;
    int error = channel_send(socket, &message);
    message.fd_count = 0;
    return error;
}

static _Noreturn void become_init(const struct fork_request *request, pid_t satellite) {
    int pidfd = (int)syscall(SYS_pidfd_open, satellite, 0);
    if (pidfd < 0) {
        fail("pidfd_open");
        _exit(1);
    }
    errno = -send_with_fd(request->fds[FORK_REPORT], STARTED, request, pidfd);
    if (errno != 0) {
        fail("STARTED");
        _exit(1);
    }
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)satellite);
    char name[] = "launchpad-init";
    char *arguments[] = {name, pid, NULL};
    char *environment[] = {NULL};
    // This table is A's own: Z's socket goes, the program's descriptor closes as it is executed.
    if (dup2(request->fds[FORK_REPORT], REPORT_SOCKET) >= 0) {
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        close_range(SATELLITE_FDS, ~0U, 0);
        execveat(INIT_PROGRAM, "", arguments, environment, AT_EMPTY_PATH);
    }
    fail("launchpad-init");
    _exit(1);
}

// As fork, into a group of version 2, which only a process in the cgroup namespace of the host may do. The C library
// does not know of it: handlers of pthread_atfork do not run (launchpad_zygote.h says so), its record of the thread's
// number the kernel writes, and the list of locks that the kernel is to give up for the thread is named here.
static pid_t fork_into(int group) {
    struct clone_args arguments = {
        .flags = CLONE_INTO_CGROUP,
        .exit_signal = SIGCHLD,
        .cgroup = (uint32_t)group,
    };
    if (thread_number != NULL) {
        arguments.flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
        arguments.child_tid = (uint64_t)(uintptr_t)thread_number;
    }
    pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0 && robust_locks != NULL) {
        syscall(SYS_set_robust_list, robust_locks, robust_locks_size);
    }
    return pid;
}

// Runs in A, and returns in B only.
static void fork_satellite(struct fork_request *request) {
    pid_t first_process = (pid_t)syscall(SYS_getpid);
    // With SIGCHLD ignored the satellite could be reaped before init waits for it. Dispositions are A's
    // own.
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (confinement != NULL && session_enter_namespaces(request->network) != 0) {
        fail("the session's namespaces");
        _exit(1);
    }
    pid_t satellite =
        request->entry == ENTRY_BY_FORK && !leaves_out(LAYER_GROUPS) ? fork_into(request->entry_fds[0]) : fork();
    if (satellite == 0) {
        set_up_satellite(request, first_process);
        return;
    }
    if (satellite < 0) {
        fail("fork");
        _exit(1);
    }
    become_init(request, satellite);
}

// The pid of A in Z, 0 in B, -1 with `failure` filled in.
static __attribute__((noinline)) pid_t fork_session(struct fork_request *request) {
    failure[0] = '\0';
    if (confinement != NULL && (request->network = network_of(confinement, request->uid)) < 0) {
        return fail("the account's network namespace");
    }
    bool own_numbers = namespaces && !leaves_out(LAYER_PIDS);
    if (own_numbers && unshare(CLONE_NEWPID) != 0) {
        return fail("unshare");
    }
    pid_t first_process = vfork();
    if (first_process == 0) {
        fork_satellite(request);
        return 0;
    }
    if (first_process < 0) {
        fail("vfork");
    }
    if (own_numbers && setns(own_pid_namespace, CLONE_NEWPID) != 0) {
        abandon("returning to the zygote's pid namespace");
    }
    return failure[0] == '\0' ? first_process : -1;
}

static int answer(const struct fork_request *request, pid_t first_process) {
    int pidfd = -1;
    if (first_process > 0) {
        pidfd = (int)syscall(SYS_pidfd_open, first_process, 0);
        if (pidfd < 0) {
            fail("the session ended while it was started");
        }
    }
    int error;
    if (pidfd >= 0) {
        error = send_with_fd(ZYGOTE_SOCKET, FORKED, request, pidfd);
        close(pidfd);
    } else {
        message_begin(&message, FORK_FAILED, request->slot, request->generation);
        put_string(&message, failure);
        error = channel_send(ZYGOTE_SOCKET, &message);
    }
    errno = -error;
    return error == 0 ? 0 : fail("answering FORK");
}

// Forks once. 1 in the satellite, 0 in the zygote, -1 when the zygote cannot go on.
static int serve_one(struct fork_request *request, struct lpz_session *session) {
    if (check_single_thread() != 0) {
        return answer(request, -1);
    }
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    call(before_fork);
    pid_t pid = fork_session(request);
    if (pid == 0) {
        call(after_fork_in_child);
        *session = (struct lpz_session){
            .slot = request->slot,
            .generation = request->generation,
            .uid = request->uid,
            .gid = request->gid,
            .work_folder = request->work_folder,
            .environment = (const char *const *)request->environment.items,
        };
        return 1;
    }
    call(after_fork_in_parent);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return answer(request, pid);
}

int lpz_serve(struct lpz_session *session) {
    static struct fork_request request;
    for (;;) {
        int received = channel_receive(ZYGOTE_SOCKET, &message);
        if (received <= 0) {
            errno = -received;
            return received == 0 ? 0 : fail("receiving from the broker");
        }
        if (!parse_request(&request)) {
            release(&request);
            errno = EBADMSG;
            return fail("the broker's message");
        }
        int served = serve_one(&request, session);
        if (served == 1) {
            return 1;
        }
        release(&request);
        if (served != 0) {
            return served;
        }
    }
}
