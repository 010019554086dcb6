// SPDX-License-Identifier: Apache-2.0

#include "arrow.h"
#include "calls.h"

#include <stdio.h>
#include <string.h>

static int digits_of(enum ArrowTimeUnit unit) {
    switch (unit) {
    case NANOARROW_TIME_UNIT_SECOND:
        return 0;
    case NANOARROW_TIME_UNIT_MILLI:
        return 3;
    case NANOARROW_TIME_UNIT_MICRO:
        return 6;
    case NANOARROW_TIME_UNIT_NANO:
        return 9;
    }
    return 0;
}

static enum kind kind_of(enum ArrowType storage) {
    switch (storage) {
    case NANOARROW_TYPE_NA:
        return KIND_NULL;
    case NANOARROW_TYPE_BOOL:
        return KIND_BOOL;
    case NANOARROW_TYPE_INT8:
    case NANOARROW_TYPE_UINT8:
    case NANOARROW_TYPE_INT16:
    case NANOARROW_TYPE_UINT16:
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_UINT32:
    case NANOARROW_TYPE_INT64:
    case NANOARROW_TYPE_UINT64:
        return KIND_INTEGER;
    case NANOARROW_TYPE_FLOAT:
        return KIND_FLOAT;
    case NANOARROW_TYPE_DOUBLE:
        return KIND_DOUBLE;
    case NANOARROW_TYPE_DECIMAL128:
    case NANOARROW_TYPE_DECIMAL256:
        return KIND_DECIMAL;
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
        return KIND_TEXT;
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY:
    case NANOARROW_TYPE_FIXED_SIZE_BINARY:
        return KIND_BINARY;
    case NANOARROW_TYPE_DATE32:
        return KIND_DATE;
    case NANOARROW_TYPE_TIME32:
    case NANOARROW_TYPE_TIME64:
        return KIND_TIME;
    case NANOARROW_TYPE_TIMESTAMP:
        return KIND_TIMESTAMP;
    case NANOARROW_TYPE_DURATION:
        return KIND_DURATION;
    case NANOARROW_TYPE_INTERVAL_MONTHS:
    case NANOARROW_TYPE_INTERVAL_DAY_TIME:
    case NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO:
        return KIND_INTERVAL;
    case NANOARROW_TYPE_LIST:
    case NANOARROW_TYPE_LARGE_LIST:
    case NANOARROW_TYPE_FIXED_SIZE_LIST:
        return KIND_LIST;
    case NANOARROW_TYPE_MAP:
        return KIND_MAP;
    case NANOARROW_TYPE_STRUCT:
        return KIND_STRUCT;
    default:
        return KIND_UNSUPPORTED;
    }
}

static bool is(struct ArrowStringView name, const char *text) {
    return (size_t)name.size_bytes == strlen(text) && memcmp(name.data, text, strlen(text)) == 0;
}

