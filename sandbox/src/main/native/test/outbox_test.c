// SPDX-License-Identifier: Apache-2.0
//
// What the service does not take at once: the loop neither spins for it nor forgets it.

#define _GNU_SOURCE
#include "broker/broker.h"
#include "check.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct broker broker;
static int send_error;
static int sent;

int __wrap_channel_send(int socket, const struct message *message);
int __wrap_channel_send(int socket, const struct message *message) {
    (void)socket;
    (void)message;
    sent += send_error == 0;
    return send_error;
}

static bool wants_to_write(void) {
    struct epoll_event event;
    return epoll_wait(broker.epoll, &event, 1, 0) == 1 && (event.events & EPOLLOUT) != 0;
}

static void send_one(void) {
    static struct message message;
    message_begin(&message, LIMITED, 1, 1);
    put_string(&message, "");
    service_send(&broker, &message);
}

static void a_full_socket_is_waited_for(void) {
    send_error = -EAGAIN;
    send_one();
    CHECK(sent == 0 && wants_to_write() && broker.deadlines == 0);
    send_error = 0;
    send_one();
    CHECK(sent == 2 && !wants_to_write() && broker.deadlines == 0);
}

// The socket is writable all the time, and would wake the loop again and again.
static void descriptors_in_flight_are_waited_for_by_the_clock(void) {
    sent = 0;
    send_error = -ETOOMANYREFS;
    send_one();
    CHECK(sent == 0 && !wants_to_write());
    CHECK(broker.deadlines == 1 && broker.outbox.retry > now_ms());
    service_tick(&broker, broker.outbox.retry - 1);
    send_error = 0;
    CHECK(sent == 0);
    service_tick(&broker, broker.outbox.retry);
    CHECK(sent == 1 && broker.deadlines == 0 && broker.outbox.count == 0);
}

static void the_end_forgets_what_was_to_be_tried_again(void) {
    send_error = -ETOOMANYREFS;
    send_one();
    CHECK(broker.deadlines == 1);
    broker_stop(&broker, NULL);
    // That of the shutdown itself.
    CHECK(broker.deadlines == 1 && broker.outbox.retry == 0 && broker.shutdown_deadline != 0);
}

int main(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    broker.epoll = epoll_create1(EPOLL_CLOEXEC);
    CHECK(broker.epoll >= 0 && watch_add(&broker, &broker.service, pair[0], NULL, NULL));
    a_full_socket_is_waited_for();
    descriptors_in_flight_are_waited_for_by_the_clock();
    the_end_forgets_what_was_to_be_tried_again();
    close(pair[1]);
    close(broker.epoll);
    puts("outbox_test: passed");
    return 0;
}

// ---------------------------------------------------------------- the rest of the broker is not asked

void zygotes_kill_all(struct broker *of) {
    (void)of;
}
void sessions_tick(struct broker *of, int64_t now) {
    (void)of;
    (void)now;
}
void zygotes_tick(struct broker *of, int64_t now) {
    (void)of;
    (void)now;
}
bool zygote_start(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}

bool zygote_measure(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}
struct zygote *zygote_find(struct broker *of, uint64_t id) {
    (void)of;
    (void)id;
    abort();
}
void zygote_retire(struct broker *of, struct zygote *zygote) {
    (void)of;
    (void)zygote;
    abort();
}
void zygote_kill(struct broker *of, struct zygote *zygote, const char *reason) {
    (void)of;
    (void)zygote;
    (void)reason;
    abort();
}
struct session *session_find(struct broker *of, uint64_t slot, uint64_t generation) {
    (void)of;
    (void)slot;
    (void)generation;
    abort();
}
void session_kill(struct broker *of, struct session *session) {
    (void)of;
    (void)session;
    abort();
}
void session_signal(struct session *session, int signal) {
    (void)session;
    (void)signal;
    abort();
}
bool session_park(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}
bool session_limit(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}
bool session_begin(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}
bool session_measure(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}
bool pool_set(struct broker *of, const struct message *message) {
    (void)of;
    (void)message;
    abort();
}
int socket_buffer_bytes(void) {
    abort();
}
