// SPDX-License-Identifier: Apache-2.0

#include "message.h"

#include <stdlib.h>
#include <string.h>

struct reader reader_of(const struct message *message) {
    size_t length = message->header.length - sizeof(struct message_header);
    return (struct reader){.at = message->body, .end = message->body + length, .failed = false};
}

static size_t left(const struct reader *reader) {
    return (size_t)(reader->end - reader->at);
}

void read_bytes(struct reader *reader, void *into, size_t length) {
    if (reader->failed || left(reader) < length) {
        reader->failed = true;
        memset(into, 0, length);
        return;
    }
    memcpy(into, reader->at, length);
    reader->at += length;
}

uint32_t read_u32(struct reader *reader) {
    uint32_t value;
    read_bytes(reader, &value, sizeof value);
    return value;
}

uint64_t read_u64(struct reader *reader) {
    uint64_t value;
    read_bytes(reader, &value, sizeof value);
    return value;
}

// Steps over one string; null after a violation.
static const unsigned char *next_string(struct reader *reader, size_t bytes_max, size_t *length) {
    *length = read_u32(reader);
    if (reader->failed || *length > bytes_max || *length > left(reader) ||
        memchr(reader->at, 0, *length) != NULL) {
        reader->failed = true;
        return NULL;
    }
    const unsigned char *bytes = reader->at;
    reader->at += *length;
    return bytes;
}

char *read_string(struct reader *reader) {
    size_t length;
    const unsigned char *bytes = next_string(reader, STRING_BYTES_MAX, &length);
    if (bytes == NULL) {
        return NULL;
    }
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        reader->failed = true;
        return NULL;
    }
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

bool read_list(struct reader *reader, struct string_list *list) {
    *list = (struct string_list){0};
    uint32_t count = read_u32(reader);
    if (reader->failed || count > LIST_ITEMS_MAX) {
        reader->failed = true;
        return false;
    }
    // Every string loses its four bytes of length and gains one zero byte, so this is room enough.
    size_t pointers = (count + (size_t)1) * sizeof(char *);
    char **items = malloc(pointers + left(reader) + 1);
    if (items == NULL) {
        reader->failed = true;
        return false;
    }
    char *text = (char *)items + pointers;
    for (uint32_t i = 0; i < count; i++) {
        size_t length;
        const unsigned char *bytes = next_string(reader, ENVIRONMENT_BYTES_MAX, &length);
        if (bytes == NULL) {
            free(items);
            return false;
        }
        items[i] = text;
        memcpy(text, bytes, length);
        text[length] = '\0';
        text += length + 1;
    }
    items[count] = NULL;
    *list = (struct string_list){.items = items, .count = count};
    return true;
}

void free_list(struct string_list *list) {
    free(list->items);
    *list = (struct string_list){0};
}

bool read_all(const struct reader *reader) {
    return !reader->failed && reader->at == reader->end;
}

void message_begin(struct message *message, enum message_type type, uint64_t id,
                   uint64_t generation) {
    message->header = (struct message_header){
        .type = type,
        .length = sizeof(struct message_header),
        .id = id,
        .generation = generation,
    };
    message->fd_count = 0;
}

bool put_bytes(struct message *message, const void *bytes, size_t length) {
    if (length > MESSAGE_BYTES_MAX - message->header.length) {
        return false;
    }
    if (length > 0) {
        memcpy(message->body + (message->header.length - sizeof(struct message_header)), bytes,
               length);
    }
    message->header.length += (uint32_t)length;
    return true;
}

bool put_u32(struct message *message, uint32_t value) {
    return put_bytes(message, &value, sizeof value);
}

bool put_u64(struct message *message, uint64_t value) {
    return put_bytes(message, &value, sizeof value);
}

bool put_string_bytes(struct message *message, const void *bytes, size_t length) {
    if (length + sizeof(uint32_t) > MESSAGE_BYTES_MAX - message->header.length) {
        return false;
    }
    return put_u32(message, (uint32_t)length) && put_bytes(message, bytes, length);
}

bool put_string(struct message *message, const char *string) {
    return put_string_bytes(message, string, strnlen(string, STRING_BYTES_MAX));
}

bool put_list(struct message *message, const struct string_list *list) {
    uint32_t before = message->header.length;
    bool fits = put_u32(message, list->count);
    for (uint32_t i = 0; fits && i < list->count; i++) {
        fits = put_string_bytes(message, list->items[i], strlen(list->items[i]));
    }
    if (!fits) {
        message->header.length = before;
    }
    return fits;
}
