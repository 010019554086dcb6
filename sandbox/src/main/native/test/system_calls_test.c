// SPDX-License-Identifier: Apache-2.0
//
// Filters, installed in a process of their own each, and what system calls then answer.

#define _GNU_SOURCE
#include "check.h"
#include "policy/filter_program.h"
#include "policy/policy.h"
#include "session/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct confinement confinement;

static void install(const struct sock_filter *steps, size_t length) {
    memcpy(confinement.filter, steps, length * sizeof *steps);
    confinement.filter_length = (uint32_t)length;
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(system_calls_restrict(&confinement) == 0);
}

// The wait status of a child that installs the filter and then does `attempt`.
static int status_of(const struct sock_filter *steps, size_t length, int (*attempt)(void)) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        install(steps, length);
        // Not _exit, before which a sanitizer makes calls of its own.
        syscall(SYS_exit_group, attempt());
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static int error_of(long number, long first, long second, long third) {
    errno = 0;
    return syscall(number, first, second, third, 0, 0, 0) < 0 ? errno : 0;
}

// ---------------------------------------------------------------- the compiler

static int call_with_rules(void) {
    CHECK(error_of(SYS_getpid, 0, 0, 0) == 0);
    CHECK(error_of(SYS_getppid, 0, 0, 0) == EPERM);
    CHECK(error_of(SYS_getuid, 0, 0, 0) == ENOSYS);
    CHECK(error_of(SYS_socket, AF_UNIX, SOCK_STREAM, 0) == 0);
    CHECK(error_of(SYS_socket, AF_INET, SOCK_STREAM, 0) == EAFNOSUPPORT);
    // The kernel does not look at the upper half of this argument, and nor must the filter.
    CHECK(error_of(SYS_socket, (long)((UINT64_C(1) << 32) | AF_UNIX), SOCK_STREAM, 0) == 0);
    CHECK(error_of(SYS_umask, 0x12, 0, 0) == 0);
    CHECK(error_of(SYS_umask, 0x20, 0, 0) == 0);
    CHECK(error_of(SYS_umask, 0x21, 0, 0) == EACCES);
    return 0;
}

static void rules_decide(void) {
    static struct filter_program program;
    struct call_rule rules[] = {
        {.call = SYS_exit_group},
        {.call = SYS_write},
        {.call = SYS_getppid, .otherwise = EPERM},
        {.call = SYS_getpid},
        {.call = SYS_socket,
         .otherwise = EAFNOSUPPORT,
         .condition_count = 1,
         .conditions = {{.argument = 0, .mask = UINT32_MAX, .value = AF_UNIX}}},
        {.call = SYS_umask,
         .otherwise = EACCES,
         .condition_count = 2,
         .conditions = {{.argument = 0, .mask = 0xf, .value = 2},
                        {.argument = 0, .mask = UINT32_MAX, .value = 0x20}}},
    };
    CHECK(filter_compile(&program, rules, sizeof rules / sizeof *rules) == NULL);
    CHECK(status_of(program.steps, program.length, call_with_rules) == 0);
}

static void two_rules_for_one_call_are_refused(void) {
    static struct filter_program program;
    struct call_rule rules[] = {{.call = 1}, {.call = 2}, {.call = 1, .otherwise = EPERM}};
    CHECK(filter_compile(&program, rules, 3) != NULL);
}

static int call_across_the_program(void) {
    CHECK(error_of(3 * 1, 0, 0, 0) == 4);
    CHECK(error_of(3 * 300, 0, 0, 0) == 303);
    CHECK(error_of(3 * 400, 0, 0, 0) == 403);
    CHECK(error_of(3 * 400 + 1, 0, 0, 0) == ENOSYS);
    return 0;
}

// Conditional jumps of such programs reach 255 steps only.
static void far_jumps_arrive(void) {
    enum { COUNT = 450 };
    static struct filter_program program;
    static struct call_rule rules[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        rules[i] = (struct call_rule){.call = 3 * i, .otherwise = (int)i + 3};
        bool needed = 3 * i == SYS_exit_group;
        rules[i].otherwise = needed ? VERDICT_ALLOW : rules[i].otherwise;
    }
    CHECK(SYS_exit_group % 3 == 0);
    CHECK(filter_compile(&program, rules, COUNT) == NULL);
    CHECK(program.length > 512);
    CHECK(status_of(program.steps, program.length, call_across_the_program) == 0);
}

// ---------------------------------------------------------------- the policy of Python

#if defined(__x86_64__)
static int call_of_other_architecture(void) {
    // getpid of x86's 32-bit pointer variant
    return error_of(0x40000000L + SYS_getpid, 0, 0, 0);
}
#endif

