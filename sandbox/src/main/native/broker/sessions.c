// SPDX-License-Identifier: Apache-2.0
//
// Sessions that live and end: signals, kills, and what follows the end of an init.

#define _GNU_SOURCE
#include "session.h"

#include "../children.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { REMOVED_AT_ONCE_MAX = 64, REMOVED_PER_STEP = 4096 };

int session_send_signal(int pidfd, int signal) {
    return pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

struct session *session_find(struct broker *broker, uint64_t slot, uint64_t generation) {
    struct session *session = broker->sessions;
    while (session != NULL && (session->slot != slot || session->generation != generation)) {
        session = session->next;
    }
    return session;
}

static void release(struct broker *broker, struct session *session) {
    struct session **link = &broker->sessions;
    while (*link != session) {
        link = &(*link)->next;
    }
    *link = session->next;
    broker->session_count--;
    watch_close(broker, &session->init);
    watch_close(broker, &session->report_socket);
    close_fd(&session->satellite);
    channels_close(session->service_fds);
    deadline_set(broker, &session->deadline, 0);
    free(session);
}

static enum cause cause_of(const struct session *session) {
    if (session->limit != LIMIT_NONE) {
        return CAUSE_LIMIT;
    }
    bool by_itself = session->ended_first && session->has_report;
    if ((session->kill_wanted && !by_itself) || zygote_was_killed(session->zygote)) {
        return CAUSE_KILLED;
    }
    if (session->has_report && !zygote_is_dead(session->zygote)) {
        return CAUSE_ITSELF;
    }
    if (zygote_is_dead(session->zygote) || zygote_hung_up(session->zygote)) {
        return CAUSE_ZYGOTE_DIED;
    }
    return CAUSE_INIT_DIED;
}

static void report(struct broker *broker, struct session *session) {
    static struct message message;
    struct zygote *zygote = session->zygote;
    if (session->parked) {
        message_begin(&message, EXITED, session->slot, session->generation);
        put_bytes(&message, &session->report, sizeof session->report);
        put_bytes(&message, &session->group_report, sizeof session->group_report);
    } else {
        message_begin(&message, PARK_FAILED, session->slot, session->generation);
        put_string(&message, session->failure[0] != '\0'
                                 ? session->failure
                                 : "the session ended while it was started");
    }
    if (session->group != NULL) {
        session_group_close(broker, session->group);
        session->group = NULL;
    }
    release(broker, session);
    // A service that hears of the end finds nothing of the session left.
    service_send(broker, &message);
    zygote_session_gone(broker, zygote);
}

// In a process of its own, because a script may have left a million files.
static void start_remover(struct broker *broker, struct session *session) {
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        enum removal removal;
        do {
            removal = work_folder_remove(broker->work_root, session->folder, REMOVED_PER_STEP);
        } while (removal == REMOVAL_MORE);
        _exit(removal == REMOVAL_DONE ? 0 : 1);
    }
    session->remover = pid > 0 ? pid : 0;
}

static void remove_folder(struct broker *broker, struct session *session) {
    if (broker->options.confinement == CONFINEMENT_FULL) {
        report(broker, session);
        return;
    }
    switch (work_folder_remove(broker->work_root, session->folder, REMOVED_AT_ONCE_MAX)) {
    case REMOVAL_MORE:
        start_remover(broker, session);
        if (session->remover != 0) {
            return;
        }
        log_line("%s is left: no process to remove it: %s", session->folder, strerror(errno));
        break;
    case REMOVAL_FAILED:
        log_line("%s is left: %s", session->folder, strerror(errno));
        break;
    case REMOVAL_DONE:
        break;
    }
    report(broker, session);
}

static bool is_known_child(pid_t pid, const void *context) {
    const struct broker *broker = context;
    return (broker->service_running && pid == broker->service_pid) ||
           zygote_owns_pid(broker, pid) || session_owns_pid(broker, pid);
}

int sessions_end_unknown(const struct broker *broker) {
    return kill_children(is_known_child, broker);
}

