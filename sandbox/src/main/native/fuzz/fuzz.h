// SPDX-License-Identifier: Apache-2.0
//
// What a fuzz target defines, and how it refuses what must not be.

#ifndef LAUNCHPAD_FUZZ_H
#define LAUNCHPAD_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

// An input that is used up from the front; behind its end everything is zero.
struct input {
    const uint8_t *at;
    const uint8_t *end;
};

static inline size_t input_left(const struct input *input) {
    return (size_t)(input->end - input->at);
}

static inline uint8_t input_byte(struct input *input) {
    return input->at < input->end ? *input->at++ : 0;
}

#endif
