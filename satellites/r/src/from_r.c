// SPDX-License-Identifier: Apache-2.0
//
// R vectors as Arrow columns of a given type. A value either fits exactly or is an error; what SQL's CAST rounds is rounded here
// too: decimals and fractions of a second half away from zero, and double to real.

#include "from_r_parts.h"

#include "calls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- the body ----------------------------------------------------------------------------------

static void pad(struct bytes *body) {
    bytes_zero(body, (0 - body->size) & 7);
}

size_t start_buffer(struct encoding *out) {
    struct buffer_place place = {(int64_t)out->body.size, 0};
    bytes_append(&out->buffers, &place, sizeof place);
    return out->buffers.size / sizeof place - 1;
}

void end_buffer(struct encoding *out, size_t buffer) {
    struct buffer_place *place = (struct buffer_place *)(void *)out->buffers.data + buffer;
    place->length = (int64_t)out->body.size - place->offset;
    pad(&out->body);
}

void put_node(struct encoding *out, R_xlen_t count, R_xlen_t nulls) {
    struct field_node node = {count, nulls};
    bytes_append(&out->nodes, &node, sizeof node);
}

// The node of a column and its validity. Refuses nulls where there may be none.
static R_xlen_t put_validity(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                             const struct column_context *context) {
    R_xlen_t nulls = 0;
    size_t buffer = start_buffer(out);
    size_t start = out->body.size;
    size_t size = (size_t)(source->count + 7) / 8;
    bool nullable = (field->flags & ARROW_FLAG_NULLABLE) != 0 || context->parameter;
    uint8_t *bits = NULL;
    for (R_xlen_t row = 0; row < source->count; row++) {
        if (!source_is_na(source, row)) {
            continue;
        }
        if (!nullable) {
            int64_t number = row_number(context, row);
            fail("RESULT_NULL", context->name, number, "column '%s', row %lld: NULL in a column declared NOT NULL",
                 context->name, (long long)number);
        }
        if (bits == NULL) {
            bits = bytes_zero(&out->body, size);
            memset(bits, 0xff, size);
        }
        bits[row / 8] &= (uint8_t)~(1U << (row % 8));
        nulls++;
    }
    if (nulls > 0 && source->count % 8 != 0) {
        bits[size - 1] &= (uint8_t)((1U << (source->count % 8)) - 1);
    }
    (void)start;
    end_buffer(out, buffer);
    put_node(out, source->count, nulls);
    return nulls;
}

// A type that only was the first to come, in an earlier run of the script, is no request to round.
static void refuse_rounding(bool exact, const struct column_context *context, const struct ArrowSchema *field,
                            const struct source *source, R_xlen_t row) {
    if (context->exact && !exact) {
        does_not_fit(context, field, source, row, "more digits than the first run gave; declare the result");
    }
}

// ---- numbers -----------------------------------------------------------------------------------

static void booleans(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                     const struct column_context *context) {
    size_t buffer = start_buffer(out);
    uint8_t *bits = bytes_zero(&out->body, (size_t)(source->count + 7) / 8);
    EACH_VALUE(source, row) {
        __int128 value;
        if (!as_integer(source, row, &value) || value < 0 || value > 1) {
            does_not_fit(context, field, source, row, "");
        }
        bits[row / 8] |= (uint8_t)((unsigned)value << (row % 8));
    }
    end_buffer(out, buffer);
}

void integer_bounds(enum ArrowType storage, size_t *size, __int128 *least, __int128 *most) {
    switch (storage) {
    case NANOARROW_TYPE_INT8: *size = 1; *least = INT8_MIN; *most = INT8_MAX; return;
    case NANOARROW_TYPE_UINT8: *size = 1; *least = 0; *most = UINT8_MAX; return;
    case NANOARROW_TYPE_INT16: *size = 2; *least = INT16_MIN; *most = INT16_MAX; return;
    case NANOARROW_TYPE_UINT16: *size = 2; *least = 0; *most = UINT16_MAX; return;
    case NANOARROW_TYPE_INT32: *size = 4; *least = INT32_MIN; *most = INT32_MAX; return;
    case NANOARROW_TYPE_UINT32: *size = 4; *least = 0; *most = UINT32_MAX; return;
    case NANOARROW_TYPE_UINT64: *size = 8; *least = 0; *most = UINT64_MAX; return;
    default: *size = 8; *least = INT64_MIN; *most = INT64_MAX; return;
    }
}

