// SPDX-License-Identifier: Apache-2.0
//
// The nodes and buffers of a batch, looked at before nanoarrow builds arrays of them: it adds offsets and lengths without minding
// that they may overflow. The flatbuffer itself has been verified by then, so its offsets can be followed.

#include "arrow.h"

#include <string.h>

enum { PREFIX_BYTES = 8, MESSAGE_HEADER = 2, DICTIONARY_DATA = 1, BATCH_NODES = 1, BATCH_BUFFERS = 2, BATCH_VARIADIC = 4 };

static uint32_t u32(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static int64_t i64(const uint8_t *at) {
    int64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

// Where a field of a table stands; null when it is left out.
static const uint8_t *field(const uint8_t *table, int slot) {
    const uint8_t *vtable = table - (int32_t)u32(table);
    uint16_t size;
    uint16_t offset;
    memcpy(&size, vtable, sizeof size);
    if (4 + 2 * slot + 2 > size) {
        return NULL;
    }
    memcpy(&offset, vtable + 4 + 2 * slot, sizeof offset);
    return offset == 0 ? NULL : table + offset;
}

static const uint8_t *follow(const uint8_t *at) {
    return at == NULL ? NULL : at + u32(at);
}

// How many nodes and buffers a column has, depth first.
static void expected(const struct ArrowSchema *schema, uint32_t *nodes, uint32_t *buffers) {
    struct type type = type_of(schema);
    (*nodes)++;
    if (schema->dictionary != NULL) {
        *buffers += 2;
        return;
    }
    switch (type.kind) {
    case KIND_NULL:
        break;
    case KIND_TEXT:
        *buffers += 3;
        break;
    case KIND_BINARY:
        *buffers += type.storage == NANOARROW_TYPE_FIXED_SIZE_BINARY ? 2 : 3;
        break;
    case KIND_STRUCT:
    case KIND_DATETIMEOFFSET:
        *buffers += 1;
        break;
    case KIND_LIST:
        *buffers += type.storage == NANOARROW_TYPE_FIXED_SIZE_LIST ? 1 : 2;
        break;
    default:
        *buffers += 2;
    }
    for (int64_t i = 0; i < schema->n_children; i++) {
        expected(schema->children[i], nodes, buffers);
    }
}

const char *batch_check(const uint8_t *metadata, bool dictionary, const struct ArrowSchema *const *columns, int64_t count,
                        int64_t body) {
    const uint8_t *batch = follow(field(follow(metadata + PREFIX_BYTES), MESSAGE_HEADER));
    if (dictionary && batch != NULL) {
        batch = follow(field(batch, DICTIONARY_DATA));
    }
    if (batch == NULL) {
        return "BAD_METADATA: the message holds no batch";
    }
    const uint8_t *nodes = follow(field(batch, BATCH_NODES));
    const uint8_t *buffers = follow(field(batch, BATCH_BUFFERS));
    const uint8_t *variadic = follow(field(batch, BATCH_VARIADIC));
    uint32_t node_count = nodes == NULL ? 0 : u32(nodes);
    uint32_t buffer_count = buffers == NULL ? 0 : u32(buffers);
    uint32_t node_due = 0;
    uint32_t buffer_due = 0;
    for (int64_t i = 0; i < count; i++) {
        expected(columns[i], &node_due, &buffer_due);
    }
    if (node_count != node_due || buffer_count != buffer_due || (variadic != NULL && u32(variadic) > 0)) {
        return "BAD_COUNT: not the nodes and buffers that the schema asks for";
    }
    for (uint32_t i = 0; i < node_count; i++) {
        int64_t length = i64(nodes + 4 + 16 * (size_t)i);
        int64_t nulls = i64(nodes + 12 + 16 * (size_t)i);
        if (length < 0 || nulls < 0 || nulls > length) {
            return "BAD_COUNT: a node's length or number of nulls";
        }
    }
    int64_t end = 0;
    for (uint32_t i = 0; i < buffer_count; i++) {
        int64_t offset = i64(buffers + 4 + 16 * (size_t)i);
        int64_t length = i64(buffers + 12 + 16 * (size_t)i);
        if (offset < end || offset > body || length < 0 || length > body - offset || offset % 8 != 0) {
            return "BAD_BUFFER: a buffer lies outside the body, overlaps or is misaligned";
        }
        end = offset + length;
    }
    return NULL;
}

// The lengths of the nodes and validity bits, once the arrays are there.
const char *nulls_check(const struct ArrowArrayView *view, int64_t rows) {
    if (view->length < rows) {
        return "BAD_COUNT: a column is shorter than its batch";
    }
    const uint8_t *bits = view->buffer_views[0].data.as_uint8;
    bool has_validity = view->layout.buffer_type[0] == NANOARROW_BUFFER_TYPE_VALIDITY;
    if (has_validity && view->buffer_views[0].size_bytes == 0) {
        if (view->null_count != 0) {
            return "BAD_BUFFER: nulls without a validity buffer";
        }
    } else if (has_validity) {
        int64_t set = ArrowBitCountSet(bits, view->offset, view->length);
        if (view->null_count >= 0 && view->length - set != view->null_count) {
            return "BAD_BUFFER: the validity bits are not those the null count states";
        }
    }
    for (int64_t i = 0; i < view->n_children; i++) {
        bool same = view->storage_type == NANOARROW_TYPE_STRUCT;
        if (same && view->children[i]->length != view->length) {
            return "BAD_COUNT: a struct's child is not as long as the struct";
        }
        if (view->storage_type == NANOARROW_TYPE_FIXED_SIZE_LIST &&
            view->children[i]->length != view->length * view->layout.child_size_elements) {
            return "BAD_COUNT: a fixed-size list's child is not its size times as long";
        }
        const char *problem = nulls_check(view->children[i], 0);
        if (problem != NULL) {
            return problem;
        }
    }
    return view->dictionary == NULL ? NULL : nulls_check(view->dictionary, 0);
}
