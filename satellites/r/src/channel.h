// SPDX-License-Identifier: Apache-2.0
//
// The satellite's end of the connection: both transport profiles, the streams of the session and their credit.
//
// There is one channel in a process. What arrives is taken by whoever waits in channel_wait, and while user code runs in the
// single profile by a thread that watches for CANCEL; the lock makes them take turns.

#ifndef LAUNCHPAD_CHANNEL_H
#define LAUNCHPAD_CHANNEL_H

#include "bytes.h"
#include "frames.h"

#include <Rinternals.h>

enum { BXL_HEADER_BYTES = 64 };

// A complete BXL frame as it was received, in memory of its own that is aligned to 64 bytes.
struct received_frame {
    struct received_frame *next;
    uint8_t *data;
    size_t size;
};

struct incoming {
    struct incoming *next;
    uint16_t id;
    bool blob;
    bool ended;
    bool discarded;
    uint64_t credit;
    uint64_t owed;
    // The fragment under way.
    bool more;
    uint32_t fragment;
    // A blob is kept whole.
    struct bytes data;
    size_t bytes_max;
    size_t blob_filled;
    // Frames.
    uint8_t header[BXL_HEADER_BYTES];
    size_t filled;
    struct received_frame *current;
    struct received_frame *first;
    struct received_frame *last;
    // Where bytes go that nobody wants.
    uint8_t *waste;
};

struct outgoing {
    struct outgoing *next;
    uint16_t id;
    uint64_t credit;
};

// Sends the whole BXL frame, waiting for credit. May leave by an R condition.
void outgoing_send(struct outgoing *outgoing, const uint8_t *frame, size_t size);
// Several small frames one after the other, which wake their reader once.
void outgoing_send_together(struct outgoing *outgoing, const uint8_t *frames, size_t size);
// The next frame of a BXL stream, which is the caller's to free; null when the stream has ended. May leave by an R condition.
struct received_frame *incoming_take(struct incoming *incoming);
void received_free(struct received_frame *frame);

// For the console, from any thread: false when nobody reads any more.
bool channel_send_output(const void *payload, size_t size);
// Whether this process is the satellite itself, not a fork that the script made of it.
bool channel_is_own(void);
bool channel_is_open(void);

// Messages of the terminal kind from C, where R cannot run any more.
bool channel_send_now(enum frame_type type, const void *payload, size_t size);
void channel_finish_now(void);

struct incoming *incoming_of(SEXP pointer);
struct outgoing *outgoing_of(SEXP pointer);

#endif