static void integers(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                     const struct source *source, const struct column_context *context) {
    size_t size;
    __int128 least;
    __int128 most;
    integer_bounds(type->storage, &size, &least, &most);
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    bool same = (type->storage == NANOARROW_TYPE_INT32 && (source->kind == R_INTEGER || source->kind == R_LOGICAL)) ||
                (type->storage == NANOARROW_TYPE_INT64 && source->kind == R_INTEGER64);
    if (same && source->count > 0) {
        const uint8_t *from = size == 4 ? (const uint8_t *)INTEGER(source->vector) : (const uint8_t *)REAL(source->vector);
        memcpy(to, from + (size_t)source->from * size, (size_t)source->count * size);
        end_buffer(out, buffer);
        return;
    }
    EACH_VALUE(source, row) {
        __int128 value;
        if (!as_integer(source, row, &value) || value < least || value > most) {
            bool text = source->kind == R_TEXT || source->kind == R_FACTOR;
            does_not_fit(context, field, source, row, text ? "text is not converted; use as.integer() in the script" : "");
        }
        memcpy(to + (size_t)row * size, &value, size);
    }
    end_buffer(out, buffer);
}

static void floats(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                   const struct source *source, const struct column_context *context) {
    bool real = type->kind == KIND_FLOAT;
    size_t size = real ? sizeof(float) : sizeof(double);
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    if (!real && source->kind == R_DOUBLE && source->count > 0) {
        memcpy(to, REAL(source->vector) + source->from, (size_t)source->count * size);
        end_buffer(out, buffer);
        return;
    }
    EACH_VALUE(source, row) {
        double value;
        if (!as_double(source, row, &value)) {
            does_not_fit(context, field, source, row, "");
        }
        float narrow = (float)value;
        if (real && isinf(narrow) && !isinf(value)) {
            does_not_fit(context, field, source, row, "too large for real");
        }
        memcpy(to + (size_t)row * size, real ? (void *)&narrow : (void *)&value, size);
    }
    end_buffer(out, buffer);
}

static void decimals(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                     const struct source *source, const struct column_context *context) {
    size_t size = (size_t)type->bits / 8;
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    EACH_VALUE(source, row) {
        char digits[160];
        struct ArrowDecimal decimal;
        ArrowDecimalInit(&decimal, type->bits, type->precision, type->scale);
        bool exact = true;
        bool fits = as_digits(source, row, type->scale, digits, sizeof digits, &exact);
        refuse_rounding(exact, context, field, source, row);
        bool negative = fits && digits[0] == '-';
        fits = fits && strlen(digits) - negative <= (size_t)type->precision;
        if (!fits || ArrowDecimalSetDigits(&decimal, ArrowCharView(digits)) != NANOARROW_OK) {
            does_not_fit(context, field, source, row, "");
        }
        memcpy(to + (size_t)row * size, decimal.words, size);
    }
    end_buffer(out, buffer);
}

// ---- text and bytes ----------------------------------------------------------------------------

// A variable-size column: offsets, then what `value` gives for each row.
typedef const void *(*value_of)(const struct source *source, R_xlen_t row, size_t *size);

static const void *text_value(const struct source *source, R_xlen_t row, size_t *size) {
    R_xlen_t at = source->from + row;
    if (source->kind == R_NUL_TEXT) {
        SEXP raw = VECTOR_ELT(source->vector, at);
        *size = TYPEOF(raw) == RAWSXP ? (size_t)XLENGTH(raw) : 0;
        return TYPEOF(raw) == RAWSXP && is_utf8(RAW(raw), *size) ? RAW(raw) : NULL;
    }
    SEXP text;
    if (source->kind == R_FACTOR) {
        SEXP levels = Rf_getAttrib(source->vector, R_LevelsSymbol);
        int code = INTEGER(source->vector)[at];
        if (code < 1 || code > LENGTH(levels)) {
            return NULL;
        }
        text = STRING_ELT(levels, code - 1);
    } else if (source->kind == R_TEXT) {
        text = STRING_ELT(source->vector, at);
    } else {
        return NULL;
    }
    if (Rf_getCharCE(text) == CE_LATIN1) {
        const char *utf8 = Rf_translateCharUTF8(text);
        *size = strlen(utf8);
        return utf8;
    }
    *size = (size_t)LENGTH(text);
    return is_utf8(CHAR(text), *size) ? CHAR(text) : NULL;
}

