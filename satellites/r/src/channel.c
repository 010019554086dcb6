// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "channel_state.h"

#include "calls.h"
#include "wire.h"

#include <R_ext/Utils.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// Set by R's handler of SIGINT, and looked at by R_CheckUserInterrupt.
extern int R_interrupts_pending;
extern Rboolean R_interrupts_suspended;

enum {
    // Descriptors of the protocol live here, away from those a script is likely to guess.
    FIRST_DESCRIPTOR = 200,
    LINGER_MS = 1000,
    // Time for user code to end after a cancel, when the request states none.
    GRACE_MS = 5000,
};

static const uint64_t CREDIT_MAX = 1ULL << 63;

struct channel channel;
pthread_mutex_t channel_lock;
pthread_mutex_t send_lock;

int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// ---- sending -----------------------------------------------------------------------------------

struct frame_writer *channel_writer(enum frame_type type) {
    bool data = type == DATA || type == BLOB;
    return &channel.writers[data && !channel.single ? 1 : 0];
}

enum failure channel_send(enum frame_type type, bool more, uint16_t stream, const void *data, size_t size) {
    pthread_mutex_lock(&send_lock);
    enum failure failure = frame_send(channel_writer(type), type, more, stream, data, size);
    pthread_mutex_unlock(&send_lock);
    return failure;
}

bool channel_is_open(void) {
    return channel.open;
}

bool channel_is_own(void) {
    return channel.open && getpid() == channel.owner;
}

bool channel_verified(void) {
    for (int i = 0; i < (channel.single ? 1 : 2); i++) {
        struct stat status;
        if (fstat(channel.descriptors[i], &status) != 0 || status.st_dev != channel.identities[i].device ||
            status.st_ino != channel.identities[i].inode) {
            return false;
        }
    }
    return true;
}

bool channel_send_now(enum frame_type type, const void *payload, size_t size) {
    return channel_is_own() && channel_verified() && channel_send(type, false, 0, payload, size) == NO_FAILURE;
}

bool channel_send_output(const void *payload, size_t size) {
    return channel_send_now(OUTPUT, payload, size);
}

enum failure channel_grant(uint16_t stream, uint64_t count, bool discard) {
    struct bytes payload = {0};
    wire_uint(&payload, 1, stream);
    wire_uint(&payload, 2, count);
    wire_uint(&payload, 3, discard);
    enum failure failure = channel_send(CREDIT, false, 0, payload.data, payload.size);
    bytes_free(&payload);
    return failure;
}

// ---- control messages --------------------------------------------------------------------------

static bool credited(const uint8_t *payload, size_t size) {
    struct wire_reader reader = {payload, payload + size, false};
    struct wire_field field;
    uint64_t stream = 0;
    uint64_t count = 0;
    while (wire_next(&reader, &field)) {
        stream = field.number == 1 ? field.value : stream;
        count = field.number == 2 ? field.value : count;
    }
    if (reader.malformed || channel.over) {
        return !reader.malformed;
    }
    for (struct outgoing *out = channel.outgoing; out != NULL; out = out->next) {
        if (out->id == stream) {
            bool fits = count < CREDIT_MAX && out->credit + count < CREDIT_MAX;
            out->credit += fits ? count : 0;
            return fits;
        }
    }
    return false;
}

void channel_cancel(void) {
    if (!channel.over && channel.has_message[EXECUTE] && channel.forced_at == 0) {
        channel.forced_at = now_ms() + channel.grace_ms;
        pthread_kill(channel.main, SIGINT);
    }
}

static bool control(void *context, int type, const uint8_t *payload, size_t size) {
    (void)context;
    switch (type) {
    case PING:
        return channel_send(PONG, false, 0, payload, size) == NO_FAILURE;
    case PONG:
        return true;
    case CREDIT:
        return credited(payload, size);
    case CANCEL:
        // In the split profile launchpad sends the signal itself.
        if (channel.single) {
            channel_cancel();
        }
        return true;
    case REFUSED:
        channel.failure = PEER_GONE;
        return true;
    case HELLO:
    case WELCOME:
    case EXECUTE:
        if (channel.has_message[type]) {
            return false;
        }
        bytes_append(&channel.messages[type], payload, size);
        channel.has_message[type] = true;
        if (type != HELLO) {
            channel.readers[0].control_max = CONTROL_PAYLOAD_MAX;
            channel.readers[1].control_max = CONTROL_PAYLOAD_MAX;
        }
        // What follows is for streams that are not open yet.
        channel.readers[0].paused = type == EXECUTE || type == HELLO;
        return true;
    default:
        return false;
    }
}

