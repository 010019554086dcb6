// SPDX-License-Identifier: Apache-2.0
//
// The streams of a session and their credit (PROTOCOL.md section 6).

#include "calls.h"
#include "channel_state.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t FRAME_BYTES_MAX = 320ULL << 20;

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
    enum failure failure = channel_grant(in->id, owed, false);
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

void *stream_begin(void *context, int type, uint16_t stream, uint32_t length, bool more) {
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

uint8_t *stream_space(void *sink, size_t *size) {
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

bool stream_advance(void *sink, size_t count) {
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

bool stream_finish(void *sink) {
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
    pthread_mutex_lock(&channel_lock);
    channel.incoming = in;
    pthread_mutex_unlock(&channel_lock);
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
    pthread_mutex_lock(&channel_lock);
    channel.outgoing = out;
    pthread_mutex_unlock(&channel_lock);
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
    channel_wait(has_ended, in);
    SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)in->data.size);
    if (in->data.size > 0) {
        memcpy(RAW(raw), in->data.data, in->data.size);
    }
    return raw;
}

// Tells the client that nobody reads this stream any more.
SEXP call_discard(SEXP pointer) {
    struct incoming *in = incoming_of(pointer);
    pthread_mutex_lock(&channel_lock);
    bool due = !in->ended && !in->discarded;
    in->discarded = true;
    in->waste = due && in->waste == NULL ? allocate(FRAGMENT_MAX) : in->waste;
    pthread_mutex_unlock(&channel_lock);
    if (due) {
        channel_check(channel_grant(in->id, 0, true));
    }
    return R_NilValue;
}

static bool has_frame(const void *subject) {
    const struct incoming *in = subject;
    return in->first != NULL || in->ended;
}

struct received_frame *incoming_take(struct incoming *in) {
    channel_wait(has_frame, in);
    pthread_mutex_lock(&channel_lock);
    struct received_frame *frame = in->first;
    if (frame != NULL) {
        in->first = frame->next;
        in->last = in->first == NULL ? NULL : in->last;
        if (!is_large(frame->size)) {
            release(in, frame->size);
        }
    }
    pthread_mutex_unlock(&channel_lock);
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
        channel_wait(has_credit, &wanted);
        pthread_mutex_lock(&channel_lock);
        size_t count = size - sent;
        count = count < FRAGMENT_MAX ? count : FRAGMENT_MAX;
        count = count < out->credit ? count : (size_t)out->credit;
        out->credit -= count;
        pthread_mutex_unlock(&channel_lock);
        channel_check(channel_send(DATA, sent + count < size, out->id, frame + sent, count));
        sent += count;
        wanted.credit = 1;
    }
}

void outgoing_send_together(struct outgoing *out, const uint8_t *frames, size_t size) {
    pthread_mutex_lock(&channel_lock);
    bool fits = size <= out->credit && size <= FRAGMENT_MAX;
    out->credit -= fits ? size : 0;
    pthread_mutex_unlock(&channel_lock);
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
    struct frame_writer *writer = channel_writer(DATA);
    for (size_t at = 0; at < size;) {
        size_t length = (size_t)u64_at(frames + at, 8);
        frame_header(writer, DATA, false, out->id, (uint32_t)length, bytes_zero(&all, FRAME_HEADER_BYTES));
        bytes_append(&all, frames + at, length);
        at += length;
    }
    enum failure failure = frame_send_bytes(writer, all.data, all.size);
    pthread_mutex_unlock(&send_lock);
    bytes_free(&all);
    channel_check(failure);
}
