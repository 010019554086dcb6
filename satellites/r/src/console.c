// SPDX-License-Identifier: Apache-2.0
//
// R's console of a session: what is written becomes OUTPUT messages, live and in order.
//
// Lines are sent when they end, pieces of at most 8 KiB. A script that prints very fast gets its lines gathered: after a burst a
// small thread sends what has come together every few milliseconds. Volume is bounded; what is dropped is counted and said in
// the last message of the channel.

#define _GNU_SOURCE
#include "calls.h"
#include "channel.h"
#include "front_end.h"
#include "wire.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TEXT_MAX = 8 * 1024,
    TAIL_BYTES = 4 * 1024,
    PRINT_BYTES_MAX = 16 << 20,
    // So many messages may be sent at once; each interval brings one more.
    BURST = 64,
    INTERVAL_US = 2000,
    GATHER_US = 20000,
};

struct output {
    int number; // of OutputChannel
    int descriptor;
    struct bytes pending;
    struct bytes tail;
    uint64_t dropped;
};

static struct {
    bool installed;
    bool closed;
    bool dropping;
    bool gathering;
    bool work_due;
    uint64_t number;
    uint64_t bytes_left;
    double tokens;
    double refilled;
    struct output outputs[2];
    // What was there before.
    void (*write)(const char *, int);
    void (*write_ex)(const char *, int, int);
    void (*flush)(void);
    FILE *output_file;
    FILE *console_file;
} console;

static pthread_mutex_t lock;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// The text as valid UTF-8: what is none becomes U+FFFD.
static void put_valid(struct bytes *to, const uint8_t *text, size_t size) {
    size_t start = 0;
    for (size_t i = 0; i < size;) {
        size_t length = utf8_character(text + i, size - i);
        if (length > 0) {
            i += length;
            continue;
        }
        bytes_append(to, text + start, i - start);
        bytes_append(to, "\xef\xbf\xbd", 3);
        start = ++i;
    }
    bytes_append(to, text + start, size - start);
}

static void message(const struct output *output, const uint8_t *text, size_t size, uint64_t dropped) {
    struct bytes valid = {0};
    struct bytes payload = {0};
    put_valid(&valid, text, size);
    wire_uint(&payload, 1, console.number++);
    wire_uint(&payload, 2, (uint64_t)output->number);
    wire_uint(&payload, 3, 1);
    if (valid.size > 0) {
        wire_bytes(&payload, 4, valid.data, valid.size);
    }
    wire_uint(&payload, 5, dropped);
    channel_send_output(payload.data, payload.size);
    bytes_free(&payload);
    bytes_free(&valid);
}

// The largest size up to `size` that does not split a character.
static size_t cut(const uint8_t *text, size_t have, size_t size) {
    if (size >= have) {
        return have;
    }
    for (size_t i = size; i > 0 && i + 4 > size; i--) {
        if ((text[i] & 0xc0) != 0x80) {
            return i;
        }
    }
    return size;
}

// How much of what is pending is sent next: whole lines, at most 8 KiB; a part of a line if it is that long.
static size_t due(const struct output *output, bool everything) {
    const uint8_t *text = output->pending.data;
    size_t have = output->pending.size;
    size_t size = have < TEXT_MAX ? have : TEXT_MAX;
    const uint8_t *end = size == 0 ? NULL : memrchr(text, '\n', size);
    if (end != NULL) {
        return (size_t)(end - text) + 1;
    }
    if (size == TEXT_MAX) {
        return cut(text, have, TEXT_MAX);
    }
    return everything ? size : 0;
}

static void keep_tail(struct output *output, const uint8_t *text, size_t size) {
    bytes_append(&output->tail, text, size);
    if (output->tail.size > TAIL_BYTES) {
        bytes_remove_front(&output->tail, output->tail.size - TAIL_BYTES);
    }
}

static void emit(struct output *output, bool everything) {
    size_t size;
    while ((size = due(output, everything)) > 0) {
        size_t kept = size;
        if (size > console.bytes_left) {
            kept = cut(output->pending.data, size, (size_t)console.bytes_left);
            output->dropped += output->pending.size - kept;
            console.dropping = true;
            console.bytes_left = kept;
        }
        if (kept > 0) {
            console.bytes_left -= kept;
            console.tokens -= 1;
            keep_tail(output, output->pending.data, kept);
            message(output, output->pending.data, kept, 0);
        }
        if (console.dropping) {
            output->pending.size = 0;
            return;
        }
        bytes_remove_front(&output->pending, size);
    }
}

static bool may_send(void) {
    double now = seconds_now();
    double tokens = console.tokens + (now - console.refilled) * 1e6 / INTERVAL_US;
    console.tokens = tokens > BURST ? BURST : tokens;
    console.refilled = now;
    return console.tokens >= 1;
}