static const void *raw_value(const struct source *source, R_xlen_t row, size_t *size) {
    if (source->kind != R_LIST) {
        return NULL;
    }
    SEXP raw = VECTOR_ELT(source->vector, source->from + row);
    if (TYPEOF(raw) != RAWSXP) {
        return NULL;
    }
    *size = (size_t)XLENGTH(raw);
    return RAW(raw);
}

bool is_large(enum ArrowType storage) {
    return storage == NANOARROW_TYPE_LARGE_STRING || storage == NANOARROW_TYPE_LARGE_BINARY ||
           storage == NANOARROW_TYPE_LARGE_LIST;
}

void put_offset(struct encoding *out, size_t at, R_xlen_t index, int64_t offset, bool large) {
    if (large) {
        memcpy(out->body.data + at + (size_t)index * 8, &offset, 8);
    } else {
        int32_t narrow = (int32_t)offset;
        memcpy(out->body.data + at + (size_t)index * 4, &narrow, 4);
    }
}

static void variable(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                     const struct source *source, const struct column_context *context, value_of value,
                     const char *reason) {
    bool large = is_large(type->storage);
    size_t buffer = start_buffer(out);
    size_t offsets = out->body.size;
    bytes_zero(&out->body, (size_t)(source->count + 1) * (large ? 8 : 4));
    end_buffer(out, buffer);
    buffer = start_buffer(out);
    size_t start = out->body.size;
    for (R_xlen_t row = 0; row < source->count; row++) {
        size_t size = 0;
        if (!source_is_na(source, row)) {
            const void *data = value(source, row, &size);
            if (data == NULL) {
                does_not_fit(context, field, source, row, reason);
            }
            if ((int64_t)size > context->value_bytes_max) {
                int64_t number = row_number(context, row);
                fail("VALUE_TOO_LARGE", context->name, number,
                     "column '%s', row %lld: a value of %zu bytes, at most %lld allowed (value_bytes_max)", context->name,
                     (long long)number, size, (long long)context->value_bytes_max);
            }
            bytes_append(&out->body, data, size);
            if (!large && out->body.size - start > INT32_MAX) {
                does_not_fit(context, field, source, row, "the values of a batch exceed 2 GiB");
            }
        }
        put_offset(out, offsets, row + 1, (int64_t)(out->body.size - start), large);
    }
    end_buffer(out, buffer);
}

static void fixed_binary(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                         const struct source *source, const struct column_context *context) {
    size_t width = (size_t)type->fixed_size;
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * width);
    EACH_VALUE(source, row) {
        size_t size = 0;
        const void *data = raw_value(source, row, &size);
        if (data == NULL || size != width) {
            does_not_fit(context, field, source, row, "");
        }
        memcpy(to + (size_t)row * width, data, width);
    }
    end_buffer(out, buffer);
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_uuid(const char *text, uint8_t *to) {
    if (strlen(text) != 36) {
        return false;
    }
    for (int i = 0, byte = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') {
                return false;
            }
            continue;
        }
        int high = hex_digit(text[i]);
        int low = hex_digit(text[++i]);
        if (high < 0 || low < 0) {
            return false;
        }
        to[byte++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static void uuids(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                  const struct column_context *context) {
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * 16);
    EACH_VALUE(source, row) {
        size_t size = 0;
        const void *data = source->kind == R_LIST ? raw_value(source, row, &size) : text_value(source, row, &size);
        bool fits = data != NULL;
        if (fits && source->kind == R_LIST) {
            fits = size == 16;
            if (fits) {
                memcpy(to + (size_t)row * 16, data, 16);
            }
        } else if (fits) {
            char text[40] = {0};
            fits = size == 36;
            if (fits) {
                memcpy(text, data, 36);
                fits = parse_uuid(text, to + (size_t)row * 16);
            }
        }
        if (!fits) {
            does_not_fit(context, field, source, row, "");
        }
    }
    end_buffer(out, buffer);
}

// ---- times -------------------------------------------------------------------------------------

