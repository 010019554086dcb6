// SPDX-License-Identifier: Apache-2.0
//
// What is looked at in columns before they are converted.

#include "arrow.h"
#include "calls.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 16, COLUMNS_MAX = 4096 };

static int64_t fields_of(const struct ArrowSchema *schema, int depth) {
    if (depth > DEPTH_MAX) {
        fail("PROTOCOL_VIOLATION", NULL, 0, "a BXL stream cannot be read: LIMIT_EXCEEDED: nested deeper than %d levels",
             DEPTH_MAX);
    }
    int64_t count = schema->n_children;
    for (int64_t i = 0; i < schema->n_children; i++) {
        count += fields_of(schema->children[i], depth + 1);
    }
    if (schema->dictionary != NULL) {
        count += fields_of(schema->dictionary, depth);
    }
    return count;
}

static void type_check(const struct ArrowSchema *schema) {
    struct type type = type_of(schema);
    bool fits = type.kind != KIND_UNSUPPORTED;
    if (type.kind == KIND_DECIMAL) {
        fits = type.precision >= 1 && type.precision <= (type.bits == 256 ? 76 : 38) && type.scale >= 0 &&
               type.scale <= type.precision;
    }
    if (!fits) {
        fail("TYPE_UNSUPPORTED", schema->name, 0, "a BXL stream cannot be read: UNSUPPORTED: column '%s' has the Arrow type '%s'",
             schema->name == NULL ? "" : schema->name, schema->format);
    }
    for (int64_t i = 0; i < schema->n_children; i++) {
        type_check(schema->children[i]);
    }
    if (schema->dictionary != NULL) {
        type_check(schema->dictionary);
    }
}

void schema_check(const struct ArrowSchema *schema) {
    if (fields_of(schema, 0) > COLUMNS_MAX) {
        fail("PROTOCOL_VIOLATION", NULL, 0, "a BXL stream cannot be read: LIMIT_EXCEEDED: more than %d columns", COLUMNS_MAX);
    }
    for (int64_t i = 0; i < schema->n_children; i++) {
        type_check(schema->children[i]);
    }
}

// The length of the character at `at`, 0 when it is none.
size_t utf8_character(const uint8_t *at, size_t left) {
    uint8_t first = at[0];
    if (first < 0x80) {
        return 1;
    }
    size_t length = first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool bad = (first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f) || (first == 0xf0 && at[1] < 0x90) ||
               (first == 0xf4 && at[1] > 0x8f);
    return bad ? 0 : length;
}

bool is_utf8(const void *data, size_t size) {
    const uint8_t *at = data;
    size_t i = 0;
    while (i < size) {
        uint64_t eight;
        if (i + 8 <= size && (memcpy(&eight, at + i, 8), (eight & 0x8080808080808080ULL) == 0)) {
            i += 8;
            continue;
        }
        size_t length = utf8_character(at + i, size - i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

void column_check(const struct ArrowSchema *schema, const struct ArrowArrayView *view) {
    if (view->storage_type == NANOARROW_TYPE_STRING || view->storage_type == NANOARROW_TYPE_LARGE_STRING) {
        for (int64_t row = 0; row < view->length; row++) {
            if (!ArrowArrayViewIsNull(view, row)) {
                struct ArrowStringView text = ArrowArrayViewGetStringUnsafe(view, row);
                if (!is_utf8(text.data, (size_t)text.size_bytes)) {
                    fail("PROTOCOL_VIOLATION", schema->name, row + 1,
                         "a BXL stream cannot be read: BAD_UTF8: column '%s', row %lld", schema->name, (long long)row + 1);
                }
            }
        }
    }
    for (int64_t i = 0; i < view->n_children; i++) {
        column_check(schema->children[i], view->children[i]);
    }
}

static const struct ArrowSchema *find_dictionary(const struct ArrowSchema *parent, int64_t *before) {
    for (int64_t i = 0; i < parent->n_children; i++) {
        const struct ArrowSchema *child = parent->children[i];
        if (child->dictionary != NULL && (*before)-- == 0) {
            return child;
        }
        const struct ArrowSchema *below = find_dictionary(child, before);
        if (below != NULL) {
            return below;
        }
    }
    return NULL;
}

const struct ArrowSchema *field_of_dictionary(const struct ArrowSchema *parent, int64_t id) {
    return find_dictionary(parent, &id);
}

int64_t dictionary_count(const struct ArrowSchema *parent) {
    int64_t count = 0;
    for (int64_t i = 0; i < parent->n_children; i++) {
        count += (parent->children[i]->dictionary != NULL) + dictionary_count(parent->children[i]);
    }
    return count;
}

static bool same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

bool rows_equal(const struct ArrowSchema *schema, const struct ArrowArrayView *a, int64_t row_a,
                const struct ArrowArrayView *b, int64_t row_b) {
    bool null = ArrowArrayViewIsNull(a, row_a);
    if (null != (bool)ArrowArrayViewIsNull(b, row_b)) {
        return false;
    }
    if (null) {
        return true;
    }
    if (a->dictionary != NULL) {
        return rows_equal(schema->dictionary, a->dictionary, ArrowArrayViewGetIntUnsafe(a, row_a), b->dictionary,
                          ArrowArrayViewGetIntUnsafe(b, row_b));
    }
    switch (a->storage_type) {
    case NANOARROW_TYPE_FLOAT:
    case NANOARROW_TYPE_DOUBLE:
        return same_number(ArrowArrayViewGetDoubleUnsafe(a, row_a), ArrowArrayViewGetDoubleUnsafe(b, row_b));
    case NANOARROW_TYPE_BOOL:
        return ArrowArrayViewGetIntUnsafe(a, row_a) == ArrowArrayViewGetIntUnsafe(b, row_b);
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY:
    case NANOARROW_TYPE_FIXED_SIZE_BINARY: {
        struct ArrowBufferView x = ArrowArrayViewGetBytesUnsafe(a, row_a);
        struct ArrowBufferView y = ArrowArrayViewGetBytesUnsafe(b, row_b);
        return x.size_bytes == y.size_bytes &&
               (x.size_bytes == 0 || memcmp(x.data.data, y.data.data, (size_t)x.size_bytes) == 0);
    }
    case NANOARROW_TYPE_STRUCT:
        for (int64_t i = 0; i < a->n_children; i++) {
            if (!rows_equal(schema->children[i], a->children[i], row_a + a->offset, b->children[i], row_b + b->offset)) {
                return false;
            }
        }
        return true;
    default:
        break;
    }
    int64_t bytes = a->layout.element_size_bits[1] / 8;
    if (bytes <= 0 || a->n_children > 0) {
        fail("BAD_REQUEST", schema->name, 0, "partition_columns: values of column '%s' cannot be compared", schema->name);
    }
    return memcmp(a->buffer_views[1].data.as_uint8 + (row_a + a->offset) * bytes,
                  b->buffer_views[1].data.as_uint8 + (row_b + b->offset) * bytes, (size_t)bytes) == 0;
}