static const struct frame_handler HANDLER = {control, stream_begin, stream_space, stream_advance, stream_finish};

// ---- waiting -----------------------------------------------------------------------------------

void channel_received(int which) {
    enum failure failure = frame_receive(&channel.readers[which]);
    if (failure != NO_FAILURE && channel.failure == NO_FAILURE) {
        channel.failure = failure;
    }
}

static _Noreturn void raise_failure(void) {
    const char *problem = channel.readers[0].problem[0] != '\0' ? channel.readers[0].problem
                                                                : channel.readers[1].problem;
    const char *kind = channel.failure == PEER_GONE ? "gone" : channel.failure == DAMAGED ? "damaged" : "violation";
    SEXP call = PROTECT(Rf_lang3(Rf_install("channel_failed"), PROTECT(Rf_mkString(kind)),
                                 PROTECT(Rf_mkString(problem))));
    Rf_eval(call, package_namespace);
    Rf_error("channel_failed came back");
}

void channel_check(enum failure failure) {
    if (failure != NO_FAILURE) {
        if (channel.failure == NO_FAILURE) {
            channel.failure = failure;
        }
        raise_failure();
    }
}

// Waits for something to arrive. A signal that comes before the wait ends it, too.
static void wait_once(void) {
    sigset_t interrupt;
    sigset_t before;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before);
    bool interrupted = R_interrupts_pending && !R_interrupts_suspended;
    struct pollfd polled[2] = {{channel.single ? channel.bell : channel.descriptors[0], POLLIN, 0},
                               {channel.descriptors[1], POLLIN, 0}};
    // Input may be there before EXECUTE, but says nothing without it.
    nfds_t count = channel.single || !channel.has_message[EXECUTE] ? 1 : 2;
    int ready = interrupted ? -1 : ppoll(polled, count, NULL, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ready > 0 && channel.single) {
        uint64_t rung;
        if (read(channel.bell, &rung, sizeof rung) < 0 && errno != EAGAIN) {
            channel.failure = DAMAGED;
        }
    } else if (ready > 0) {
        for (nfds_t i = 0; i < count; i++) {
            if (polled[i].revents != 0) {
                channel_received((int)i);
            }
        }
    }
    R_CheckUserInterrupt();
}

static bool holds(predicate ready, const void *subject, enum failure *failure) {
    pthread_mutex_lock(&channel_lock);
    bool is_ready = ready(subject);
    *failure = is_ready ? NO_FAILURE : channel.failure;
    pthread_mutex_unlock(&channel_lock);
    return is_ready;
}

void channel_wait(predicate ready, const void *subject) {
    enum failure failure;
    while (!holds(ready, subject, &failure)) {
        channel_check(failure);
        wait_once();
    }
}

// ---- from R ------------------------------------------------------------------------------------

// A fork of the satellite, as parallel makes them, must not hold its connection open.
static void after_fork_in_child(void) {
    if (channel.open) {
        close(channel.descriptors[0]);
        if (!channel.single) {
            close(channel.descriptors[1]);
        }
    }
}

static void init_once(void) {
    static bool done;
    if (!done) {
        pthread_mutexattr_t recursive;
        pthread_mutexattr_init(&recursive);
        pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
        pthread_mutex_init(&channel_lock, &recursive);
        pthread_mutex_init(&send_lock, &recursive);
        pthread_atfork(NULL, NULL, after_fork_in_child);
        done = true;
    }
}

static int adopt(int which, int descriptor) {
    int own = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    struct stat status;
    if (own < 0 || fstat(own, &status) != 0) {
        Rf_error("descriptor %d: %s", descriptor, strerror(errno));
    }
    close(descriptor);
    int flags = fcntl(own, F_GETFL);
    fcntl(own, F_SETFL, flags & ~O_NONBLOCK);
    channel.descriptors[which] = own;
    channel.identities[which] = (struct identity){status.st_dev, status.st_ino};
    return own;
}

static void prepare(int which, bool preface, bool carries_control, bool carries_fragments) {
    channel.readers[which] = (struct frame_reader){.socket = channel.descriptors[which],
                                                   .preface_due = preface,
                                                   .carries_control = carries_control,
                                                   .carries_fragments = carries_fragments,
                                                   .control_max = HANDSHAKE_PAYLOAD_MAX,
                                                   .handler = &HANDLER};
    channel.writers[which] = (struct frame_writer){.socket = channel.descriptors[which], .preface_due = preface};
}

