// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "channel.h"

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

#define R_INTERFACE_PTRS
#include <Rinterface.h>

// Set by R's handler of SIGINT, and looked at by R_CheckUserInterrupt.
extern int R_interrupts_pending;
extern Rboolean R_interrupts_suspended;

enum {
    WINDOW_BYTES = 4 << 20,
    // Descriptors of the protocol live here, away from those a script is likely to guess.
    FIRST_DESCRIPTOR = 200,
    LINGER_MS = 1000,
    // Time for user code to end after a cancel, when the request states none.
    GRACE_MS = 5000,
};

static const uint64_t FRAME_BYTES_MAX = 320ULL << 20;
static const uint64_t CREDIT_MAX = 1ULL << 63;

struct identity {
    dev_t device;
    ino_t inode;
};

static struct {
    bool open;
    bool single;
    pid_t owner;
    pthread_t main;
    struct frame_reader readers[2];
    struct frame_writer writers[2];
    struct identity identities[2];
    int descriptors[2];
    int bell;
    struct incoming *incoming;
    struct outgoing *outgoing;
    uint64_t peer_credit;
    bool over;
    bool armed;
    bool has_message[256];
    struct bytes messages[256];
    enum failure failure;
    // The single profile: nobody else watches the time.
    int64_t deadline;
    int64_t grace_ms;
    int64_t forced_at;
    bool deadline_passed;
} channel;

static pthread_mutex_t state_lock;
static pthread_mutex_t send_lock;
static pthread_cond_t resumed = PTHREAD_COND_INITIALIZER;

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// ---- sending -----------------------------------------------------------------------------------

static struct frame_writer *writer_for(enum frame_type type) {
    bool data = type == DATA || type == BLOB;
    return &channel.writers[data && !channel.single ? 1 : 0];
}

static enum failure send_frame(enum frame_type type, bool more, uint16_t stream, const void *data, size_t size) {
    pthread_mutex_lock(&send_lock);
    enum failure failure = frame_send(writer_for(type), type, more, stream, data, size);
    pthread_mutex_unlock(&send_lock);
    return failure;
}

bool channel_is_open(void) {
    return channel.open;
}

bool channel_is_own(void) {
    return channel.open && getpid() == channel.owner;
}

static bool verified(void) {
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
    return channel_is_own() && verified() && send_frame(type, false, 0, payload, size) == NO_FAILURE;
}

bool channel_send_output(const void *payload, size_t size) {
    return channel_send_now(OUTPUT, payload, size);
}

static enum failure grant(uint16_t stream, uint64_t count, bool discard) {
    struct bytes payload = {0};
    wire_uint(&payload, 1, stream);
    wire_uint(&payload, 2, count);
    wire_uint(&payload, 3, discard);
    enum failure failure = send_frame(CREDIT, false, 0, payload.data, payload.size);
    bytes_free(&payload);
    return failure;
}

// ---- incoming streams --------------------------------------------------------------------------

// So many bytes have left our memory: grants them again, a quarter of the window at a time.
static void release(struct incoming *in, uint64_t count) {
    in->owed += count;
    if (in->owed < WINDOW_BYTES / 4 || in->ended || in->discarded) {
        return;
    }
    uint64_t owed = in->owed;
    in->owed = 0;
    in->credit += owed;
    enum failure failure = grant(in->id, owed, false);
    if (failure != NO_FAILURE && channel.failure == NO_FAILURE) {
        channel.failure = failure;
    }
}

// Bytes of a frame that is larger than most of the window are granted as they come, or it could never be completed.
static bool is_large(size_t size) {
    return size > WINDOW_BYTES / 2;
}

static uint64_t u64_at(const uint8_t *data, size_t offset) {
    uint64_t value;
    memcpy(&value, data + offset, 8);
    return value;
}

void received_free(struct received_frame *frame) {
    if (frame != NULL) {
        free(frame->data);
        free(frame);
    }
}

static bool open_frame(struct incoming *in) {
    uint64_t length = u64_at(in->header, 8);
    if (memcmp(in->header, "BXL1", 4) != 0 || length < BXL_HEADER_BYTES || length > FRAME_BYTES_MAX ||
        length % 64 != 0) {
        return false;
    }
    struct received_frame *frame = allocate(sizeof *frame);
    void *memory = NULL;
    if (posix_memalign(&memory, 64, length) != 0) {
        free(frame);
        return false;
    }
    frame->data = memory;
    frame->size = length;
    memcpy(frame->data, in->header, BXL_HEADER_BYTES);
    in->current = frame;
    if (is_large(length)) {
        release(in, BXL_HEADER_BYTES);
    }
    return true;
}

