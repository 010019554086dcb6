// SPDX-License-Identifier: Apache-2.0
//
// Protocol Buffers as far as the messages of launchpad.proto need them: tables say what a message holds, and R lists
// with the fields' names are its form here. A library would be ten times the size of what stands in wire.c.

#ifndef LAUNCHPAD_WIRE_H
#define LAUNCHPAD_WIRE_H

#include "bytes.h"

#include <Rinternals.h>
#include <stdbool.h>

void wire_varint(struct bytes *out, uint64_t value);
// Fields that have their default are left out.
void wire_uint(struct bytes *out, int field, uint64_t value);
void wire_bytes(struct bytes *out, int field, const void *data, size_t size);

struct wire_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool malformed;
};

struct wire_field {
    int number;
    int type;
    uint64_t value;
    const uint8_t *data;
    size_t size;
};

// The next field; false at the end, and where the message is malformed.
bool wire_next(struct wire_reader *reader, struct wire_field *field);

struct message_def;
const struct message_def *message_named(const char *name);
// The message as a list; R_NilValue when it is malformed.
SEXP message_decode(const struct message_def *def, const uint8_t *data, size_t size);
void message_encode(const struct message_def *def, SEXP list, struct bytes *out);

#endif
