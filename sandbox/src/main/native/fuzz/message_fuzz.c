// SPDX-License-Identifier: Apache-2.0
//
// Any body is read without a fault, and what was read whole is written again as it came.
//
// An input: one byte for each value to be read (u32, u64, string or list), a zero byte, the body.

#include "fuzz.h"

#include "../message.h"

#include <string.h>

enum { VALUES_MAX = 16 };

// Reads a value and writes it to `copy`.
static void pass(uint8_t kind, struct reader *reader, struct message *copy) {
    struct string_list list = {0};
    char *text = NULL;
    switch (kind % 4) {
    case 0:
        put_u32(copy, read_u32(reader));
        break;
    case 1:
        put_u64(copy, read_u64(reader));
        break;
    case 2:
        text = read_string(reader);
        REQUIRE((text == NULL) == reader->failed);
        if (text != NULL) {
            REQUIRE(strlen(text) <= STRING_BYTES_MAX);
            put_string(copy, text);
        }
        free(text);
        break;
    default:
        if (read_list(reader, &list)) {
            REQUIRE(list.count <= LIST_ITEMS_MAX && list.items[list.count] == NULL);
            REQUIRE(put_list(copy, &list));
        } else {
            REQUIRE(reader->failed && list.items == NULL);
        }
        free_list(&list);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct message message;
    static struct message copy;
    struct input input = {.at = data, .end = data + size};
    uint8_t kinds[VALUES_MAX];
    int count = 0;
    for (uint8_t kind = input_byte(&input); kind != 0 && count < VALUES_MAX;
         kind = input_byte(&input)) {
        kinds[count++] = kind;
    }
    message_begin(&message, PARK, 1, 2);
    if (!put_bytes(&message, input.at, input_left(&input))) {
        return 0;
    }
    message_begin(&copy, PARK, 1, 2);
    struct reader reader = reader_of(&message);
    // On the heap and of the exact size, so that a read behind the end is seen.
    size_t length = (size_t)(reader.end - reader.at);
    unsigned char *body = malloc(length + 1);
    REQUIRE(body != NULL);
    memcpy(body, reader.at, length);
    body = realloc(body, length == 0 ? 1 : length);
    REQUIRE(body != NULL);
    reader = (struct reader){.at = body, .end = body + length};
    for (int i = 0; i < count && !reader.failed; i++) {
        pass(kinds[i], &reader, &copy);
    }
    if (read_all(&reader)) {
        REQUIRE(copy.header.length == message.header.length);
        REQUIRE(memcmp(copy.body, body, length) == 0);
    }
    free(body);
    return 0;
}
