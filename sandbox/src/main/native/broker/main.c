// SPDX-License-Identifier: Apache-2.0
//
// launchpad-broker: the parent of the service and of all that the service has started.
//
// Promises, with BROKER.md beside it:
//   - the service runs without privileges, and what it asks for is checked against the broker's options;
//   - when the service ends, or this program does, every zygote and satellite ends;
//   - every satellite's end is reported, after its last process and its folder are gone.

#define _GNU_SOURCE
#include "broker.h"

#include "../children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// The other programs stand beside this one.
static void find_programs(struct broker *broker) {
    char folder[400];
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length <= 0 || (size_t)length >= sizeof folder - 1) {
        die("/proc/self/exe: %s", length < 0 ? strerror(errno) : "too long a path");
    }
    folder[length] = '\0';
    *strrchr(folder, '/') = '\0';
    char init[sizeof folder + 32];
    snprintf(init, sizeof init, "%s/launchpad-init", folder);
    snprintf(broker->zygote_library, sizeof broker->zygote_library,
             "%s/liblaunchpad_zygote.so", folder);
    snprintf(broker->machine_library, sizeof broker->machine_library,
             "%s/liblaunchpad_machine.so", folder);
    snprintf(broker->exec_program, sizeof broker->exec_program, "%s/launchpad-exec", folder);
    broker->init_program = open(init, O_PATH | O_CLOEXEC);
    if (broker->init_program < 0 || access(broker->zygote_library, R_OK) != 0 ||
        access(broker->machine_library, R_OK) != 0 || access(broker->exec_program, X_OK) != 0) {
        die("launchpad-init, launchpad-exec, liblaunchpad_zygote.so and liblaunchpad_machine.so must stand in %s: %s",
            folder, strerror(errno));
    }
}

// Every satellite costs the broker a handful of descriptors.
static void raise_open_files(struct broker *broker) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
        die("RLIMIT_NOFILE: %s", strerror(errno));
    }
    broker->open_files_soft = (uint32_t)files.rlim_cur;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static void ensure_standard_descriptors(void) {
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    close_fd(&fd);
    if (close_range(3, ~0U, 0) != 0) {
        die("close_range: %s", strerror(errno));
    }
}

static void reap(struct broker *broker) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == broker->service_pid && broker->service_running) {
            service_ended(broker, status);
        } else if (!zygote_reaped(broker, pid, status)) {
            // Else an orphan that came here: nobody asks how it ended.
            session_reaped(broker, pid, status);
        }
    }
}

static void signals_ready(struct broker *broker, void *owner, uint32_t events) {
    struct signalfd_siginfo signal;
    (void)owner;
    (void)events;
    while (read(broker->signals.fd, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (signal.ssi_signo == SIGCHLD) {
            reap(broker);
        } else {
            service_drain(broker);
        }
    }
}

static void standard_input_ready(struct broker *broker, void *owner, uint32_t events) {
    char ignored[256];
    (void)owner;
    (void)events;
    ssize_t length = read(STDIN_FILENO, ignored, sizeof ignored);
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) {
        watch_close(broker, &broker->standard_input);
        service_drain(broker);
    }
}

static void watch_signals(struct broker *broker) {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGHUP);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    // An ignored SIGCHLD, inherited, would have the kernel reap what is waited for.
    signal(SIGCHLD, SIG_DFL);
    int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0 || !watch_add(broker, &broker->signals, signals, signals_ready, NULL)) {
        die("signalfd: %s", strerror(errno));
    }
    if (broker->options.end_with_stdin &&
        !watch_add(broker, &broker->standard_input, STDIN_FILENO, standard_input_ready, NULL)) {
        die("--end-with-stdin: standard input cannot be watched: %s", strerror(errno));
    }
}

// Ends whatever child is left, and waits for it.
static void end_children(const struct broker *broker) {
    int64_t deadline = now_ms() + SHUTDOWN_MS;
    while (now_ms() < deadline) {
        kill_children(NULL, NULL);
        int status;
        pid_t pid;
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        }
        if (pid < 0 && errno == ECHILD) {
            return;
        }
        struct epoll_event event;
        epoll_wait(broker->epoll, &event, 1, 1);
    }
    log_line("a process could not be ended");
}

static int exit_status(const struct broker *broker) {
    if (broker->service_running) {
        return 1;
    }
    return WIFEXITED(broker->service_status) ? WEXITSTATUS(broker->service_status)
                                             : 128 + WTERMSIG(broker->service_status);
}

// As the start would find it, with the same options.
static void print_facts(struct broker *broker) {
    limits_print(broker);
    fflush(stdout);
    refusals_are_facts();
    accounts_choose(broker);
    lifetime_detect(broker);
    promises_require(broker);
    promises_list(broker);
    promises_print(broker);
}

int main(int argc, char **argv) {
    static struct broker broker;
    // Whoever reads its log may go: that ends no session. What it starts has the default again.
    signal(SIGPIPE, SIG_IGN);
    ensure_standard_descriptors();
    options_parse(&broker.options, argc, argv);
    umask(022);
    if (broker.options.facts) {
        print_facts(&broker);
        return 0;
    }
    accounts_choose(&broker);
    privileges_reduce(&broker);
    find_programs(&broker);
    raise_open_files(&broker);
    // Confined sessions mount folders of their own.
    bool has_folders = broker.options.confinement == CONFINEMENT_NONE;
    if (has_folders) {
        work_root_open(&broker);
        work_root_require_way(&broker);
    }
    lifetime_detect(&broker);
    promises_require(&broker);
    broker.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (broker.epoll < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        die("starting: %s", strerror(errno));
    }
    watch_signals(&broker);
    limits_open(&broker);
    promises_list(&broker);
    service_start(&broker);
    loop_run(&broker);
    end_children(&broker);
    limits_close(&broker);
    if (has_folders) {
        work_root_remove(&broker);
    }
    return exit_status(&broker);
}