static int call_with_python(void) {
    enum { NO_FD = -1, NEW_USER = CLONE_NEWUSER | SIGCHLD };
    static const struct {
        long number;
        long arguments[3];
        int error;
    } expected[] = {
        {SYS_getpid, {0}, 0},
        {SYS_clone3, {0}, ENOSYS},
        {SYS_clone, {NEW_USER}, EPERM},
        {SYS_clone, {CLONE_NEWNET | SIGCHLD}, EPERM},
        {SYS_unshare, {CLONE_NEWUSER}, EPERM},
        {SYS_setns, {NO_FD}, EPERM},
        {SYS_io_uring_setup, {0}, ENOSYS},
        {SYS_inotify_init1, {0}, ENOSYS},
        {SYS_ptrace, {0}, EPERM},
        {SYS_process_vm_readv, {0}, EPERM},
        {SYS_mount, {0}, EPERM},
        {SYS_bpf, {0}, EPERM},
        {SYS_perf_event_open, {0}, EPERM},
        {SYS_userfaultfd, {0}, EPERM},
        {SYS_keyctl, {0}, EPERM},
        {SYS_add_key, {0}, EPERM},
        {SYS_open_by_handle_at, {0}, EPERM},
        {SYS_seccomp, {0}, EPERM},
        {SYS_prctl, {PR_GET_DUMPABLE}, 0},
        {SYS_prctl, {PR_SET_NAME, (long)"a name"}, 0},
        {SYS_prctl, {PR_CAPBSET_READ, 0}, 0},
        {SYS_prctl, {PR_GET_SECUREBITS}, 0},
        {SYS_prctl, {PR_SET_CHILD_SUBREAPER, 1}, 0},
        {SYS_prctl, {PR_SET_PDEATHSIG, SIGKILL}, 0},
        // With values that the kernel would take, or refuse otherwise.
        {SYS_prctl, {PR_SET_SECCOMP, SECCOMP_MODE_STRICT}, EINVAL},
        {SYS_prctl, {PR_CAPBSET_DROP, 0}, EINVAL},
        {SYS_prctl, {PR_SET_MM, PR_SET_MM_BRK}, EINVAL},
        {SYS_prctl, {PR_MCE_KILL, PR_MCE_KILL_CLEAR}, EINVAL},
        {SYS_personality, {0xffffffff}, 0},
        {SYS_personality, {0x0040000}, EPERM},
        {SYS_socket, {AF_UNIX, SOCK_STREAM}, 0},
        {SYS_socket, {AF_INET, SOCK_STREAM}, EAFNOSUPPORT},
        {SYS_socket, {AF_INET6, SOCK_DGRAM}, EAFNOSUPPORT},
        {SYS_socket, {AF_NETLINK, SOCK_RAW}, EAFNOSUPPORT},
        {SYS_socket, {AF_VSOCK, SOCK_STREAM}, EAFNOSUPPORT},
        {SYS_socket, {AF_ALG, SOCK_SEQPACKET}, EAFNOSUPPORT},
        {SYS_socketpair, {AF_INET}, EAFNOSUPPORT},
        {SYS_ioctl, {NO_FD, FIONREAD}, EBADF},
        {SYS_ioctl, {NO_FD, TIOCSTI}, ENOTTY},
        {SYS_mknodat, {NO_FD, 0, S_IFCHR}, EPERM},
        {SYS_mknodat, {NO_FD, 0, S_IFIFO}, EFAULT},
        {SYS_fcntl, {NO_FD, F_DUPFD_CLOEXEC}, EBADF},
        {SYS_fcntl, {NO_FD, F_OFD_SETLKW}, EBADF},
        {SYS_fcntl, {NO_FD, F_SETPIPE_SZ}, EBADF},
        {SYS_fcntl, {NO_FD, F_ADD_SEALS}, EBADF},
        {SYS_fcntl, {NO_FD, F_NOTIFY}, EINVAL},
        {SYS_fcntl, {NO_FD, F_SETLEASE}, EINVAL},
        {SYS_sync, {0}, EPERM},
        {SYS_memfd_create, {0, MFD_CLOEXEC}, EFAULT},
        {SYS_memfd_create, {0, MFD_HUGETLB}, EINVAL},
        {SYS_shmget, {1, 1, 0}, ENOENT},
        {SYS_shmget, {1, 1, SHM_HUGETLB}, EINVAL},
        // Numbers that no kernel has given yet.
        {700, {0}, ENOSYS},
        {100000, {0}, ENOSYS},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const long *arguments = expected[i].arguments;
        int error = error_of(expected[i].number, arguments[0], arguments[1], arguments[2]);
        if (error != expected[i].error) {
            fprintf(stderr, "call %ld (%ld, %ld, %ld): %s instead of %s\n", expected[i].number,
                    arguments[0], arguments[1], arguments[2], strerror(error),
                    strerror(expected[i].error));
            return 1;
        }
    }
    return 0;
}

static int fork_and_thread_calls(void) {
    pid_t child = fork();
    if (child == 0) {
        _exit(7);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
    return 0;
}

static void python_policy_holds(void) {
    const struct policy *python = policy_find("python");
    CHECK(python != NULL && policy_find("") == NULL && policy_find("pythons") == NULL);
    CHECK(status_of(python->filter, python->filter_length, call_with_python) == 0);
    CHECK(status_of(python->filter, python->filter_length, fork_and_thread_calls) == 0);
#if defined(__x86_64__)
    int status = status_of(python->filter, python->filter_length, call_of_other_architecture);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
#endif
}

int main(void) {
    rules_decide();
    two_rules_for_one_call_are_refused();
    far_jumps_arrive();
    python_policy_holds();
    puts("system_calls_test: passed");
    return 0;
}
