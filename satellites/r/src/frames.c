// SPDX-License-Identifier: Apache-2.0

#include "frames.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t PREFACE[8] = {0x4c, 0x50, 0x53, 0x50, 0x0d, 0x0a, 0x1a, 0x01};

enum { MORE = 1, PING_MAX = 64, READ_AHEAD = 4096 };

static enum failure of_errno(void) {
    return errno == EPIPE || errno == ECONNRESET ? PEER_GONE : DAMAGED;
}

// ---- writing -----------------------------------------------------------------------------------

static enum failure send_all(int socket, struct iovec *parts, int count) {
    while (count > 0) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return of_errno();
        }
        while (count > 0 && (size_t)sent >= parts->iov_len) {
            sent -= (ssize_t)parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (uint8_t *)parts->iov_base + sent;
            parts->iov_len -= (size_t)sent;
        }
    }
    return NO_FAILURE;
}

void frame_header(struct frame_writer *writer, enum frame_type type, bool more, uint16_t stream, uint32_t length,
                  uint8_t header[FRAME_HEADER_BYTES]) {
    memcpy(header, &length, 4);
    header[4] = (uint8_t)type;
    header[5] = more ? MORE : 0;
    memcpy(header + 6, &stream, 2);
    memcpy(header + 8, &writer->sequence, 8);
    writer->sequence++;
}

enum failure frame_send_bytes(struct frame_writer *writer, const uint8_t *data, size_t size) {
    struct iovec parts[2];
    int count = 0;
    if (writer->preface_due) {
        parts[count++] = (struct iovec){(void *)PREFACE, sizeof PREFACE};
        writer->preface_due = false;
    }
    parts[count++] = (struct iovec){(void *)data, size};
    return send_all(writer->socket, parts, count);
}

enum failure frame_send(struct frame_writer *writer, enum frame_type type, bool more, uint16_t stream, const void *data,
                        size_t size) {
    uint8_t header[FRAME_HEADER_BYTES];
    struct iovec parts[3];
    int count = 0;
    if (writer->preface_due) {
        parts[count++] = (struct iovec){(void *)PREFACE, sizeof PREFACE};
        writer->preface_due = false;
    }
    frame_header(writer, type, more, stream, (uint32_t)size, header);
    parts[count++] = (struct iovec){header, sizeof header};
    if (size > 0) {
        parts[count++] = (struct iovec){(void *)data, size};
    }
    return send_all(writer->socket, parts, count);
}

// ---- reading -----------------------------------------------------------------------------------

static bool violation(struct frame_reader *reader, const char *what, unsigned long value) {
    if (reader->problem[0] == '\0') {
        snprintf(reader->problem, sizeof reader->problem, "%s (%lu)", what, value);
    }
    return false;
}

static bool is_fragment(int type) {
    return type == DATA || type == BLOB;
}

static bool is_known(int type) {
    switch (type) {
    case HELLO: case WELCOME: case 0x03: case AUTHENTICATED: case REFUSED: case EXECUTE: case 0x11: case STARTED:
    case COMPLETED: case FAILED: case CANCELLED: case 0x16: case CANCEL: case CREDIT: case OUTPUT: case DATA:
    case BLOB: case PING: case PONG:
        return true;
    default:
        return false;
    }
}

static bool check(struct frame_reader *reader, uint32_t length, int type, int flags, uint16_t stream,
                  uint64_t sequence) {
    bool fragment = is_fragment(type);
    if (!is_known(type) || !(fragment ? reader->carries_fragments : reader->carries_control)) {
        return violation(reader, "a frame type that this channel does not carry", (unsigned long)type);
    }
    if (sequence != reader->sequence) {
        return violation(reader, "a frame out of sequence", (unsigned long)sequence);
    }
    uint32_t limit = reader->control_max;
    if (fragment && limit != HANDSHAKE_PAYLOAD_MAX) {
        limit = FRAGMENT_MAX;
    }
    if (type == PING || type == PONG) {
        limit = PING_MAX;
    }
    if (length > limit) {
        return violation(reader, "a frame larger than is allowed", length);
    }
    if ((flags & ~(fragment ? MORE : 0)) != 0) {
        return violation(reader, "unknown flags", (unsigned long)flags);
    }
    return (stream != 0) == fragment || violation(reader, "a stream that does not go with the frame", stream);
}

static bool sink_refused(struct frame_reader *reader) {
    return violation(reader, "a fragment that its stream does not allow", 0);
}

static bool advance(struct frame_reader *reader, size_t count) {
    if (!reader->handler->advance(reader->sink, count)) {
        return sink_refused(reader);
    }
    reader->missing -= (uint32_t)count;
    if (reader->missing == 0) {
        void *sink = reader->sink;
        reader->sink = NULL;
        return reader->handler->finish(sink) || sink_refused(reader);
    }
    return true;
}

