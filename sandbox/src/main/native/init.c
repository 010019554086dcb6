// SPDX-License-Identifier: Apache-2.0
//
// launchpad-init SATELLITE-PID: the parent of one satellite.
//
// Waits for the satellite, ends and reaps everything the satellite left behind, reports how it ended on
// descriptor 3, and exits. Ends the session at once when the broker closes descriptor 3 or
// the zygote dies. It was the zygote's fork until it executed this program, so the satellite is
// already its child. Where it is process 1 of a pid namespace the kernel kills what it misses.

#define _GNU_SOURCE
#include "channel.h"
#include "children.h"
#include "credentials.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPORT_SOCKET = 3 };

struct satellite {
    pid_t pid;
    bool reaped;
    int status;
};

static void note_child(struct satellite *satellite, pid_t pid, int status) {
    if (pid == satellite->pid) {
        satellite->reaped = true;
        satellite->status = status;
    }
}

static void reap_ended(struct satellite *satellite) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        note_child(satellite, pid, status);
    }
}

static void kill_rest(void) {
    if (getpid() == 1) {
        kill(-1, SIGKILL);
    } else {
        kill_children(NULL, NULL);
    }
}

// Every process that comes to this one as an orphan does so when its parent dies, and the last such
// parent is a child of this one: looking again after each reaped child therefore misses none.
static void end_rest(struct satellite *satellite) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    while (pid >= 0 || errno == EINTR) {
        if (pid > 0) {
            note_child(satellite, pid, status);
        }
        kill_rest();
        pid = waitpid(-1, &status, 0);
    }
}

static uint64_t microseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static struct exit_report report_of(const struct satellite *satellite) {
    struct rusage usage;
    memset(&usage, 0, sizeof usage);
    getrusage(RUSAGE_CHILDREN, &usage);
    struct exit_report report = {
        .how = HOW_UNKNOWN,
        .user_us = microseconds(usage.ru_utime),
        .system_us = microseconds(usage.ru_stime),
        .peak_rss_kib = (uint64_t)usage.ru_maxrss,
        .minor_faults = (uint64_t)usage.ru_minflt,
        .major_faults = (uint64_t)usage.ru_majflt,
    };
    if (satellite->reaped && WIFEXITED(satellite->status)) {
        report.how = HOW_EXITED;
        report.value = (uint32_t)WEXITSTATUS(satellite->status);
    } else if (satellite->reaped && WIFSIGNALED(satellite->status)) {
        report.how = HOW_SIGNALLED;
        report.value = (uint32_t)WTERMSIG(satellite->status);
    }
    return report;
}

// Returns when the session is to be ended.
static void wait_for_end(struct satellite *satellite, int signals) {
    struct pollfd sources[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = REPORT_SOCKET, .events = POLLIN},
    };
    for (;;) {
        reap_ended(satellite);
        if (satellite->reaped) {
            return;
        }
        if (poll(sources, 2, -1) < 0 && errno != EINTR) {
            return;
        }
        struct signalfd_siginfo signal;
        while (read(signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
            if (signal.ssi_signo == SIGTERM) {
                return;
            }
        }
        // The broker never writes here: readable means closed.
        if (sources[1].revents != 0) {
            return;
        }
    }
}

// It may end every process of its session, whatever account that has, and nothing else.
static bool drop_privileges(void) {
    uint64_t permitted;
    if (permitted_capabilities(&permitted) != 0) {
        return false;
    }
    // Unconfined, as an ordinary user, there is none.
    return permitted == 0 || (limit_bounding_capabilities(0) == 0 &&
                              keep_capabilities(permitted & CAPABILITY(CAP_KILL)) == 0);
}

int main(int argc, char **argv) {
    static struct message message;
    struct satellite satellite = {.pid = argc == 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0};
    if (satellite.pid <= 0) {
        return 64;
    }
    // A satellite that shares this uid may signal this process but must not look into it.
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0 ||
        !drop_privileges()) {
        // Its end ends the session. That something is wrong here the broker sees: no report comes.
        return 70;
    }

    sigset_t watched;
    sigfillset(&watched);
    sigprocmask(SIG_SETMASK, &watched, NULL);
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals >= 0) {
        wait_for_end(&satellite, signals);
    }
    end_rest(&satellite);

    struct exit_report report = report_of(&satellite);
    message_begin(&message, ENDED, 0, 0);
    put_bytes(&message, &report, sizeof report);
    return channel_send(REPORT_SOCKET, &message) == 0 ? 0 : 1;
}