// `data` below 0: one socket for everything.
SEXP call_channel_open(SEXP control_fd, SEXP data_fd) {
    init_once();
    memset(&channel, 0, sizeof channel);
    channel.single = Rf_asInteger(data_fd) < 0;
    channel.peer_credit = WINDOW_BYTES;
    channel.grace_ms = GRACE_MS;
    channel.owner = getpid();
    channel.main = pthread_self();
    channel.bell = -1;
    adopt(0, Rf_asInteger(control_fd));
    prepare(0, true, true, channel.single);
    if (channel.single) {
        channel.descriptors[1] = -1;
        channel.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    } else {
        adopt(1, Rf_asInteger(data_fd));
        prepare(1, false, false, true);
    }
    channel.open = true;
    R_interrupts_suspended = TRUE;
    if (channel.single) {
        watch_start();
    }
    return R_NilValue;
}

SEXP call_channel_close(void) {
    if (channel.open) {
        close(channel.descriptors[0]);
        if (!channel.single) {
            close(channel.descriptors[1]);
        }
        for (struct incoming *in = channel.incoming; in != NULL; in = in->next) {
            bytes_free(&in->data);
        }
        bytes_free(&channel.readers[0].buffer);
        bytes_free(&channel.readers[1].buffer);
        for (int i = 0; i < 256; i++) {
            bytes_free(&channel.messages[i]);
        }
        channel.open = false;
    }
    R_interrupts_suspended = FALSE;
    return R_NilValue;
}

SEXP call_send(SEXP type, SEXP message) {
    channel_check(channel_send((enum frame_type)Rf_asInteger(type), false, 0, RAW(message), (size_t)XLENGTH(message)));
    return R_NilValue;
}

static bool has_message(const void *subject) {
    return channel.has_message[*(const int *)subject];
}

// The payload of the first message of that type.
SEXP call_wait_message(SEXP type) {
    int wanted = Rf_asInteger(type);
    channel_wait(has_message, &wanted);
    struct bytes *message = &channel.messages[wanted];
    SEXP payload = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)message->size));
    if (message->size > 0) {
        memcpy(RAW(payload), message->data, message->size);
    }
    if (wanted == HELLO) {
        channel.readers[0].control_max = CONTROL_PAYLOAD_MAX;
        channel_resume();
    }
    UNPROTECT(1);
    return payload;
}

SEXP call_peer_credit(SEXP credit) {
    channel.peer_credit = (uint64_t)Rf_asReal(credit);
    return R_NilValue;
}

// From TRUE on a SIGINT interrupts what runs; one that came before is delivered now.
SEXP call_arm(SEXP armed) {
    R_interrupts_suspended = !Rf_asLogical(armed);
    if (R_interrupts_suspended) {
        R_interrupts_pending = 0;
    }
    return R_NilValue;
}

SEXP call_streams_opened(void) {
    channel_resume();
    return R_NilValue;
}

SEXP call_over(void) {
    pthread_mutex_lock(&channel_lock);
    channel.over = true;
    pthread_mutex_unlock(&channel_lock);
    channel_resume();
    return R_NilValue;
}

SEXP call_verify(void) {
    if (channel.open && !channel_verified()) {
        channel_check(DAMAGED);
    }
    return R_NilValue;
}

static void drain(int descriptor, int64_t until) {
    static uint8_t waste[1 << 16];
    shutdown(descriptor, SHUT_WR);
    for (;;) {
        int64_t left = until - now_ms();
        struct pollfd polled = {descriptor, POLLIN, 0};
        if (left <= 0 || poll(&polled, 1, (int)left) <= 0 ||
            recv(descriptor, waste, sizeof waste, MSG_DONTWAIT) <= 0) {
            return;
        }
    }
}

// Reads what is still under way: closing over unread bytes would reset the connection.
void channel_finish_now(void) {
    int64_t until = now_ms() + LINGER_MS;
    if (!channel.single) {
        drain(channel.descriptors[1], until);
    }
    drain(channel.descriptors[0], until);
}

SEXP call_finish(void) {
    channel_finish_now();
    return R_NilValue;
}

SEXP call_watch(SEXP deadline_ms, SEXP grace_ms) {
    pthread_mutex_lock(&channel_lock);
    double deadline = Rf_asReal(deadline_ms);
    double grace = Rf_asReal(grace_ms);
    channel.deadline = deadline > 0 ? now_ms() + (int64_t)deadline : 0;
    channel.grace_ms = grace > 0 ? (int64_t)grace : GRACE_MS;
    if (channel.single) {
        watch_wake();
    }
    pthread_mutex_unlock(&channel_lock);
    return R_NilValue;
}

SEXP call_deadline_passed(void) {
    return Rf_ScalarLogical(channel.deadline_passed);
}
