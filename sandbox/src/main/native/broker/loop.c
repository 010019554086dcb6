// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

bool watch_add(struct broker *broker, struct watch *watch, int fd, watch_ready ready, void *owner) {
    *watch = (struct watch){.fd = fd, .ready = ready, .owner = owner};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    if (epoll_ctl(broker->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        watch->fd = -1;
        return false;
    }
    return true;
}

void watch_close(struct broker *broker, struct watch *watch) {
    if (watch->fd >= 0) {
        // Not left to close: a copy in a process just forked would keep it in the set.
        epoll_ctl(broker->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
        close_fd(&watch->fd);
    }
}

void watch_writable(struct broker *broker, struct watch *watch, bool wanted) {
    if (watch->fd >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
        if (wanted) {
            event.events |= EPOLLOUT;
        }
        epoll_ctl(broker->epoll, EPOLL_CTL_MOD, watch->fd, &event);
    }
}

void deadline_set(struct broker *broker, int64_t *deadline, int64_t at) {
    broker->deadlines += (at != 0) - (*deadline != 0);
    *deadline = at;
}

static void tick(struct broker *broker, int64_t now) {
    sessions_tick(broker, now);
    zygotes_tick(broker, now);
    service_tick(broker, now);
    if (broker->drain_deadline != 0 && now >= broker->drain_deadline) {
        deadline_set(broker, &broker->drain_deadline, 0);
        broker_stop(broker, "the service did not end in time");
    }
}

static bool is_finished(const struct broker *broker, int64_t now) {
    if (!broker->stopping) {
        return false;
    }
    bool ended = !broker->service_running && broker->zygotes == NULL && broker->sessions == NULL;
    return ended || now >= broker->shutdown_deadline;
}

void loop_run(struct broker *broker) {
    int64_t next_tick = now_ms() + TICK_MS;
    while (!is_finished(broker, now_ms())) {
        // One event at a time: what it frees cannot be in a list of further events.
        struct epoll_event event;
        int ready = epoll_wait(broker->epoll, &event, 1, broker->deadlines > 0 ? TICK_MS : -1);
        if (ready < 0 && errno != EINTR) {
            die("epoll_wait: %s", strerror(errno));
        }
        if (ready > 0) {
            struct watch *watch = event.data.ptr;
            watch->ready(broker, watch->owner, event.events);
        }
        int64_t now = now_ms();
        if (now >= next_tick) {
            next_tick = now + TICK_MS;
            tick(broker, now);
        }
    }
}