static void dates(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                  const struct column_context *context) {
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * 4);
    EACH_VALUE(source, row) {
        int64_t days = 0;
        if (!as_days(source, row, &days) || days < INT32_MIN || days > INT32_MAX) {
            does_not_fit(context, field, source, row, source->kind == R_POSIXCT ? "not a whole day" : "");
        }
        int32_t narrow = (int32_t)days;
        memcpy(to + (size_t)row * 4, &narrow, 4);
    }
    end_buffer(out, buffer);
}

// Any type that counts units of 10^-digits seconds.
static void counts(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                   const struct source *source, const struct column_context *context) {
    size_t size = type->storage == NANOARROW_TYPE_TIME32 ? 4 : 8;
    bool clock = type->kind == KIND_TIME || type->kind == KIND_TIME_TICKS;
    bool zoned = *type->timezone != '\0';
    int64_t origin = type->kind == KIND_DATETIME2 ? TICKS_TO_EPOCH : 0;
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    EACH_VALUE(source, row) {
        struct moment moment;
        int64_t count = 0;
        bool exact;
        bool fits = clock                            ? as_clock(source, row, &moment)
                    : type->kind == KIND_DURATION    ? as_duration(source, row, &moment)
                                                     : as_moment(source, row, &moment);
        // A clock reading has no zone and an instant has one; only POSIXct can be either.
        fits = fits && !(zoned && source->kind == R_DATE) && !(!zoned && source->kind == R_DATETIMEOFFSET);
        fits = fits && moment_count(&moment, type->digits, &count, &exact) &&
               !__builtin_add_overflow(count, origin, &count);
        if (clock && count == SECONDS_OF_DAY * power_of_ten(type->digits)) {
            fits = false; // rounded up to midnight, which is no time of the same day
        }
        if (!fits || (type->kind == KIND_DATETIME2 && count < 0)) {
            does_not_fit(context, field, source, row, source->kind == R_TEXT ? "text is not converted" : "");
        }
        refuse_rounding(exact, context, field, source, row);
        memcpy(to + (size_t)row * size, &count, size);
    }
    end_buffer(out, buffer);
}

static void intervals(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                      const struct source *source, const struct column_context *context) {
    size_t size = type->storage == NANOARROW_TYPE_INTERVAL_MONTHS        ? 4
                  : type->storage == NANOARROW_TYPE_INTERVAL_DAY_TIME ? 8
                                                                      : 16;
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    EACH_VALUE(source, row) {
        struct interval value = {0};
        bool fits = source->kind == R_INTERVAL && interval_parse(CHAR(STRING_ELT(source->vector, source->from + row)), &value);
        uint8_t *at = to + (size_t)row * size;
        if (fits && size == 4) {
            fits = value.days == 0 && value.nanoseconds == 0;
            memcpy(at, &value.months, 4);
        } else if (fits && size == 8) {
            int64_t ms = value.nanoseconds / 1000000;
            fits = value.months == 0 && value.nanoseconds % 1000000 == 0 && ms >= INT32_MIN && ms <= INT32_MAX;
            int32_t narrow = (int32_t)ms;
            memcpy(at, &value.days, 4);
            memcpy(at + 4, &narrow, 4);
        } else if (fits) {
            memcpy(at, &value.months, 4);
            memcpy(at + 4, &value.days, 4);
            memcpy(at + 8, &value.nanoseconds, 8);
        }
        if (!fits) {
            does_not_fit(context, field, source, row, "");
        }
    }
    end_buffer(out, buffer);
}

static void offset_times(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                         const struct column_context *context) {
    int64_t *ticks = (int64_t *)R_alloc((size_t)source->count + 1, sizeof *ticks);
    int16_t *minutes = (int16_t *)R_alloc((size_t)source->count + 1, sizeof *minutes);
    memset(ticks, 0, (size_t)source->count * sizeof *ticks);
    memset(minutes, 0, (size_t)source->count * sizeof *minutes);
    EACH_VALUE(source, row) {
        struct moment moment;
        bool exact;
        bool fits = (source->kind == R_DATETIMEOFFSET || source->kind == R_POSIXCT) && as_moment(source, row, &moment) &&
                    moment_count(&moment, 7, &ticks[row], &exact);
        if (!fits) {
            does_not_fit(context, field, source, row, "");
        }
        refuse_rounding(exact, context, field, source, row);
        ticks[row] += TICKS_TO_EPOCH;
        minutes[row] = (int16_t)moment.offset_minutes;
    }
    // The two children, neither of which has nulls of its own.
    put_node(out, source->count, 0);
    end_buffer(out, start_buffer(out));
    size_t buffer = start_buffer(out);
    bytes_append(&out->body, ticks, (size_t)source->count * sizeof *ticks);
    end_buffer(out, buffer);
    put_node(out, source->count, 0);
    end_buffer(out, start_buffer(out));
    buffer = start_buffer(out);
    bytes_append(&out->body, minutes, (size_t)source->count * sizeof *minutes);
    end_buffer(out, buffer);
}