static void *begin(void *context, int type, uint16_t stream, uint32_t length, bool more) {
    (void)context;
    static struct incoming nowhere;
    if (channel.over) {
        nowhere = (struct incoming){.discarded = true, .waste = nowhere.waste};
        nowhere.waste = nowhere.waste == NULL ? allocate(FRAGMENT_MAX) : nowhere.waste;
        return &nowhere;
    }
    struct incoming *in = channel.incoming;
    while (in != NULL && in->id != stream) {
        in = in->next;
    }
    if (in == NULL || in->blob != (type == BLOB) || in->ended || length > in->credit) {
        return NULL;
    }
    in->credit -= length;
    in->more = more;
    in->fragment = length;
    if (in->discarded) {
        in->waste = in->waste == NULL ? allocate(FRAGMENT_MAX) : in->waste;
        return in;
    }
    if (in->blob) {
        if ((length == 0 && more) || in->data.size + length > in->bytes_max) {
            return NULL;
        }
        in->blob_filled = in->data.size;
        bytes_zero(&in->data, length);
        return in;
    }
    bool fits = in->current == NULL ? length >= BXL_HEADER_BYTES : in->filled + length <= in->current->size;
    return length > 0 && fits ? in : NULL;
}

static uint8_t *space(void *sink, size_t *size) {
    struct incoming *in = sink;
    if (in->discarded) {
        *size = FRAGMENT_MAX;
        return in->waste;
    }
    if (in->blob) {
        *size = in->data.size - in->blob_filled;
        return in->data.data + in->blob_filled;
    }
    if (in->current == NULL) {
        *size = BXL_HEADER_BYTES - in->filled;
        return in->header + in->filled;
    }
    *size = in->current->size - in->filled;
    return in->current->data + in->filled;
}

static bool advanced(void *sink, size_t count) {
    struct incoming *in = sink;
    if (in->discarded) {
        return true;
    }
    if (in->blob) {
        in->blob_filled += count;
        return true;
    }
    in->filled += count;
    if (in->current == NULL) {
        return in->filled < BXL_HEADER_BYTES || open_frame(in);
    }
    if (is_large(in->current->size)) {
        release(in, count);
    }
    return true;
}

static bool finished(void *sink) {
    struct incoming *in = sink;
    if (in->discarded) {
        return true;
    }
    if (in->blob) {
        in->ended = !in->more;
        release(in, in->fragment);
        return true;
    }
    struct received_frame *frame = in->current;
    if (frame == NULL || in->more == (in->filled == frame->size)) {
        return false;
    }
    if (in->more) {
        return true;
    }
    in->current = NULL;
    in->filled = 0;
    in->ended = frame->data[4] == 4;
    if (in->last == NULL) {
        in->first = frame;
    } else {
        in->last->next = frame;
    }
    in->last = frame;
    return true;
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

static void cancel(void) {
    if (!channel.over && channel.has_message[EXECUTE] && channel.forced_at == 0) {
        channel.forced_at = now_ms() + channel.grace_ms;
        pthread_kill(channel.main, SIGINT);
    }
}

static bool control(void *context, int type, const uint8_t *payload, size_t size) {
    (void)context;
    switch (type) {
    case PING:
        return send_frame(PONG, false, 0, payload, size) == NO_FAILURE;
    case PONG:
        return true;
    case CREDIT:
        return credited(payload, size);
    case CANCEL:
        // In the split profile launchpad sends the signal itself.
        if (channel.single) {
            cancel();
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

static const struct frame_handler HANDLER = {control, begin, space, advanced, finished};

// ---- waiting -----------------------------------------------------------------------------------

static void received(int which) {
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

static void check(enum failure failure) {
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
                received((int)i);
            }
        }
    }
    R_CheckUserInterrupt();
}

typedef bool (*predicate)(const void *subject);

static bool holds(predicate ready, const void *subject, enum failure *failure) {
    pthread_mutex_lock(&state_lock);
    bool is_ready = ready(subject);
    *failure = is_ready ? NO_FAILURE : channel.failure;
    pthread_mutex_unlock(&state_lock);
    return is_ready;
}

static void wait_until(predicate ready, const void *subject) {
    enum failure failure;
    while (!holds(ready, subject, &failure)) {
        check(failure);
        wait_once();
    }
}

// ---- the single profile ------------------------------------------------------------------------

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
        send_frame(FAILED, false, 0, payload.data, payload.size);
    } else {
        wire_bytes(&payload, 1, "cancelled", 9);
        wire_uint(&payload, 2, 1);
        send_frame(CANCELLED, false, 0, payload.data, payload.size);
    }
    _exit(0);
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
        cancel();
    }
}