// Fills the fragment's memory from what has been read already; sets how much of it that was.
static bool fill(struct frame_reader *reader, const uint8_t *from, size_t have, size_t *taken) {
    *taken = 0;
    while (reader->sink != NULL && have > *taken) {
        size_t room;
        uint8_t *space = reader->handler->space(reader->sink, &room);
        size_t count = have - *taken;
        count = count < room ? count : room;
        count = count < reader->missing ? count : reader->missing;
        memcpy(space, from + *taken, count);
        *taken += count;
        if (!advance(reader, count)) {
            return false;
        }
    }
    return true;
}

static bool begin_fragment(struct frame_reader *reader, int type, int flags, uint16_t stream, uint32_t length) {
    reader->sink = reader->handler->begin(reader->context, type, stream, length, flags == MORE);
    if (reader->sink == NULL) {
        return sink_refused(reader);
    }
    reader->missing = length;
    if (length == 0) {
        void *sink = reader->sink;
        reader->sink = NULL;
        return reader->handler->finish(sink) || sink_refused(reader);
    }
    return true;
}

// The bytes of `data` that were used; -1 for a violation.
static ssize_t parse_frame(struct frame_reader *reader, const uint8_t *data, size_t size) {
    if (reader->preface_due) {
        size_t have = size < sizeof PREFACE ? size : sizeof PREFACE;
        if (memcmp(data, PREFACE, have) != 0) {
            violation(reader, "the channel does not start with the preface of this protocol", 0);
            return -1;
        }
        if (have < sizeof PREFACE) {
            return 0;
        }
        reader->preface_due = false;
        return sizeof PREFACE;
    }
    if (size < FRAME_HEADER_BYTES) {
        return 0;
    }
    uint32_t length;
    uint16_t stream;
    uint64_t sequence;
    memcpy(&length, data, 4);
    memcpy(&stream, data + 6, 2);
    memcpy(&sequence, data + 8, 8);
    int type = data[4];
    int flags = data[5];
    if (!check(reader, length, type, flags, stream, sequence)) {
        return -1;
    }
    const uint8_t *payload = data + FRAME_HEADER_BYTES;
    size_t have = size - FRAME_HEADER_BYTES;
    if (is_fragment(type)) {
        reader->sequence++;
        size_t taken;
        if (!begin_fragment(reader, type, flags, stream, length) || !fill(reader, payload, have, &taken)) {
            return -1;
        }
        return (ssize_t)(FRAME_HEADER_BYTES + taken);
    }
    if (have < length) {
        return 0;
    }
    reader->sequence++;
    if (!reader->handler->control(reader->context, type, payload, length)) {
        violation(reader, "a message that is malformed or not for a satellite, type", (unsigned long)type);
        return -1;
    }
    return (ssize_t)(FRAME_HEADER_BYTES + length);
}

static enum failure parse(struct frame_reader *reader) {
    size_t start = 0;
    while (!reader->paused && reader->sink == NULL && start < reader->buffer.size) {
        ssize_t used = parse_frame(reader, reader->buffer.data + start, reader->buffer.size - start);
        if (used < 0) {
            return VIOLATION;
        }
        if (used == 0) {
            break;
        }
        start += (size_t)used;
    }
    bytes_remove_front(&reader->buffer, start);
    return NO_FAILURE;
}

enum failure frame_resume(struct frame_reader *reader) {
    reader->paused = false;
    return parse(reader);
}

enum failure frame_receive(struct frame_reader *reader) {
    struct iovec parts[2];
    int count = 0;
    size_t room = 0;
    if (reader->sink != NULL) {
        uint8_t *space = reader->handler->space(reader->sink, &room);
        room = room < reader->missing ? room : reader->missing;
        parts[count++] = (struct iovec){space, room};
    }
    // Straight into the fragment's memory while it lasts; behind its end a little for the next header.
    size_t ahead = reader->sink == NULL ? FRAME_HEADER_BYTES + CONTROL_PAYLOAD_MAX : READ_AHEAD;
    if (reader->sink == NULL || room == reader->missing) {
        parts[count++] = (struct iovec){bytes_reserve(&reader->buffer, ahead), ahead};
    }
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
    ssize_t received = recvmsg(reader->socket, &message, MSG_DONTWAIT);
    if (received < 0) {
        return errno == EINTR || errno == EAGAIN ? NO_FAILURE : of_errno();
    }
    if (received == 0) {
        return PEER_GONE;
    }
    size_t direct = (size_t)received < room ? (size_t)received : room;
    reader->buffer.size += (size_t)received - direct;
    if (direct > 0 && !advance(reader, direct)) {
        return VIOLATION;
    }
    return parse(reader);
}
