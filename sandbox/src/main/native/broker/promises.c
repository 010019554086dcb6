// SPDX-License-Identifier: Apache-2.0
//
// What the machine can keep of `--sandbox full`: the promises of THREAT_MODEL.md that hang on the broker, each with
// what keeps it here. What must be kept and cannot ends the start, with what to do; what has one layer less is said.

#define _GNU_SOURCE
#include "broker.h"

#include "../session/confinement.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REFUSAL "--sandbox full cannot be kept: "

static long setting(const char *path) {
    long value = -1;
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%ld", &value) != 1) {
            value = -1;
        }
        fclose(file);
    }
    return value;
}

// What this machine refuses user namespaces by, and the command against it.
static const char *namespace_advice(void) {
    if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
        return "AppArmor lets only root make user namespaces: give launchpad-broker a profile with `userns,`, or as root: "
               "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
    }
    if (setting("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
        return "only root may make user namespaces: as root, sysctl -w kernel.unprivileged_userns_clone=1";
    }
    if (setting("/proc/sys/user/max_user_namespaces") == 0) {
        return "user namespaces are turned off: as root, sysctl -w user.max_user_namespaces=15000";
    }
    return "allow user namespaces; a container must allow unshare, mount, setns and pivot_root, and have an unmasked /proc";
}

static void require_namespaces(const struct broker *broker) {
    if (broker->lifetime != LIFETIME_NAMESPACES) {
        refuse_start(REFUSAL "%s: %s. Or confine nothing with sandbox = none", broker->lifetime_reason,
                     namespace_advice());
    }
}

static void require_accounts(const struct broker *broker) {
    if (broker->accounts.count < 2) {
        const struct passwd *user = getpwuid(broker->accounts.zygote_uid);
        refuse_start(REFUSAL
                     "uid %u has no range of worker accounts in /etc/subuid and /etc/subgid. As root, once: "
                     "launchpad host-setup --user %s",
                     broker->accounts.zygote_uid, user == NULL ? "NAME" : user->pw_name);
    }
}

static void require_filter(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0) {
        refuse_start(REFUSAL "the kernel filters no system calls (CONFIG_SECCOMP_FILTER): %s",
                     strerror(errno));
    }
}

void promises_require(const struct broker *broker) {
    if (broker->options.confinement == CONFINEMENT_FULL) {
        require_accounts(broker);
        require_namespaces(broker);
        require_filter();
    }
}

static __attribute__((format(printf, 2, 3))) void add(struct promises *promises, const char *format,
                                                      ...) {
    if (promises->count == PROMISES_MAX) {
        die("there are more than %d promises", PROMISES_MAX);
    }
    va_list arguments;
    va_start(arguments, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): started in the line above
    vsnprintf(promises->texts[promises->count++], PROMISE_BYTES, format, arguments);
    va_end(arguments);
}

static void list_landlock(struct broker *broker) {
    int abi = landlock_abi();
    if (abi == 0) {
        add(&broker->weakened, "P2 P6: no Landlock in this kernel, or not in lsm=; mounts, namespaces and accounts alone "
                               "keep scripts from what is not theirs");
        return;
    }
    add(&broker->promises, "P2: Landlock version %d, behind the mounts", abi);
    if (abi < 6) {
        add(&broker->weakened,
            "P3 P4 P6: Landlock version %d knows no%s%s abstract sockets and signals (6.12); namespaces and system calls "
            "alone keep scripts from them",
            abi, abi < 4 ? " network (Linux 6.7)," : "", abi < 5 ? " device commands (6.10)," : "");
    }
}

static void append(char *text, size_t size, const char *word) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used == 0 ? "" : ", ", word);
}

static void list_limits(struct broker *broker) {
    static const struct {
        enum controller controller;
        const char *name;
    } needed[] = {{CONTROLLER_MEMORY, "memory"},
                  {CONTROLLER_PROCESSES, "processes"},
                  {CONTROLLER_CPU, "CPU"},
                  {CONTROLLER_CPU_ACCOUNT, "CPU time"}};
    const struct cgroups *cgroups = &broker->cgroups;
    char kept[64] = "";
    char missing[64] = "";
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        bool has = (cgroups->controllers & needed[i].controller) != 0;
        append(has ? kept : missing, sizeof kept, needed[i].name);
    }
    add(&broker->promises, "P11: limits on descriptors, pipes, queued signals and scratch%s%s",
        kept[0] == '\0' ? "" : ", and by control groups on ", kept);
    if (missing[0] != '\0') {
        add(&broker->weakened, "P11: no limits on %s by control groups (%.200s); only per process and account",
            missing, cgroups->reason);
    }
    if ((cgroups->controllers & CONTROLLER_MEMORY) != 0 &&
        (cgroups->controllers & (CONTROLLER_SWAP | CONTROLLER_NO_SWAP_IN_USE)) == 0) {
        add(&broker->weakened, "P11: swap is in use and the kernel does not count it: a memory limit is kept only with "
                               "swapaccount=1, or given up with sandbox.allow-swap");
    }
}

void promises_list(struct broker *broker) {
    struct promises *promises = &broker->promises;
    const struct accounts *accounts = &broker->accounts;
    if (broker->options.confinement == CONFINEMENT_NONE) {
        return;
    }
    add(promises, "P1 P2 P3: a read-only root folder of what the policy names, five devices, and a scratch folder "
                  "limited in size and files");
    list_landlock(broker);
    add(promises, "P4 P7 P8: user, mount, pid, ipc, uts and cgroup namespaces of its own");
    add(promises, "P5: an account of its own, of the uids %u to %u, without capabilities or new privileges",
        accounts->first, accounts->first + accounts->count - 1);
    add(promises, "P6: an empty network namespace, and no sockets but Unix ones");
    add(promises, "P8 P9: the system calls that the policy allows, no others");
    add(promises, "P10: descriptors, environment and memory that hold nothing of others");
    list_limits(broker);
    add(promises, "P13 P18: the kernel ends and reports what belongs to a session, by its pid namespace");
}

static void print_all(const char *word, const struct promises *promises) {
    for (uint32_t i = 0; i < promises->count; i++) {
        printf("%s %s\n", word, promises->texts[i]);
    }
}

void promises_print(const struct broker *broker) {
    print_all("kept", &broker->promises);
    print_all("weak", &broker->weakened);
}
