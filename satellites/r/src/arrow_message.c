// SPDX-License-Identifier: Apache-2.0
//
// Arrow's Message flatbuffers (Schema.fbs, Message.fbs), written back to front as flatbuffers are. nanoarrow's own encoder
// writes no dictionaries, and pads to 8 bytes where BXL wants 64.

#include "arrow.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 8, ALIGNMENT = 8, PREFIX_BYTES = 8, FRAME_ALIGNMENT = 64 };

// Offsets are counted from the end, which does not move.
struct builder {
    uint8_t *memory;
    size_t capacity;
    size_t used;
};

struct table {
    uint32_t slots[FIELDS_MAX];
    int count;
    uint32_t start;
};

static uint8_t *room(struct builder *b, size_t size) {
    if (b->used + size > b->capacity) {
        size_t capacity = (b->capacity + size) * 2;
        uint8_t *memory = allocate(capacity);
        if (b->used > 0) {
            memcpy(memory + capacity - b->used, b->memory + b->capacity - b->used, b->used);
        }
        free(b->memory);
        b->memory = memory;
        b->capacity = capacity;
    }
    b->used += size;
    return b->memory + b->capacity - b->used;
}

// So that what is placed after `behind` more bytes lies at a multiple of `alignment`.
static void prepare(struct builder *b, size_t alignment, size_t behind) {
    size_t padding = (0 - (b->used + behind)) & (alignment - 1);
    memset(room(b, padding), 0, padding);
}

static void place(struct builder *b, uint64_t value, size_t size) {
    memcpy(room(b, size), &value, size);
}

static uint32_t text(struct builder *b, const char *string, size_t length) {
    prepare(b, 4, length + 1);
    place(b, 0, 1);
    uint8_t *to = room(b, length);
    if (length > 0) {
        memcpy(to, string, length);
    }
    place(b, length, 4);
    return (uint32_t)b->used;
}

static void place_offset(struct builder *b, uint32_t target) {
    prepare(b, 4, 0);
    place(b, b->used + 4 - target, 4);
}

static uint32_t offsets(struct builder *b, const uint32_t *targets, size_t count) {
    prepare(b, 4, count * 4);
    for (size_t i = count; i > 0; i--) {
        place_offset(b, targets[i - 1]);
    }
    place(b, count, 4);
    return (uint32_t)b->used;
}

// A vector of structs whose members are all 64 bits wide.
static uint32_t structs(struct builder *b, const struct bytes *items, size_t size) {
    prepare(b, 4, items->size);
    prepare(b, 8, items->size);
    uint8_t *to = room(b, items->size);
    if (items->size > 0) {
        memcpy(to, items->data, items->size);
    }
    place(b, items->size / size, 4);
    return (uint32_t)b->used;
}

static struct table start_table(struct builder *b, int count) {
    return (struct table){.count = count, .start = (uint32_t)b->used};
}

static void put(struct builder *b, struct table *table, int slot, uint64_t value, size_t size) {
    prepare(b, size, 0);
    place(b, value, size);
    table->slots[slot] = (uint32_t)b->used;
}

static void put_offset(struct builder *b, struct table *table, int slot, uint32_t target) {
    if (target != 0) {
        place_offset(b, target);
        table->slots[slot] = (uint32_t)b->used;
    }
}

static uint32_t end_table(struct builder *b, const struct table *table) {
    prepare(b, 4, 0);
    place(b, 0, 4);
    uint32_t at = (uint32_t)b->used;
    for (int slot = table->count; slot > 0; slot--) {
        uint32_t field = table->slots[slot - 1];
        place(b, field == 0 ? 0 : at - field, 2);
    }
    place(b, at - table->start, 2);
    place(b, (uint64_t)(table->count + 2) * 2, 2);
    uint32_t back = (uint32_t)b->used - at;
    memcpy(b->memory + b->capacity - at, &back, 4);
    return at;
}

// ---- types -------------------------------------------------------------------------------------

