// SPDX-License-Identifier: Apache-2.0

#include "bytes.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// As launchpad's own limit on memory would end it: at once.
static void *checked(void *memory) {
    if (memory == NULL) {
        static const char text[] = "launchpad: out of memory\n";
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        for (;;) {
            raise(SIGABRT);
        }
    }
    return memory;
}

void *allocate(size_t size) {
    return checked(calloc(1, size > 0 ? size : 1));
}

uint8_t *bytes_reserve(struct bytes *bytes, size_t count) {
    size_t wanted = bytes->size + count;
    if (wanted > bytes->capacity || bytes->data == NULL) {
        size_t capacity = bytes->capacity < 256 ? 256 : bytes->capacity;
        while (capacity < wanted) {
            capacity += capacity / 2;
        }
        bytes->data = checked(realloc(bytes->data, capacity));
        bytes->capacity = capacity;
    }
    return bytes->data + bytes->size;
}

void bytes_append(struct bytes *bytes, const void *data, size_t count) {
    if (count > 0) {
        memcpy(bytes_reserve(bytes, count), data, count);
        bytes->size += count;
    }
}

uint8_t *bytes_zero(struct bytes *bytes, size_t count) {
    uint8_t *room = bytes_reserve(bytes, count);
    memset(room, 0, count);
    bytes->size += count;
    return room;
}

void bytes_remove_front(struct bytes *bytes, size_t count) {
    if (count > 0) {
        bytes->size -= count;
        memmove(bytes->data, bytes->data + count, bytes->size);
    }
}

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    *bytes = (struct bytes){0};
}