static int wake = -1;

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
        pthread_mutex_lock(&state_lock);
        if (polled[1].revents != 0) {
            uint64_t rung;
            (void)!read(wake, &rung, sizeof rung);
        }
        while (channel.readers[0].paused) {
            pthread_cond_wait(&resumed, &state_lock);
        }
        if (ready > 0 && polled[0].revents != 0) {
            received(0);
            alive = channel.failure == NO_FAILURE;
            if (!alive) {
                cancel(); // the engine going away is a cancel without an answer
            }
        }
        look_at_clock();
        uint64_t one = 1;
        (void)!write(channel.bell, &one, sizeof one);
        pthread_mutex_unlock(&state_lock);
    }
    while (!channel.over) {
        poll(NULL, 0, until_due() < 0 ? 1000 : until_due());
        look_at_clock();
    }
    return NULL;
}

static void resume(void) {
    pthread_mutex_lock(&state_lock);
    enum failure failure = frame_resume(&channel.readers[0]);
    if (failure != NO_FAILURE && channel.failure == NO_FAILURE) {
        channel.failure = failure;
    }
    pthread_cond_broadcast(&resumed);
    pthread_mutex_unlock(&state_lock);
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
        pthread_mutex_init(&state_lock, &recursive);
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
        wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    } else {
        adopt(1, Rf_asInteger(data_fd));
        prepare(1, false, false, true);
    }
    channel.open = true;
    R_interrupts_suspended = TRUE;
    pthread_t thread;
    if (channel.single && pthread_create(&thread, NULL, watch, NULL) != 0) {
        Rf_error("the reader's thread could not be started");
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
    check(send_frame((enum frame_type)Rf_asInteger(type), false, 0, RAW(message), (size_t)XLENGTH(message)));
    return R_NilValue;
}

static bool has_message(const void *subject) {
    return channel.has_message[*(const int *)subject];
}

// The payload of the first message of that type.
SEXP call_wait_message(SEXP type) {
    int wanted = Rf_asInteger(type);
    wait_until(has_message, &wanted);
    struct bytes *message = &channel.messages[wanted];
    SEXP payload = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)message->size));
    if (message->size > 0) {
        memcpy(RAW(payload), message->data, message->size);
    }
    if (wanted == HELLO) {
        channel.readers[0].control_max = CONTROL_PAYLOAD_MAX;
        resume();
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
    resume();
    return R_NilValue;
}

SEXP call_over(void) {
    pthread_mutex_lock(&state_lock);
    channel.over = true;
    pthread_mutex_unlock(&state_lock);
    resume();
    return R_NilValue;
}

SEXP call_verify(void) {
    if (channel.open && !verified()) {
        check(DAMAGED);
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
    pthread_mutex_lock(&state_lock);
    double deadline = Rf_asReal(deadline_ms);
    double grace = Rf_asReal(grace_ms);
    channel.deadline = deadline > 0 ? now_ms() + (int64_t)deadline : 0;
    channel.grace_ms = grace > 0 ? (int64_t)grace : GRACE_MS;
    uint64_t one = 1;
    if (channel.single) {
        (void)!write(wake, &one, sizeof one);
    }
    pthread_mutex_unlock(&state_lock);
    return R_NilValue;
}

SEXP call_deadline_passed(void) {
    return Rf_ScalarLogical(channel.deadline_passed);
}

// ---- streams from R ----------------------------------------------------------------------------

static uint16_t claim(SEXP stream) {
    double number = Rf_asReal(stream);
    bool used = !(number >= 1 && number <= 65535);
    for (struct incoming *in = channel.incoming; in != NULL; in = in->next) {
        used = used || in->id == number;
    }
    for (struct outgoing *out = channel.outgoing; out != NULL; out = out->next) {
        used = used || out->id == number;
    }
    if (used) {
        fail("BAD_REQUEST", NULL, 0, "stream %.0f is used twice or invalid", number);
    }
    return (uint16_t)number;
}

static SEXP opened(SEXP stream, bool blob, size_t bytes_max) {
    struct incoming *in = allocate(sizeof *in);
    *in = (struct incoming){
        .id = claim(stream), .blob = blob, .credit = WINDOW_BYTES, .bytes_max = bytes_max, .next = channel.incoming};
    pthread_mutex_lock(&state_lock);
    channel.incoming = in;
    pthread_mutex_unlock(&state_lock);
    return R_MakeExternalPtr(in, Rf_install("launchpad_incoming"), R_NilValue);
}

SEXP call_open_blob(SEXP stream, SEXP bytes_max) {
    return opened(stream, true, (size_t)Rf_asReal(bytes_max));
}

SEXP call_open_input(SEXP stream) {
    return opened(stream, false, 0);
}

SEXP call_open_output(SEXP stream) {
    struct outgoing *out = allocate(sizeof *out);
    *out = (struct outgoing){.id = claim(stream), .credit = channel.peer_credit, .next = channel.outgoing};
    pthread_mutex_lock(&state_lock);
    channel.outgoing = out;
    pthread_mutex_unlock(&state_lock);
    return R_MakeExternalPtr(out, Rf_install("launchpad_outgoing"), R_NilValue);
}

struct incoming *incoming_of(SEXP pointer) {
    return R_ExternalPtrAddr(pointer);
}

struct outgoing *outgoing_of(SEXP pointer) {
    return R_ExternalPtrAddr(pointer);
}

static bool has_ended(const void *subject) {
    return ((const struct incoming *)subject)->ended;
}

SEXP call_blob(SEXP pointer) {
    struct incoming *in = incoming_of(pointer);
    wait_until(has_ended, in);
    SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)in->data.size);
    if (in->data.size > 0) {
        memcpy(RAW(raw), in->data.data, in->data.size);
    }
    return raw;
}

