// SPDX-License-Identifier: Apache-2.0
//
// The 64-byte header of a BXL frame (FORMAT.md section 2).

#ifndef LAUNCHPAD_BXL_H
#define LAUNCHPAD_BXL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BXL_SCHEMA = 1, BXL_DICTIONARY = 2, BXL_BATCH = 3, BXL_END = 4 };
enum { BXL_HEADER = 64 };

struct bxl_header {
    uint8_t kind;
    uint64_t length;
    uint32_t metadata_length;
    uint64_t body_length;
    uint64_t rows;
    uint64_t number;
    int64_t dictionary;
    uint64_t stream_length;
};

void bxl_header_write(const struct bxl_header *header, uint8_t *to);
// What is wrong as a code and a sentence, null when nothing is. `frame` is the whole frame, or `size` bytes of it.
const char *bxl_header_read(const uint8_t *frame, size_t size, struct bxl_header *header);

uint32_t crc32c(uint32_t crc, const uint8_t *data, size_t size);

#endif