enum type_union {
    TYPE_NULL = 1, TYPE_INT, TYPE_FLOATING_POINT, TYPE_BINARY, TYPE_UTF8, TYPE_BOOL, TYPE_DECIMAL, TYPE_DATE, TYPE_TIME,
    TYPE_TIMESTAMP, TYPE_INTERVAL, TYPE_LIST, TYPE_STRUCT, TYPE_FIXED_SIZE_BINARY = 15, TYPE_FIXED_SIZE_LIST, TYPE_MAP,
    TYPE_DURATION, TYPE_LARGE_BINARY, TYPE_LARGE_UTF8, TYPE_LARGE_LIST,
};

static uint32_t empty_table(struct builder *b) {
    struct table table = start_table(b, 0);
    return end_table(b, &table);
}

static uint32_t number_table(struct builder *b, uint64_t value, size_t size) {
    struct table table = start_table(b, 1);
    put(b, &table, 0, value, size);
    return end_table(b, &table);
}

static uint32_t integer_table(struct builder *b, enum ArrowType storage) {
    static const struct {
        enum ArrowType type;
        int bits;
        int is_signed;
    } INTEGERS[] = {{NANOARROW_TYPE_INT8, 8, 1},    {NANOARROW_TYPE_UINT8, 8, 0},   {NANOARROW_TYPE_INT16, 16, 1},
                    {NANOARROW_TYPE_UINT16, 16, 0}, {NANOARROW_TYPE_INT32, 32, 1},  {NANOARROW_TYPE_UINT32, 32, 0},
                    {NANOARROW_TYPE_INT64, 64, 1},  {NANOARROW_TYPE_UINT64, 64, 0}};
    struct table table = start_table(b, 2);
    for (size_t i = 0; i < sizeof INTEGERS / sizeof *INTEGERS; i++) {
        if (INTEGERS[i].type == storage) {
            put(b, &table, 0, (uint64_t)INTEGERS[i].bits, 4);
            put(b, &table, 1, (uint64_t)INTEGERS[i].is_signed, 1);
        }
    }
    return end_table(b, &table);
}

static uint32_t time_table(struct builder *b, const struct type *type) {
    struct table table = start_table(b, 2);
    put(b, &table, 1, type->storage == NANOARROW_TYPE_TIME32 ? 32 : 64, 4);
    put(b, &table, 0, (uint64_t)type->digits / 3, 2);
    return end_table(b, &table);
}

static uint32_t timestamp_table(struct builder *b, const struct type *type) {
    uint32_t zone = *type->timezone == '\0' ? 0 : text(b, type->timezone, strlen(type->timezone));
    struct table table = start_table(b, 2);
    put_offset(b, &table, 1, zone);
    put(b, &table, 0, (uint64_t)type->digits / 3, 2);
    return end_table(b, &table);
}

static uint32_t decimal_table(struct builder *b, const struct type *type) {
    struct table table = start_table(b, 3);
    put(b, &table, 0, (uint64_t)type->precision, 4);
    put(b, &table, 1, (uint64_t)type->scale, 4);
    put(b, &table, 2, (uint64_t)type->bits, 4);
    return end_table(b, &table);
}

