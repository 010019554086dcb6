// SPDX-License-Identifier: Apache-2.0
//
// What the conversions of plain and of nested vectors to Arrow share.

#ifndef LAUNCHPAD_FROM_R_PARTS_H
#define LAUNCHPAD_FROM_R_PARTS_H

#include "from_r.h"

// A buffer of the body: what is appended to it between the two calls.
size_t start_buffer(struct encoding *out);
void end_buffer(struct encoding *out, size_t buffer);
void put_node(struct encoding *out, R_xlen_t count, R_xlen_t nulls);
// Offset number `index` of the offsets that begin at `at`.
void put_offset(struct encoding *out, size_t at, R_xlen_t index, int64_t offset, bool large);
bool is_large(enum ArrowType storage);
void integer_bounds(enum ArrowType storage, size_t *size, __int128 *least, __int128 *most);

#define EACH_VALUE(source, row)                                                                                      \
    for (R_xlen_t row = 0; row < (source)->count; row++)                                                             \
        if (!source_is_na(source, row))

void lists_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                    const struct source *source, const struct column_context *context);
void structs_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                      const struct column_context *context);
void indices_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                      const struct source *source, const struct column_context *context);

#endif
