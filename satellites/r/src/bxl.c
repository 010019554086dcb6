// SPDX-License-Identifier: Apache-2.0

#include "bxl.h"

#include <string.h>

static const uint64_t FRAME_BYTES_MAX = 320ULL << 20;
static const uint64_t METADATA_BYTES_MAX = 16ULL << 20;
static const uint64_t BATCH_ROWS_MAX = 1 << 20;
static const uint64_t DICTIONARY_ENTRIES_MAX = 1 << 24;

enum { CRC_FLAG = 1, CRC_AT = 20 };

static void put(uint8_t *to, size_t at, uint64_t value, size_t size) {
    memcpy(to + at, &value, size);
}

static uint64_t get(const uint8_t *from, size_t at, size_t size) {
    uint64_t value = 0;
    memcpy(&value, from + at, size);
    return value;
}

void bxl_header_write(const struct bxl_header *header, uint8_t *to) {
    memset(to, 0, BXL_HEADER);
    memcpy(to, "BXL1", 4);
    to[4] = header->kind;
    put(to, 8, header->length, 8);
    put(to, 16, header->metadata_length, 4);
    put(to, 24, header->body_length, 8);
    put(to, 32, header->rows, 8);
    put(to, 40, header->number, 8);
    put(to, 48, (uint64_t)header->dictionary, 8);
    put(to, 56, header->stream_length, 8);
}

static const char *check_lengths(const struct bxl_header *header) {
    static const uint64_t SIGN = 1ULL << 63;
    if (((header->length | header->body_length | header->rows | header->number | header->stream_length) & SIGN) != 0) {
        return "BAD_HEADER: a number of 2^63 or more";
    }
    if (header->length % 64 != 0 || header->metadata_length % 64 != 0 || header->body_length % 64 != 0 ||
        header->body_length > header->length ||
        header->length != BXL_HEADER + header->metadata_length + header->body_length) {
        return "BAD_HEADER: lengths do not agree";
    }
    bool end = header->kind == BXL_END;
    bool has_body = header->kind == BXL_BATCH || header->kind == BXL_DICTIONARY;
    if ((end ? header->metadata_length != 0 : header->metadata_length < 64) ||
        (!has_body && header->body_length != 0)) {
        return "BAD_HEADER: metadata or body where there may be none";
    }
    if (header->length > FRAME_BYTES_MAX) {
        return "LIMIT_EXCEEDED: frame bytes";
    }
    if (header->metadata_length > METADATA_BYTES_MAX) {
        return "LIMIT_EXCEEDED: metadata bytes";
    }
    return NULL;
}

static const char *check_counts(const struct bxl_header *header) {
    if (header->kind == BXL_BATCH && header->rows > BATCH_ROWS_MAX) {
        return "LIMIT_EXCEEDED: batch rows";
    }
    if (header->kind == BXL_DICTIONARY && header->rows > DICTIONARY_ENTRIES_MAX) {
        return "LIMIT_EXCEEDED: dictionary entries";
    }
    if (header->kind == BXL_SCHEMA && header->rows != 0) {
        return "BAD_HEADER: a schema has no rows";
    }
    if (header->kind != BXL_DICTIONARY && header->dictionary != 0) {
        return "BAD_HEADER: a dictionary id where there is no dictionary";
    }
    return NULL;
}

const char *bxl_header_read(const uint8_t *frame, size_t size, struct bxl_header *header) {
    if (size < BXL_HEADER) {
        return "TRUNCATED: the stream ends inside a header";
    }
    if (memcmp(frame, "BXL1", 4) != 0) {
        return "BAD_MAGIC: the frame does not start with BXL1";
    }
    *header = (struct bxl_header){.kind = frame[4],
                                  .length = get(frame, 8, 8),
                                  .metadata_length = (uint32_t)get(frame, 16, 4),
                                  .body_length = get(frame, 24, 8),
                                  .rows = get(frame, 32, 8),
                                  .number = get(frame, 40, 8),
                                  .dictionary = (int64_t)get(frame, 48, 8),
                                  .stream_length = get(frame, 56, 8)};
    bool summed = frame[5] == CRC_FLAG;
    if (header->kind < BXL_SCHEMA || header->kind > BXL_END || (frame[5] & ~CRC_FLAG) != 0 || get(frame, 6, 2) != 0 ||
        (!summed && get(frame, CRC_AT, 4) != 0)) {
        return "BAD_HEADER: kind, flags, reserved bytes or checksum";
    }
    const char *problem = check_lengths(header);
    if (problem == NULL) {
        problem = check_counts(header);
    }
    if (problem != NULL) {
        return problem;
    }
    if (size < header->length) {
        return "TRUNCATED: the stream ends inside a frame";
    }
    if (summed) {
        static const uint8_t zero[4];
        uint32_t crc = crc32c(0, frame, CRC_AT);
        crc = crc32c(crc, zero, sizeof zero);
        crc = crc32c(crc, frame + CRC_AT + 4, header->length - CRC_AT - 4);
        if (crc != get(frame, CRC_AT, 4)) {
            return "BAD_CHECKSUM: the CRC-32C differs";
        }
    }
    return NULL;
}

// Byte by byte: frames on Unix sockets, which is where this package is used, carry no checksum.
uint32_t crc32c(uint32_t crc, const uint8_t *data, size_t size) {
    static uint32_t table[256];
    if (table[1] == 0) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) != 0 ? value >> 1 ^ 0x82f63b78U : value >> 1;
            }
            table[i] = value;
        }
    }
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc = table[(crc ^ data[i]) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}
