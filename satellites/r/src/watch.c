// SPDX-License-Identifier: Apache-2.0
//
// The single profile has no launchpad behind it: a thread reads for the main one, so that CANCEL is seen at once, and watches
// the deadline and the time of grace.

#define _GNU_SOURCE
#include "channel_state.h"

#include "calls.h"
#include "front_end.h"
#include "wire.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int wake = -1;
static pthread_cond_t resumed = PTHREAD_COND_INITIALIZER;

static _Noreturn void force_end(void) {
    struct bytes payload = {0};
    if (channel.deadline_passed) {
        struct bytes error = {0};
        wire_uint(&error, 1, 58102);
        wire_bytes(&error, 2, "DEADLINE_EXCEEDED", 17);
        wire_uint(&error, 3, 2);
        static const char text[] = "the deadline of the request has passed";
        wire_bytes(&error, 4, text, sizeof text - 1);
        wire_bytes(&payload, 1, error.data, error.size);
        channel_send(FAILED, false, 0, payload.data, payload.size);
    } else {
        wire_bytes(&payload, 1, "cancelled", 9);
        wire_uint(&payload, 2, 1);
        channel_send(CANCELLED, false, 0, payload.data, payload.size);
    }
    leave_now(0);
}

static int until_due(void) {
    int64_t due = channel.forced_at != 0 ? channel.forced_at : channel.deadline;
    if (due == 0 || channel.over) {
        return -1;
    }
    int64_t left = due - now_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void look_at_clock(void) {
    if (channel.over) {
        return;
    }
    int64_t now = now_ms();
    if (channel.forced_at != 0 && now >= channel.forced_at) {
        force_end();
    }
    if (channel.forced_at == 0 && channel.deadline != 0 && now >= channel.deadline) {
        channel.deadline_passed = true;
        channel_cancel();
    }
}


// Reads for the main thread, so that CANCEL is seen at once.
static void *watch(void *unused) {
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    bool alive = true;
    while (alive) {
        struct pollfd polled[2] = {{channel.descriptors[0], POLLIN, 0}, {wake, POLLIN, 0}};
        int ready = poll(polled, 2, until_due());
        pthread_mutex_lock(&channel_lock);
        if (polled[1].revents != 0) {
            uint64_t rung;
            (void)!read(wake, &rung, sizeof rung);
        }
        while (channel.readers[0].paused) {
            pthread_cond_wait(&resumed, &channel_lock);
        }
        if (ready > 0 && polled[0].revents != 0) {
            channel_received(0);
            alive = channel.failure == NO_FAILURE;
            if (!alive) {
                channel_cancel(); // the engine going away is a cancel without an answer
            }
        }
        look_at_clock();
        uint64_t one = 1;
        (void)!write(channel.bell, &one, sizeof one);
        pthread_mutex_unlock(&channel_lock);
    }
    while (!channel.over) {
        poll(NULL, 0, until_due() < 0 ? 1000 : until_due());
        look_at_clock();
    }
    return NULL;
}

void watch_start(void) {
    pthread_t thread;
    wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0 || pthread_create(&thread, NULL, watch, NULL) != 0) {
        Rf_error("the reader's thread could not be started");
    }
}

void watch_wake(void) {
    uint64_t one = 1;
    (void)!write(wake, &one, sizeof one);
}

void channel_resume(void) {
    pthread_mutex_lock(&channel_lock);
    enum failure failure = frame_resume(&channel.readers[0]);
    if (failure != NO_FAILURE && channel.failure == NO_FAILURE) {
        channel.failure = failure;
    }
    pthread_cond_broadcast(&resumed);
    pthread_mutex_unlock(&channel_lock);
}