// ---- all ---------------------------------------------------------------------------------------

static bool only_na(const struct source *source) {
    for (R_xlen_t row = 0; row < source->count; row++) {
        if (!source_is_na(source, row)) {
            return false;
        }
    }
    return true;
}

static void values_of(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                      const struct source *source, const struct column_context *context) {
    switch (type->kind) {
    case KIND_BOOL:
        booleans(out, field, source, context);
        return;
    case KIND_INTEGER:
        integers(out, field, type, source, context);
        return;
    case KIND_FLOAT:
    case KIND_DOUBLE:
        floats(out, field, type, source, context);
        return;
    case KIND_DECIMAL:
        decimals(out, field, type, source, context);
        return;
    case KIND_TEXT:
        variable(out, field, type, source, context, text_value, "only text becomes text; use as.character() in the script");
        return;
    case KIND_BINARY:
        if (type->storage == NANOARROW_TYPE_FIXED_SIZE_BINARY) {
            fixed_binary(out, field, type, source, context);
        } else {
            variable(out, field, type, source, context, raw_value, "a binary value is a raw vector in a list column");
        }
        return;
    case KIND_UUID:
        uuids(out, field, source, context);
        return;
    case KIND_DATE:
        dates(out, field, source, context);
        return;
    case KIND_TIME:
    case KIND_TIMESTAMP:
    case KIND_DURATION:
    case KIND_DATETIME2:
    case KIND_TIME_TICKS:
        counts(out, field, type, source, context);
        return;
    case KIND_INTERVAL:
        intervals(out, field, type, source, context);
        return;
    case KIND_DATETIMEOFFSET:
        offset_times(out, field, source, context);
        return;
    case KIND_LIST:
    case KIND_MAP:
        lists_to_arrow(out, field, type, source, context);
        return;
    case KIND_STRUCT:
        structs_to_arrow(out, field, source, context);
        return;
    case KIND_DICTIONARY:
        indices_to_arrow(out, field, type, source, context);
        return;
    case KIND_NULL:
    case KIND_UNSUPPORTED:
        fail("TYPE_UNSUPPORTED", context->name, 0, "column '%s' is declared with a type that R cannot give", context->name);
    }
}

void r_to_arrow(struct encoding *out, const struct ArrowSchema *field, SEXP vector, R_xlen_t from, R_xlen_t count,
                const struct column_context *context) {
    struct type type = type_of(field);
    struct source source = source_of(vector, from, count);
    enum kind kind = type.kind == KIND_DICTIONARY ? type_of(field->dictionary).kind : type.kind;
    if (source.kind == R_OTHER && !(type.kind == KIND_STRUCT && Rf_inherits(vector, "data.frame"))) {
        fail("TYPE_UNSUPPORTED", context->name, 0, "column '%s' is of a type that cannot be sent: %s; convert it in the script",
             context->name, class_name(vector));
    }
    if (type.kind == KIND_NULL) {
        if (!only_na(&source)) {
            does_not_fit(context, field, &source, 0, "");
        }
        put_node(out, count, count);
        return;
    }
    // NA alone is logical in R, whatever the column it stands in.
    SEXP blank = R_NilValue;
    bool nested = kind == KIND_LIST || kind == KIND_MAP || kind == KIND_STRUCT;
    if (source.kind == R_LOGICAL && nested && only_na(&source)) {
        blank = Rf_allocVector(VECSXP, count);
        source = source_of(blank, 0, count);
    }
    PROTECT(blank);
    source.only_null = kind == KIND_LIST || kind == KIND_MAP;
    if (type.kind == KIND_STRUCT && source.kind == R_OTHER) {
        end_buffer(out, start_buffer(out));
        put_node(out, count, 0);
    } else {
        put_validity(out, field, &source, context);
    }
    values_of(out, field, &type, &source, context);
    UNPROTECT(1);
}
