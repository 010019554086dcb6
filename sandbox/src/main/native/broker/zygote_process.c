// SPDX-License-Identifier: Apache-2.0
//
// What a zygote's process does between its fork and its exec.

#define _GNU_SOURCE
#include "zygote_process.h"

#include "../credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// As BROKER.md says.
enum { ZYGOTE_SOCKET = 3 };

static _Noreturn void zygote_fail(const char *what) {
    dprintf(STDERR_FILENO, "launchpad-broker: starting the zygote: %s: %s\n", what,
            strerror(errno));
    _exit(127);
}

// Descriptors 0 to 4, and 5 of a confined one, as BROKER.md says. All sources stand above 4.
static void arrange_descriptors(const struct broker *broker, int control, int output,
                                int confinement) {
    if (dup2(output, STDERR_FILENO) < 0) {
        _exit(127);
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(null, STDIN_FILENO) < 0) {
        zygote_fail("descriptors");
    }
    // Copies out of the way first: the sources may stand where a target is.
    int program = fcntl(broker->init_program, F_DUPFD, CONFINEMENT_FILE + 1);
    int socket = fcntl(control, F_DUPFD, CONFINEMENT_FILE + 1);
    if (program < 0 || socket < 0 || (confinement >= 0 && dup2(confinement, CONFINEMENT_FILE) < 0) ||
        dup2(socket, ZYGOTE_SOCKET) < 0 || dup2(program, 4) < 0 ||
        close_range(confinement >= 0 ? CONFINEMENT_FILE + 1 : CONFINEMENT_FILE, ~0U, 0) != 0) {
        zygote_fail("descriptors");
    }
}

static void drop_privileges(const struct broker *broker) {
    uint64_t kept = 0;
    if (broker->lifetime == LIFETIME_NAMESPACES) {
        kept = CAPABILITY(CAP_SYS_ADMIN) | CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID) |
               CAPABILITY(CAP_KILL) | CAPABILITY(CAP_SETPCAP);
    } else if (broker->accounts.privileged) {
        kept = CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_KILL);
    }
    if (keep_capabilities(kept) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        zygote_fail("dropping privileges");
    }
}

static void restore_process(const struct broker *broker) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = broker->open_files_soft;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // Whoever started the broker in the background may have had it ignore SIGINT, and the exec hands that on: no
    // script could then be interrupted. SIGKILL and SIGSTOP, and glibc's own two, refuse; they are as they should be.
    for (int number = 1; number <= SIGRTMAX; number++) {
        signal(number, SIG_DFL);
    }
    umask(077);
    if (chdir("/") != 0) {
        zygote_fail("/");
    }
}

// With what the runtime preloads behind ours.
static char *preload(const struct string_list *given) {
    static const char NAME[] = "LD_PRELOAD=";
    const char *theirs = "";
    for (uint32_t i = 0; i < given->count; i++) {
        if (strncmp(given->items[i], NAME, sizeof NAME - 1) == 0) {
            theirs = given->items[i] + sizeof NAME - 1;
        }
    }
    char *value = NULL;
    if (asprintf(&value, "%s%s%s%s", NAME, CONFINED_MACHINE, theirs[0] == '\0' ? "" : ":", theirs) < 0) {
        zygote_fail("environment");
    }
    return value;
}

static char **zygote_environment(const struct broker *broker, const struct zygote_spec *spec) {
    enum { OWN_MAX = 5 };
    const struct string_list *given = &spec->environment;
    char **environment = calloc(given->count + (size_t)OWN_MAX, sizeof *environment);
    char **next = environment;
    if (environment == NULL) {
        zygote_fail("environment");
    }
    // Of two of one name a program sees the first.
    if (spec->policy != NULL) {
        *next++ = preload(given);
        *next++ = strdup("LAUNCHPAD_CONFINED=1");
    }
    if (given->count > 0) {
        memcpy(next, given->items, given->count * sizeof *environment);
        next += given->count;
    }
    if (asprintf(next++, "LAUNCHPAD_ZYGOTE_LIBRARY=%s",
                 spec->policy == NULL ? broker->zygote_library : CONFINED_LIBRARY) < 0 ||
        asprintf(next, "LAUNCHPAD_LIFETIME=%s",
                 broker->lifetime == LIFETIME_NAMESPACES ? "namespaces" : "tree") < 0) {
        zygote_fail("environment");
    }
    return environment;
}