struct type type_of(const struct ArrowSchema *schema) {
    // nanoarrow sets what goes with the type, and leaves the rest as it was.
    struct ArrowSchemaView view = {0};
    struct ArrowError error = {0};
    if (ArrowSchemaViewInit(&view, schema, &error) != NANOARROW_OK) {
        fail("TYPE_UNSUPPORTED", schema->name, 0, "column '%s': %s", schema->name == NULL ? "" : schema->name,
             error.message);
    }
    // nanoarrow's storage type is the integer that a date or time is stored as; of a dictionary it is that of the indices.
    bool inner = view.type == NANOARROW_TYPE_EXTENSION || view.type == NANOARROW_TYPE_DICTIONARY;
    enum ArrowType storage = inner ? view.storage_type : view.type;
    struct type type = {.kind = kind_of(storage),
                        .storage = storage,
                        .precision = view.decimal_precision,
                        .scale = view.decimal_scale,
                        .bits = view.decimal_bitwidth,
                        .fixed_size = view.fixed_size,
                        .timezone = view.timezone == NULL ? "" : view.timezone,
                        .nullable = (schema->flags & ARROW_FLAG_NULLABLE) != 0,
                        .ordered = (schema->flags & ARROW_FLAG_DICTIONARY_ORDERED) != 0};
    if (type.kind == KIND_TIME || type.kind == KIND_TIMESTAMP || type.kind == KIND_DURATION) {
        type.digits = digits_of(view.time_unit);
    }
    struct ArrowStringView name = view.extension_name;
    if (schema->dictionary != NULL) {
        type.kind = KIND_DICTIONARY;
    } else if (is(name, "arrow.uuid") && storage == NANOARROW_TYPE_FIXED_SIZE_BINARY && view.fixed_size == 16) {
        type.kind = KIND_UUID;
    } else if (is(name, "launchpad.datetime2") && storage == NANOARROW_TYPE_INT64) {
        type.kind = KIND_DATETIME2;
        type.digits = 7;
    } else if (is(name, "launchpad.time") && storage == NANOARROW_TYPE_INT64) {
        type.kind = KIND_TIME_TICKS;
        type.digits = 7;
    } else if (is(name, "launchpad.datetimeoffset") && storage == NANOARROW_TYPE_STRUCT && schema->n_children == 2) {
        type.kind = KIND_DATETIMEOFFSET;
        type.digits = 7;
    }
    return type;
}

const char *kind_name(const struct ArrowSchema *schema) {
    if (schema->dictionary != NULL) {
        return kind_name(schema->dictionary);
    }
    struct type type = type_of(schema);
    struct ArrowStringView extension = {NULL, 0};
    (void)ArrowMetadataGetValue(schema->metadata, ArrowCharView("ARROW:extension:name"), &extension);
    switch (type.kind) {
    case KIND_NULL:
        return "null";
    case KIND_BOOL:
        return "bool";
    case KIND_INTEGER:
        return type.storage == NANOARROW_TYPE_UINT32 || type.storage == NANOARROW_TYPE_INT64 ||
                       type.storage == NANOARROW_TYPE_UINT64
                   ? "bigint"
                   : "integer";
    case KIND_FLOAT:
    case KIND_DOUBLE:
        return "double";
    case KIND_DECIMAL:
        return "decimal";
    case KIND_TEXT:
        return is(extension, "launchpad.xml") ? "xml" : "text";
    case KIND_BINARY:
        return "binary";
    case KIND_UUID:
        return "uuid";
    case KIND_DATE:
        return "date";
    case KIND_TIMESTAMP:
        return *type.timezone == '\0' ? "timestamp" : "other";
    case KIND_LIST:
    case KIND_MAP:
        return "list";
    default:
        return "other";
    }
}

const char *type_name(const struct ArrowSchema *schema, char *buffer, size_t size) {
    static const char *const KEYS[] = {"launchpad:sql_type", "ARROW:extension:name"};
    for (int i = 0; i < 2; i++) {
        struct ArrowStringView value = {NULL, 0};
        if (ArrowMetadataGetValue(schema->metadata, ArrowCharView(KEYS[i]), &value) == NANOARROW_OK &&
            value.size_bytes > 0) {
            snprintf(buffer, size, "%.*s", (int)value.size_bytes, value.data);
            return buffer;
        }
    }
    struct type type = type_of(schema);
    static const char *const UNITS[] = {"s", "", "", "ms", "", "", "us", "", "", "ns"};
    if (type.kind == KIND_DECIMAL) {
        snprintf(buffer, size, "decimal(%d,%d)", (int)type.precision, (int)type.scale);
    } else if (type.kind == KIND_TIMESTAMP || type.kind == KIND_TIME || type.kind == KIND_DURATION) {
        snprintf(buffer, size, "%s[%s%s%s]", ArrowTypeString(type.storage), UNITS[type.digits],
                 *type.timezone == '\0' ? "" : ", ", type.timezone);
    } else if (type.kind == KIND_DICTIONARY) {
        snprintf(buffer, size, "dictionary of %s", ArrowTypeString(type_of(schema->dictionary).storage));
    } else {
        snprintf(buffer, size, "%s", ArrowTypeString(type.storage));
    }
    return buffer;
}