// Tells the client that nobody reads this stream any more.
SEXP call_discard(SEXP pointer) {
    struct incoming *in = incoming_of(pointer);
    pthread_mutex_lock(&state_lock);
    bool due = !in->ended && !in->discarded;
    in->discarded = true;
    in->waste = due && in->waste == NULL ? allocate(FRAGMENT_MAX) : in->waste;
    pthread_mutex_unlock(&state_lock);
    if (due) {
        check(grant(in->id, 0, true));
    }
    return R_NilValue;
}

static bool has_frame(const void *subject) {
    const struct incoming *in = subject;
    return in->first != NULL || in->ended;
}

struct received_frame *incoming_take(struct incoming *in) {
    wait_until(has_frame, in);
    pthread_mutex_lock(&state_lock);
    struct received_frame *frame = in->first;
    if (frame != NULL) {
        in->first = frame->next;
        in->last = in->first == NULL ? NULL : in->last;
        if (!is_large(frame->size)) {
            release(in, frame->size);
        }
    }
    pthread_mutex_unlock(&state_lock);
    return frame;
}

struct wanted {
    const struct outgoing *outgoing;
    uint64_t credit;
};

static bool has_credit(const void *subject) {
    const struct wanted *wanted = subject;
    return wanted->outgoing->credit >= wanted->credit;
}

void outgoing_send(struct outgoing *out, const uint8_t *frame, size_t size) {
    size_t sent = 0;
    struct wanted wanted = {out, size < BXL_HEADER_BYTES ? size : BXL_HEADER_BYTES};
    while (sent < size) {
        wait_until(has_credit, &wanted);
        pthread_mutex_lock(&state_lock);
        size_t count = size - sent;
        count = count < FRAGMENT_MAX ? count : FRAGMENT_MAX;
        count = count < out->credit ? count : (size_t)out->credit;
        out->credit -= count;
        pthread_mutex_unlock(&state_lock);
        check(send_frame(DATA, sent + count < size, out->id, frame + sent, count));
        sent += count;
        wanted.credit = 1;
    }
}

void outgoing_send_together(struct outgoing *out, const uint8_t *frames, size_t size) {
    pthread_mutex_lock(&state_lock);
    bool fits = size <= out->credit && size <= FRAGMENT_MAX;
    out->credit -= fits ? size : 0;
    pthread_mutex_unlock(&state_lock);
    if (!fits) {
        for (size_t at = 0; at < size;) {
            size_t length = (size_t)u64_at(frames + at, 8);
            outgoing_send(out, frames + at, length);
            at += length;
        }
        return;
    }
    struct bytes all = {0};
    pthread_mutex_lock(&send_lock);
    struct frame_writer *writer = writer_for(DATA);
    for (size_t at = 0; at < size;) {
        size_t length = (size_t)u64_at(frames + at, 8);
        frame_header(writer, DATA, false, out->id, (uint32_t)length, bytes_zero(&all, FRAME_HEADER_BYTES));
        bytes_append(&all, frames + at, length);
        at += length;
    }
    enum failure failure = frame_send_bytes(writer, all.data, all.size);
    pthread_mutex_unlock(&send_lock);
    bytes_free(&all);
    check(failure);
}
