// SPDX-License-Identifier: Apache-2.0
//
// One session, from PARK to EXITED. Its states:
//
//     FORKING ── FORKED and STARTED ──> LIVE ── init gone ──> CLEANING ── folder gone ──> reported
//        └────── anything else ─────────────────────────────────┘
//
// parking.c leads to LIVE, sessions.c from there to the end.

#ifndef LAUNCHPAD_SESSION_H
#define LAUNCHPAD_SESSION_H

#include "broker.h"

enum state { FORKING, LIVE, CLEANING };

struct session {
    struct session *next;
    struct zygote *zygote;
    uint64_t slot;
    uint64_t generation;
    uid_t uid;
    enum state state;
    bool kill_wanted;
    // When that was asked for, the satellite had ended, and only its report was not there yet.
    bool ended_first;
    bool parked;
    bool swept;
    bool has_report;
    enum limit limit;
    struct exit_report report;
    struct group_report group_report;
    // Null without a pool.
    struct session_group *group;
    // Why it was never parked.
    char failure[512];
    struct watch init;
    struct watch report_socket;
    int satellite;
    int service_fds[4];
    int64_t deadline;
    char folder[64];
    // The process that removes a large folder; 0 when there is none.
    pid_t remover;
};

int session_send_signal(int pidfd, int signal);
// Nothing runs in it any more: takes it to its report.
void session_init_gone(struct broker *broker, struct session *session);
// It never ran: removes its folder and reports.
void session_discard(struct broker *broker, struct session *session);

#endif