// Init is gone. Where the kernel did not end the rest, what escaped is now a child of the broker, and still in its
// group.
static void clean(struct broker *broker, struct session *session) {
    if (session->group != NULL && !session_group_empty(broker, session->group)) {
        deadline_set(broker, &session->deadline, now_ms() + TICK_MS);
        return;
    }
    if (broker->lifetime == LIFETIME_TREE && !session->swept) {
        // Where one account is one session's, whoever runs as it is of this one.
        int left = sessions_end_unknown(broker);
        left += broker->accounts.privileged ? account_kill(session->uid) : 0;
        if (left > 0) {
            deadline_set(broker, &session->deadline, now_ms() + TICK_MS);
            return;
        }
        session->swept = true;
    }
    deadline_set(broker, &session->deadline, 0);
    remove_folder(broker, session);
}

void session_init_gone(struct broker *broker, struct session *session) {
    if (!session->has_report) {
        session->report = (struct exit_report){.how = HOW_UNKNOWN};
    }
    if (session->group != NULL) {
        enum limit met =
            session_group_report(broker, session->group, &session->group_report);
        session_group_discount(session->group, &session->report);
        if (session->limit == LIMIT_NONE && !session->kill_wanted) {
            session->limit = met;
        }
    }
    session->report.cause = (uint32_t)cause_of(session);
    session->report.limit = (uint32_t)session->limit;
    session->state = CLEANING;
    watch_close(broker, &session->init);
    watch_close(broker, &session->report_socket);
    clean(broker, session);
}

void session_discard(struct broker *broker, struct session *session) {
    session->state = CLEANING;
    session->swept = true;
    clean(broker, session);
}

static void end(struct broker *broker, struct session *session) {
    if (session->state == LIVE) {
        session_send_signal(session->satellite, SIGKILL);
        // Init ends the rest and reports, unless the script found a way to stop it.
        deadline_set(broker, &session->deadline, now_ms() + KILL_ESCALATION_MS);
    }
}

void session_over_limit(struct broker *broker, struct session *session, enum limit limit) {
    if (session->state == LIVE && !session->kill_wanted && session->limit == LIMIT_NONE) {
        session->limit = limit;
        end(broker, session);
    }
}

static bool has_ended(int pidfd) {
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    return pidfd >= 0 && poll(&ended, 1, 0) == 1;
}

void session_kill(struct broker *broker, struct session *session) {
    if (session->state == CLEANING || session->kill_wanted) {
        return;
    }
    session->kill_wanted = true;
    session->ended_first = has_ended(session->satellite);
    end(broker, session);
}
void session_signal(struct session *session, int signal) {
    if (session->state == LIVE) {
        session_send_signal(session->satellite, signal);
    }
}

void sessions_zygote_died(struct broker *broker, struct zygote *zygote) {
    struct session *next;
    for (struct session *session = broker->sessions; session != NULL; session = next) {
        next = session->next;
        if (session->zygote != zygote || session->state == CLEANING) {
            continue;
        }
        if (session->init.fd < 0) {
            // Never got as far as an init that is known.
            session_init_gone(broker, session);
        } else {
            // In a tree of processes init learns it by a signal too, but may be stopped.
            session_send_signal(session->init.fd, SIGTERM);
            deadline_set(broker, &session->deadline, now_ms() + KILL_ESCALATION_MS);
        }
    }
}

bool session_owns_pid(const struct broker *broker, pid_t pid) {
    const struct session *session = broker->sessions;
    while (session != NULL && session->remover != pid) {
        session = session->next;
    }
    return session != NULL;
}

bool session_reaped(struct broker *broker, pid_t pid, int status) {
    for (struct session *session = broker->sessions; session != NULL; session = session->next) {
        if (session->remover == pid) {
            session->remover = 0;
            if (status != 0) {
                log_line("%s could not be removed", session->folder);
            }
            report(broker, session);
            return true;
        }
    }
    return false;
}

void sessions_tick(struct broker *broker, int64_t now) {
    struct session *next;
    for (struct session *session = broker->sessions; session != NULL; session = next) {
        next = session->next;
        if (session->deadline == 0 || now < session->deadline) {
            continue;
        }
        switch (session->state) {
        case FORKING:
            zygote_kill(broker, session->zygote, "it did not answer FORK in time");
            // One whose zygote has died may have an init that was stopped.
            session_send_signal(session->init.fd, SIGKILL);
            deadline_set(broker, &session->deadline, 0);
            break;
        case LIVE:
            session_send_signal(session->init.fd, SIGKILL);
            deadline_set(broker, &session->deadline, 0);
            break;
        case CLEANING:
            clean(broker, session);
            break;
        }
    }
}