static _Noreturn void root_fail(const struct root_folder *root) {
    dprintf(STDERR_FILENO, "launchpad-broker: the confined root folder: %s: %s\n", root->failed,
            root->why != NULL ? root->why : strerror(errno));
    _exit(127);
}

// Takes the account, among the mounts that the zygote is to have.
static void settle_confined(const struct broker *broker, const struct zygote_spec *spec) {
    static struct root_folder root;
    // The broker's groups would still open files for it.
    if (setgroups(0, NULL) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        zygote_fail("groups and mounts");
    }
    if (root_folder_take(broker, spec, &root) != 0) {
        root_fail(&root);
    }
    if (become(broker->accounts.zygote_uid, broker->accounts.zygote_gid) != 0) {
        zygote_fail("taking its account");
    }
    if (root_folder_enter(broker, &root) != 0) {
        root_fail(&root);
    }
}

static void settle(const struct broker *broker) {
    // Only root's zygotes run as somebody else than the broker, who could read less.
    bool exposes = broker->lifetime == LIFETIME_NAMESPACES && broker->accounts.privileged;
    struct exposures exposures;
    if (broker->lifetime == LIFETIME_NAMESPACES && namespaces_mount() != 0) {
        zygote_fail("mounting /proc");
    }
    if (exposes && exposures_take(&broker->options, &exposures) != 0) {
        zygote_fail("--expose");
    }
    if (become(broker->accounts.zygote_uid, broker->accounts.zygote_gid) != 0) {
        zygote_fail("taking its account");
    }
    if (exposes && exposures_place(&exposures) != 0) {
        zygote_fail("--expose");
    }
}

// From here on, interpreters run what users have installed.
static void restrict_system_calls(const struct policy *policy) {
    struct sock_fprog program = {
        .len = (unsigned short)policy->zygote_filter_length,
        .filter = (struct sock_filter *)(uintptr_t)policy->zygote_filter,
    };
    if (!leaves_out(LAYER_SYSTEM_CALLS) &&
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
        zygote_fail("the filter of system calls");
    }
}

static char **arguments_of(const struct broker *broker, const struct zygote_spec *spec) {
    if (spec->way == WAY_FORKED) {
        return spec->arguments.items;
    }
    // What the satellites are to be follows its own name; the list ends with a null pointer.
    char **arguments = calloc(spec->arguments.count + (size_t)2, sizeof *arguments);
    if (arguments == NULL) {
        zygote_fail("arguments");
    }
    arguments[0] = strdup(spec->policy == NULL ? broker->exec_program : CONFINED_EXEC);
    memcpy(arguments + 1, spec->arguments.items, spec->arguments.count * sizeof *arguments);
    return arguments;
}

void zygote_run(const struct broker *broker, const struct zygote_spec *spec, int control,
                int output, pid_t parent) {
    int confinement = -1;
    if (spec->policy != NULL && (confinement = confinement_file(broker, spec)) < 0) {
        _exit(127);
    }
    arrange_descriptors(broker, control, output, confinement);
    if (setsid() < 0) {
        zygote_fail("setsid");
    }
    if (spec->policy != NULL) {
        settle_confined(broker, spec);
    } else {
        settle(broker);
    }
    drop_privileges(broker);
    // After the credentials, whose change clears it. A broker that died before tells no more by a signal; and from
    // inside a pid namespace the parent is 0, whoever it is.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || channel_is_closed(ZYGOTE_SOCKET) ||
        (broker->lifetime == LIFETIME_TREE && getppid() != parent)) {
        zygote_fail("the broker ended");
    }
    restore_process(broker);
    char **arguments = arguments_of(broker, spec);
    char **environment = zygote_environment(broker, spec);
    if (spec->policy != NULL) {
        restrict_system_calls(spec->policy);
    }
    execve(arguments[0], arguments, environment);
    zygote_fail(arguments[0]);
}
