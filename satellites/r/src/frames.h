// SPDX-License-Identifier: Apache-2.0
//
// Frames on one socket: the 16-byte header, its limits and its sequence (PROTOCOL.md section 2). Nothing here calls R, so a
// thread of our own may use it.

#ifndef LAUNCHPAD_FRAMES_H
#define LAUNCHPAD_FRAMES_H

#include "bytes.h"

#include <stdbool.h>
#include <sys/uio.h>

enum frame_type {
    HELLO = 0x01,
    WELCOME = 0x02,
    AUTHENTICATED = 0x04,
    REFUSED = 0x05,
    EXECUTE = 0x10,
    STARTED = 0x12,
    COMPLETED = 0x13,
    FAILED = 0x14,
    CANCELLED = 0x15,
    CANCEL = 0x20,
    CREDIT = 0x21,
    OUTPUT = 0x22,
    DATA = 0x30,
    BLOB = 0x31,
    PING = 0x40,
    PONG = 0x41,
};

enum {
    FRAME_HEADER_BYTES = 16,
    HANDSHAKE_PAYLOAD_MAX = 4 * 1024,
    CONTROL_PAYLOAD_MAX = 64 * 1024,
    FRAGMENT_MAX = 1024 * 1024,
};

// Why nothing more can be received or sent.
enum failure { NO_FAILURE, PEER_GONE, VIOLATION, DAMAGED };

struct frame_writer {
    int socket;
    uint64_t sequence;
    bool preface_due;
};

// Returns when the kernel has taken all of the frame.
enum failure frame_send(struct frame_writer *writer, enum frame_type type, bool more, uint16_t stream, const void *data,
                        size_t size);

// The same in two steps, for several frames at once: headers in their order, then all bytes.
void frame_header(struct frame_writer *writer, enum frame_type type, bool more, uint16_t stream, uint32_t length,
                  uint8_t header[FRAME_HEADER_BYTES]);
enum failure frame_send_bytes(struct frame_writer *writer, const uint8_t *data, size_t size);

// What frames mean to whoever reads them. A sink is where the payload of a fragment goes.
struct frame_handler {
    bool (*control)(void *context, int type, const uint8_t *payload, size_t size);
    void *(*begin)(void *context, int type, uint16_t stream, uint32_t length, bool more);
    uint8_t *(*space)(void *sink, size_t *size);
    bool (*advance)(void *sink, size_t count);
    bool (*finish)(void *sink);
};

struct frame_reader {
    int socket;
    bool preface_due;
    bool carries_control;
    bool carries_fragments;
    uint32_t control_max;
    uint64_t sequence;
    const struct frame_handler *handler;
    void *context;
    void *sink;
    uint32_t missing;
    struct bytes buffer;
    // What has been read stays in the buffer until frame_resume.
    bool paused;
    char problem[160];
};

// Takes what has arrived, waiting for at least one byte. `problem` says what a violation was.
enum failure frame_receive(struct frame_reader *reader);
enum failure frame_resume(struct frame_reader *reader);

#endif