static uint32_t type_table(struct builder *b, const struct ArrowSchema *field, enum type_union *which) {
    struct type type = type_of(field);
    switch (type.storage) {
    case NANOARROW_TYPE_NA:
        *which = TYPE_NULL;
        return empty_table(b);
    case NANOARROW_TYPE_BOOL:
        *which = TYPE_BOOL;
        return empty_table(b);
    case NANOARROW_TYPE_FLOAT:
        *which = TYPE_FLOATING_POINT;
        return number_table(b, 1, 2);
    case NANOARROW_TYPE_DOUBLE:
        *which = TYPE_FLOATING_POINT;
        return number_table(b, 2, 2);
    case NANOARROW_TYPE_DECIMAL128:
    case NANOARROW_TYPE_DECIMAL256:
        *which = TYPE_DECIMAL;
        return decimal_table(b, &type);
    case NANOARROW_TYPE_STRING:
        *which = TYPE_UTF8;
        return empty_table(b);
    case NANOARROW_TYPE_LARGE_STRING:
        *which = TYPE_LARGE_UTF8;
        return empty_table(b);
    case NANOARROW_TYPE_BINARY:
        *which = TYPE_BINARY;
        return empty_table(b);
    case NANOARROW_TYPE_LARGE_BINARY:
        *which = TYPE_LARGE_BINARY;
        return empty_table(b);
    case NANOARROW_TYPE_FIXED_SIZE_BINARY:
        *which = TYPE_FIXED_SIZE_BINARY;
        return number_table(b, (uint64_t)type.fixed_size, 4);
    case NANOARROW_TYPE_DATE32:
        *which = TYPE_DATE;
        return number_table(b, 0, 2);
    case NANOARROW_TYPE_TIME32:
    case NANOARROW_TYPE_TIME64:
        *which = TYPE_TIME;
        return time_table(b, &type);
    case NANOARROW_TYPE_TIMESTAMP:
        *which = TYPE_TIMESTAMP;
        return timestamp_table(b, &type);
    case NANOARROW_TYPE_DURATION:
        *which = TYPE_DURATION;
        return number_table(b, (uint64_t)type.digits / 3, 2);
    case NANOARROW_TYPE_INTERVAL_MONTHS:
        *which = TYPE_INTERVAL;
        return number_table(b, 0, 2);
    case NANOARROW_TYPE_INTERVAL_DAY_TIME:
        *which = TYPE_INTERVAL;
        return number_table(b, 1, 2);
    case NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO:
        *which = TYPE_INTERVAL;
        return number_table(b, 2, 2);
    case NANOARROW_TYPE_LIST:
        *which = TYPE_LIST;
        return empty_table(b);
    case NANOARROW_TYPE_LARGE_LIST:
        *which = TYPE_LARGE_LIST;
        return empty_table(b);
    case NANOARROW_TYPE_FIXED_SIZE_LIST:
        *which = TYPE_FIXED_SIZE_LIST;
        return number_table(b, (uint64_t)type.fixed_size, 4);
    case NANOARROW_TYPE_MAP:
        *which = TYPE_MAP;
        return number_table(b, (field->flags & ARROW_FLAG_MAP_KEYS_SORTED) != 0, 1);
    case NANOARROW_TYPE_STRUCT:
        *which = TYPE_STRUCT;
        return empty_table(b);
    default:
        *which = TYPE_INT;
        return integer_table(b, type.storage);
    }
}

// ---- schemas -----------------------------------------------------------------------------------

static uint32_t metadata_vector(struct builder *b, const char *metadata) {
    struct ArrowMetadataReader reader;
    struct ArrowStringView key;
    struct ArrowStringView value;
    struct bytes pairs = {0};
    if (metadata == NULL || ArrowMetadataReaderInit(&reader, metadata) != NANOARROW_OK) {
        return 0;
    }
    while (ArrowMetadataReaderRead(&reader, &key, &value) == NANOARROW_OK) {
        uint32_t value_at = text(b, value.data, (size_t)value.size_bytes);
        uint32_t key_at = text(b, key.data, (size_t)key.size_bytes);
        struct table table = start_table(b, 2);
        put_offset(b, &table, 0, key_at);
        put_offset(b, &table, 1, value_at);
        uint32_t pair = end_table(b, &table);
        bytes_append(&pairs, &pair, sizeof pair);
    }
    uint32_t vector = pairs.size == 0 ? 0 : offsets(b, (const uint32_t *)(const void *)pairs.data, pairs.size / 4);
    bytes_free(&pairs);
    return vector;
}

static uint32_t encoding_table(struct builder *b, const struct ArrowSchema *field, int64_t id) {
    // The field's own format is that of its indices.
    struct type index = type_of(field);
    uint32_t integer = integer_table(b, index.storage);
    struct table table = start_table(b, 4);
    put(b, &table, 0, (uint64_t)id, 8);
    put_offset(b, &table, 1, integer);
    put(b, &table, 2, index.ordered, 1);
    return end_table(b, &table);
}

static uint32_t field_table(struct builder *b, const struct ArrowSchema *field, int64_t *next_id);

static uint32_t fields_vector(struct builder *b, const struct ArrowSchema *parent, int64_t *next_id) {
    uint32_t *targets = allocate((size_t)(parent->n_children + 1) * sizeof *targets);
    for (int64_t i = 0; i < parent->n_children; i++) {
        targets[i] = field_table(b, parent->children[i], next_id);
    }
    uint32_t vector = offsets(b, targets, (size_t)parent->n_children);
    free(targets);
    return vector;
}

