// SPDX-License-Identifier: Apache-2.0
//
// Bytes that grow.

#ifndef LAUNCHPAD_BYTES_H
#define LAUNCHPAD_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

// Room for `count` more; ends the process when there is no memory, as there is nobody left who could be told.
uint8_t *bytes_reserve(struct bytes *bytes, size_t count);
void bytes_append(struct bytes *bytes, const void *data, size_t count);
// Room for `count` more that are zero.
uint8_t *bytes_zero(struct bytes *bytes, size_t count);
void bytes_remove_front(struct bytes *bytes, size_t count);
void bytes_free(struct bytes *bytes);

void *allocate(size_t size);

// The length of the UTF-8 character at `at`, 0 when it is none.
size_t utf8_character(const uint8_t *at, size_t left);

#endif