static void *gather(void *unused) {
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    pthread_mutex_lock(&lock);
    while (!console.closed) {
        while (!console.work_due && !console.closed) {
            pthread_cond_wait(&work, &lock);
        }
        pthread_mutex_unlock(&lock);
        // A pace, not a guess: whatever is written meanwhile goes out in one piece.
        usleep(GATHER_US);
        pthread_mutex_lock(&lock);
        console.work_due = false;
        if (!console.closed) {
            emit(&console.outputs[0], false);
            emit(&console.outputs[1], false);
        }
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void gather_later(void) {
    pthread_t thread;
    if (!console.gathering && pthread_create(&thread, NULL, gather, NULL) == 0) {
        pthread_detach(thread);
        console.gathering = true;
    }
    console.work_due = true;
    pthread_cond_signal(&work);
}

static void write_raw(int descriptor, const char *text, int size) {
    while (size > 0) {
        ssize_t written = write(descriptor, text, (size_t)size);
        if (written <= 0) {
            return;
        }
        text += written;
        size -= (int)written;
    }
}

static void written(const char *text, int size, int type) {
    struct output *output = &console.outputs[type == 0 ? 0 : 1];
    if (!channel_is_own()) {
        // A fork that the script has made: the raw descriptors are captured beside.
        write_raw(output->descriptor, text, size);
        return;
    }
    pthread_mutex_lock(&lock);
    if (console.dropping) {
        output->dropped += (uint64_t)size;
    } else if (!console.closed) {
        struct output *other = &console.outputs[type == 0 ? 1 : 0];
        // What the other stream holds of a line comes first: the order is that of the script.
        if (other->pending.size > 0 && may_send()) {
            emit(other, true);
        }
        bytes_append(&output->pending, text, (size_t)size);
        bool line = memchr(text, '\n', (size_t)size) != NULL;
        if (output->pending.size >= TEXT_MAX || (line && may_send())) {
            emit(other, true);
            emit(output, false);
        } else if (line) {
            gather_later();
        }
    }
    pthread_mutex_unlock(&lock);
}

static void flush_console(void) {
    if (channel_is_own() && !console.closed) {
        pthread_mutex_lock(&lock);
        if (may_send()) {
            emit(&console.outputs[0], true);
            emit(&console.outputs[1], true);
        }
        pthread_mutex_unlock(&lock);
    }
}

SEXP call_console_install(void) {
    const struct front_end *interface = front_end();
    static bool made;
    if (!made) {
        pthread_mutexattr_t recursive;
        pthread_mutexattr_init(&recursive);
        pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
        pthread_mutex_init(&lock, &recursive);
        made = true;
    }
    for (int i = 0; i < 2; i++) {
        console.outputs[i].number = console.outputs[i].descriptor = i + 1;
        console.outputs[i].pending.size = 0;
        console.outputs[i].tail.size = 0;
        console.outputs[i].dropped = 0;
    }
    console.number = 0;
    console.bytes_left = PRINT_BYTES_MAX;
    console.tokens = BURST;
    console.closed = console.dropping = console.work_due = false;
    if (!console.installed) {
        console.write = *interface->write_console;
        console.write_ex = *interface->write_console_ex;
        console.flush = *interface->flush_console;
        console.output_file = *interface->output_file;
        console.console_file = *interface->console_file;
        console.installed = true;
    }
    *interface->write_console = NULL;
    *interface->write_console_ex = written;
    *interface->flush_console = flush_console;
    // With files to write to, R would not ask us.
    *interface->output_file = NULL;
    *interface->console_file = NULL;
    return R_NilValue;
}

// Gives R its own console back: after a warm-up.
SEXP call_console_remove(void) {
    const struct front_end *interface = front_end();
    if (console.installed) {
        *interface->write_console = console.write;
        *interface->write_console_ex = console.write_ex;
        *interface->flush_console = console.flush;
        *interface->output_file = console.output_file;
        *interface->console_file = console.console_file;
    }
    return R_NilValue;
}

SEXP call_console_limit(SEXP bytes) {
    double limit = Rf_asReal(bytes);
    console.bytes_left = limit > 0 ? (uint64_t)limit : PRINT_BYTES_MAX;
    return R_NilValue;
}

void console_flush(void) {
    pthread_mutex_lock(&lock);
    if (!console.closed) {
        emit(&console.outputs[0], true);
        emit(&console.outputs[1], true);
    }
    pthread_mutex_unlock(&lock);
}

// Flushes, says what was dropped and sends nothing ever after.
void console_close(void) {
    pthread_mutex_lock(&lock);
    if (!console.closed) {
        console_flush();
        console.closed = true;
        for (int i = 0; i < 2; i++) {
            if (console.outputs[i].dropped > 0) {
                message(&console.outputs[i], NULL, 0, console.outputs[i].dropped);
            }
        }
        pthread_cond_signal(&work);
    }
    pthread_mutex_unlock(&lock);
}

SEXP call_console_flush(void) {
    console_flush();
    return R_NilValue;
}

SEXP call_console_close(void) {
    console_close();
    return R_NilValue;
}

SEXP call_console_tails(void) {
    SEXP tails = PROTECT(Rf_allocVector(VECSXP, 2));
    for (int i = 0; i < 2; i++) {
        const struct bytes *tail = &console.outputs[i].tail;
        SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)tail->size);
        SET_VECTOR_ELT(tails, i, raw);
        if (tail->size > 0) {
            memcpy(RAW(raw), tail->data, tail->size);
        }
    }
    UNPROTECT(1);
    return tails;
}