static uint32_t field_table(struct builder *b, const struct ArrowSchema *field, int64_t *next_id) {
    const struct ArrowSchema *values = field->dictionary == NULL ? field : field->dictionary;
    uint32_t dictionary = field->dictionary == NULL ? 0 : encoding_table(b, field, (*next_id)++);
    uint32_t children = fields_vector(b, values, next_id);
    uint32_t metadata = metadata_vector(b, field->metadata);
    enum type_union which;
    uint32_t type = type_table(b, values, &which);
    uint32_t name = field->name == NULL ? text(b, "", 0) : text(b, field->name, strlen(field->name));
    struct table table = start_table(b, 7);
    put_offset(b, &table, 0, name);
    put_offset(b, &table, 3, type);
    put_offset(b, &table, 4, dictionary);
    put_offset(b, &table, 5, children);
    put_offset(b, &table, 6, metadata);
    put(b, &table, 1, (field->flags & ARROW_FLAG_NULLABLE) != 0, 1);
    put(b, &table, 2, (uint64_t)which, 1);
    return end_table(b, &table);
}

// ---- messages ----------------------------------------------------------------------------------

static void finish(struct builder *b, uint32_t header, int header_type, int64_t body_length, struct bytes *metadata) {
    struct table table = start_table(b, 4);
    put(b, &table, 3, (uint64_t)body_length, 8);
    put_offset(b, &table, 2, header);
    put(b, &table, 0, 4, 2); // MetadataVersion V5
    put(b, &table, 1, (uint64_t)header_type, 1);
    uint32_t message = end_table(b, &table);
    prepare(b, ALIGNMENT, 4);
    place_offset(b, message);
    size_t size = b->used;
    size_t whole = (PREFIX_BYTES + size + FRAME_ALIGNMENT - 1) / FRAME_ALIGNMENT * FRAME_ALIGNMENT;
    static const uint8_t CONTINUATION[] = {0xff, 0xff, 0xff, 0xff};
    uint32_t announced = (uint32_t)(whole - PREFIX_BYTES);
    bytes_append(metadata, CONTINUATION, sizeof CONTINUATION);
    bytes_append(metadata, &announced, sizeof announced);
    bytes_append(metadata, b->memory + b->capacity - b->used, size);
    bytes_zero(metadata, whole - PREFIX_BYTES - size);
    free(b->memory);
}

void schema_message(const struct ArrowSchema *schema, struct bytes *metadata) {
    struct builder b = {0};
    int64_t next_id = 0;
    uint32_t own = metadata_vector(&b, schema->metadata);
    uint32_t fields = fields_vector(&b, schema, &next_id);
    struct table table = start_table(&b, 3);
    put_offset(&b, &table, 1, fields);
    put_offset(&b, &table, 2, own);
    finish(&b, end_table(&b, &table), 1, 0, metadata);
}

static uint32_t batch_table(struct builder *b, const struct encoding *batch, int64_t rows) {
    uint32_t buffers = structs(b, &batch->buffers, sizeof(struct buffer_place));
    uint32_t nodes = structs(b, &batch->nodes, sizeof(struct field_node));
    struct table table = start_table(b, 3);
    put(b, &table, 0, (uint64_t)rows, 8);
    put_offset(b, &table, 1, nodes);
    put_offset(b, &table, 2, buffers);
    return end_table(b, &table);
}

void batch_message(const struct encoding *batch, int64_t rows, struct bytes *metadata) {
    struct builder b = {0};
    finish(&b, batch_table(&b, batch, rows), 3, (int64_t)batch->body.size, metadata);
}

void dictionary_message(const struct encoding *batch, int64_t rows, int64_t id, struct bytes *metadata) {
    struct builder b = {0};
    uint32_t data = batch_table(&b, batch, rows);
    struct table table = start_table(&b, 3);
    put(&b, &table, 0, (uint64_t)id, 8);
    put_offset(&b, &table, 1, data);
    finish(&b, end_table(&b, &table), 2, (int64_t)batch->body.size, metadata);
}
