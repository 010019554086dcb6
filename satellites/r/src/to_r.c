// SPDX-License-Identifier: Apache-2.0
//
// Arrow columns as R vectors. Each value arrives exactly: where R's own vectors would lose something that a column holds, the
// whole column becomes a carrier instead (satellites/r/README.md).

#include "to_r.h"
#include "calendar.h"
#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_nulls(const struct ArrowArrayView *view) {
    return view->null_count != 0 && view->buffer_views[0].data.as_uint8 != NULL;
}

SEXP make_class(const char *const *names) {
    R_xlen_t count = 0;
    while (names[count] != NULL) {
        count++;
    }
    SEXP class = PROTECT(Rf_allocVector(STRSXP, count));
    for (R_xlen_t i = 0; i < count; i++) {
        SET_STRING_ELT(class, i, Rf_mkChar(names[i]));
    }
    UNPROTECT(1);
    return class;
}

SEXP with_class(SEXP vector, const char *const *names) {
    PROTECT(vector);
    SEXP class = PROTECT(make_class(names));
    Rf_setAttrib(vector, R_ClassSymbol, class);
    UNPROTECT(2);
    return vector;
}

static SEXP carrier(SEXP text, const char *name) {
    const char *names[] = {name, "launchpad_carrier", NULL};
    return with_class(text, names);
}

// ---- numbers -----------------------------------------------------------------------------------

static SEXP logicals(const struct piece *pieces, int count, bool all_null) {
    SEXP vector = PROTECT(Rf_allocVector(LGLSXP, total_rows(pieces, count)));
    int *values = LOGICAL(vector);
    EACH_ROW(pieces, count, at, {
        values[at] = all_null || row_is_null(view, row) ? NA_LOGICAL : (int)ArrowArrayViewGetIntUnsafe(view, row);
    })
    UNPROTECT(1);
    return vector;
}

// False when the column holds -2^31, which R takes for NA.
static bool fill_integers(const struct piece *pieces, int count, int *values) {
    for (int p = 0; p < count; p++) {
        const struct ArrowArrayView *view = pieces[p].view;
        int64_t from = pieces[p].from;
        int64_t rows = pieces[p].count;
        if (view->storage_type == NANOARROW_TYPE_INT32) {
            const int32_t *source = view->buffer_views[1].data.as_int32 + view->offset + from;
            if (rows > 0) {
                memcpy(values, source, (size_t)rows * sizeof *values);
            }
            for (int64_t i = 0; i < rows; i++) {
                if (values[i] == NA_INTEGER && !row_is_null(view, from + i)) {
                    return false;
                }
            }
        } else {
            for (int64_t i = 0; i < rows; i++) {
                values[i] = (int)ArrowArrayViewGetIntUnsafe(view, from + i);
            }
        }
        for (int64_t i = 0; has_nulls(view) && i < rows; i++) {
            if (row_is_null(view, from + i)) {
                values[i] = NA_INTEGER;
            }
        }
        values += rows;
    }
    return true;
}

static SEXP long_integers(const struct piece *pieces, int count);

static SEXP integers(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(INTSXP, total_rows(pieces, count)));
    bool fits = fill_integers(pieces, count, INTEGER(vector));
    UNPROTECT(1);
    return fits ? vector : long_integers(pieces, count);
}

static SEXP decimal_carrier(SEXP text, int precision, int scale) {
    PROTECT(text);
    Rf_setAttrib(text, Rf_install("precision"), Rf_ScalarInteger(precision));
    Rf_setAttrib(text, Rf_install("scale"), Rf_ScalarInteger(scale));
    UNPROTECT(1);
    return carrier(text, "launchpad_decimal");
}

// Whole numbers that no vector of R's holds: -2^63, which bit64 takes for NA, and unsigned ones from 2^63.
static SEXP integer_texts(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        char text[32];
        if (row_is_null(view, row)) {
            SET_STRING_ELT(vector, at, NA_STRING);
        } else {
            if (view->storage_type == NANOARROW_TYPE_UINT64) {
                snprintf(text, sizeof text, "%llu", (unsigned long long)ArrowArrayViewGetUIntUnsafe(view, row));
            } else {
                snprintf(text, sizeof text, "%lld", (long long)ArrowArrayViewGetIntUnsafe(view, row));
            }
            SET_STRING_ELT(vector, at, Rf_mkChar(text));
        }
    })
    UNPROTECT(1);
    return decimal_carrier(vector, 20, 0);
}

static SEXP long_integers(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(REALSXP, total_rows(pieces, count)));
    int64_t *values = (int64_t *)REAL(vector);
    bool fits = true;
    for (int p = 0; p < count; p++) {
        const struct ArrowArrayView *view = pieces[p].view;
        int64_t from = pieces[p].from;
        bool nulls = has_nulls(view);
        for (int64_t i = 0; i < pieces[p].count; i++) {
            bool null = nulls && row_is_null(view, from + i);
            int64_t value = null ? INT64_MIN : ArrowArrayViewGetIntUnsafe(view, from + i);
            // Seen as signed, an unsigned number from 2^63 on is negative.
            bool lost = view->storage_type == NANOARROW_TYPE_UINT64 ? value < 0 : value == INT64_MIN;
            fits = fits && (null || !lost);
            values[i] = value;
        }
        values += pieces[p].count;
    }
    static const char *const CLASS[] = {"integer64", NULL};
    SEXP result = fits ? with_class(vector, CLASS) : integer_texts(pieces, count);
    UNPROTECT(1);
    return result;
}

static SEXP doubles(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(REALSXP, total_rows(pieces, count)));
    double *values = REAL(vector);
    for (int p = 0; p < count; p++) {
        const struct ArrowArrayView *view = pieces[p].view;
        int64_t from = pieces[p].from;
        int64_t rows = pieces[p].count;
        if (view->storage_type == NANOARROW_TYPE_DOUBLE) {
            if (rows > 0) {
                memcpy(values, view->buffer_views[1].data.as_double + view->offset + from, (size_t)rows * sizeof *values);
            }
            for (int64_t i = 0; i < rows; i++) {
                // A NaN whose bits are those of R's NA is a NaN all the same.
                if (isnan(values[i]) && R_IsNA(values[i])) {
                    values[i] = R_NaN;
                }
            }
        } else {
            const float *source = view->buffer_views[1].data.as_float + view->offset + from;
            for (int64_t i = 0; i < rows; i++) {
                values[i] = isnan(source[i]) ? R_NaN : (double)source[i];
            }
        }
        for (int64_t i = 0; has_nulls(view) && i < rows; i++) {
            if (row_is_null(view, from + i)) {
                values[i] = NA_REAL;
            }
        }
        values += rows;
    }
    UNPROTECT(1);
    return vector;
}

static SEXP decimal_text(const struct ArrowArrayView *view, int64_t row, const struct type *type,
                         struct ArrowBuffer *digits) {
    struct ArrowDecimal decimal;
    ArrowDecimalInit(&decimal, type->bits, type->precision, type->scale);
    ArrowArrayViewGetDecimalUnsafe(view, row, &decimal);
    digits->size_bytes = 0;
    if (ArrowDecimalAppendDigitsToBuffer(&decimal, digits) != NANOARROW_OK) {
        fail("INTERNAL", NULL, 0, "a decimal could not be written");
    }
    const char *text = (const char *)digits->data;
    int size = (int)digits->size_bytes;
    char out[128];
    int used = 0;
    if (*text == '-') {
        out[used++] = '-';
        text++;
        size--;
    }
    int whole = size - type->scale;
    if (whole <= 0) {
        out[used++] = '0';
    } else {
        memcpy(out + used, text, (size_t)whole);
        used += whole;
    }
    if (type->scale > 0) {
        out[used++] = '.';
        for (int zeros = whole; zeros < 0; zeros++) {
            out[used++] = '0';
        }
        int from = whole > 0 ? whole : 0;
        memcpy(out + used, text + from, (size_t)(size - from));
        used += size - from;
    }
    return Rf_mkCharLen(out, used);
}

static SEXP decimals(const struct type *type, const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    struct ArrowBuffer digits;
    ArrowBufferInit(&digits);
    EACH_ROW(pieces, count, at, {
        SET_STRING_ELT(vector, at, row_is_null(view, row) ? NA_STRING : decimal_text(view, row, type, &digits));
    })
    ArrowBufferReset(&digits);
    UNPROTECT(1);
    return decimal_carrier(vector, type->precision, type->scale);
}

// ---- text and bytes ----------------------------------------------------------------------------

static SEXP raw_of(const struct ArrowArrayView *view, int64_t row) {
    struct ArrowBufferView bytes = ArrowArrayViewGetBytesUnsafe(view, row);
    SEXP raw = Rf_allocVector(RAWSXP, bytes.size_bytes);
    if (bytes.size_bytes > 0) {
        memcpy(RAW(raw), bytes.data.data, (size_t)bytes.size_bytes);
    }
    return raw;
}

static SEXP raws(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(VECSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        SET_VECTOR_ELT(vector, at, row_is_null(view, row) ? R_NilValue : raw_of(view, row));
    })
    UNPROTECT(1);
    return vector;
}

static SEXP texts(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    R_xlen_t at = 0;
    bool fits = true;
    for (int p = 0; fits && p < count; p++) {
        const struct ArrowArrayView *view = pieces[p].view;
        bool nulls = has_nulls(view);
        for (int64_t row = pieces[p].from; fits && row < pieces[p].from + pieces[p].count; row++, at++) {
            if (nulls && row_is_null(view, row)) {
                SET_STRING_ELT(vector, at, NA_STRING);
                continue;
            }
            struct ArrowStringView text = ArrowArrayViewGetStringUnsafe(view, row);
            // A string of R's ends at a zero byte, which SQL's may hold.
            fits = text.size_bytes == 0 || memchr(text.data, 0, (size_t)text.size_bytes) == NULL;
            if (fits) {
                SET_STRING_ELT(vector, at, Rf_mkCharLenCE(text.data, (int)text.size_bytes, CE_UTF8));
            }
        }
    }
    SEXP result = vector;
    if (!fits) {
        static const char *const CLASS[] = {"launchpad_text", "launchpad_carrier", "list", NULL};
        result = with_class(raws(pieces, count), CLASS);
    }
    UNPROTECT(1);
    return result;
}

static SEXP uuids(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        if (row_is_null(view, row)) {
            SET_STRING_ELT(vector, at, NA_STRING);
        } else {
            const uint8_t *b = ArrowArrayViewGetBytesUnsafe(view, row).data.as_uint8;
            char text[40];
            snprintf(text, sizeof text, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
                     b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
            SET_STRING_ELT(vector, at, Rf_mkChar(text));
        }
    })
    UNPROTECT(1);
    return vector;
}

// ---- dates and times ---------------------------------------------------------------------------

static SEXP dates(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(REALSXP, total_rows(pieces, count)));
    double *values = REAL(vector);
    EACH_ROW(pieces, count, at,
             { values[at] = row_is_null(view, row) ? NA_REAL : (double)ArrowArrayViewGetIntUnsafe(view, row); })
    static const char *const CLASS[] = {"Date", NULL};
    UNPROTECT(1);
    return with_class(vector, CLASS);
}

// Seconds of counts of 10^-digits s. False where a count does not come back from its double at microseconds.
static bool fill_seconds(const struct piece *pieces, int count, int digits, int64_t origin, double *values) {
    int64_t unit = power_of_ten(digits);
    bool exact = true;
    EACH_ROW(pieces, count, at, {
        if (row_is_null(view, row)) {
            values[at] = NA_REAL;
        } else {
            __int128 ticks = (__int128)ArrowArrayViewGetIntUnsafe(view, row) - origin;
            __int128 whole = ticks / unit;
            double seconds = (double)whole + (double)(ticks % unit) / (double)unit;
            double back = floor(seconds);
            // Six digits are what a double keeps near the present, and what is read back from it.
            __int128 micros = (__int128)back * 1000000 + llround((seconds - back) * 1e6);
            __int128 expected = digits <= 6 ? ticks * power_of_ten(6 - digits) : ticks / power_of_ten(digits - 6);
            bool fine = digits > 6 && ticks % power_of_ten(digits - 6) != 0;
            exact = exact && !fine && fabs(seconds) < 9e12 && micros == expected;
            values[at] = seconds;
        }
    })
    return exact;
}

static SEXP time_texts(const struct piece *pieces, int count, int digits, int64_t origin, const char *name) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        if (row_is_null(view, row)) {
            SET_STRING_ELT(vector, at, NA_STRING);
        } else {
            char text[CALENDAR_TEXT];
            int64_t ticks = ArrowArrayViewGetIntUnsafe(view, row);
            if (strcmp(name, "launchpad_duration") == 0) {
                seconds_format(ticks, digits, text);
            } else {
                struct moment moment = moment_of(ticks, digits);
                moment.seconds -= origin / power_of_ten(digits);
                if (strcmp(name, "launchpad_time") == 0) {
                    clock_format(&moment, digits, text);
                } else {
                    moment_format(&moment, digits, false, text);
                }
            }
            SET_STRING_ELT(vector, at, Rf_mkChar(text));
        }
    })
    UNPROTECT(1);
    return carrier(vector, name);
}

static SEXP with_zone(SEXP seconds, const char *zone) {
    PROTECT(seconds);
    Rf_setAttrib(seconds, Rf_install("tzone"), PROTECT(Rf_mkString(*zone == '\0' ? "UTC" : zone)));
    static const char *const CLASS[] = {"POSIXct", "POSIXt", NULL};
    SEXP result = with_class(seconds, CLASS);
    UNPROTECT(2);
    return result;
}

static SEXP timestamps(const struct type *type, const struct piece *pieces, int count, int64_t origin) {
    SEXP vector = PROTECT(Rf_allocVector(REALSXP, total_rows(pieces, count)));
    SEXP result;
    if (fill_seconds(pieces, count, type->digits, origin, REAL(vector))) {
        result = with_zone(vector, type->timezone);
    } else {
        result = PROTECT(time_texts(pieces, count, type->digits, origin, "launchpad_datetime2"));
        if (*type->timezone != '\0') {
            Rf_setAttrib(result, Rf_install("tzone"), PROTECT(Rf_mkString(type->timezone)));
            UNPROTECT(1);
        }
        UNPROTECT(1);
    }
    UNPROTECT(1);
    return result;
}

static SEXP seconds_of(const struct type *type, const struct piece *pieces, int count) {
    bool time = type->kind != KIND_DURATION;
    SEXP vector = PROTECT(Rf_allocVector(REALSXP, total_rows(pieces, count)));
    if (!fill_seconds(pieces, count, type->digits, 0, REAL(vector))) {
        UNPROTECT(1);
        return time_texts(pieces, count, type->digits, 0, time ? "launchpad_time" : "launchpad_duration");
    }
    Rf_setAttrib(vector, Rf_install("units"), PROTECT(Rf_mkString("secs")));
    static const char *const TIME[] = {"hms", "difftime", NULL};
    static const char *const DURATION[] = {"difftime", NULL};
    SEXP result = with_class(vector, time ? TIME : DURATION);
    UNPROTECT(2);
    return result;
}

static SEXP intervals(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        if (row_is_null(view, row)) {
            SET_STRING_ELT(vector, at, NA_STRING);
        } else {
            struct ArrowInterval value;
            ArrowIntervalInit(&value, view->storage_type);
            ArrowArrayViewGetIntervalUnsafe(view, row, &value);
            struct interval interval = {value.months, value.days, value.ns + (int64_t)value.ms * 1000000};
            char text[CALENDAR_TEXT];
            interval_format(&interval, text);
            SET_STRING_ELT(vector, at, Rf_mkChar(text));
        }
    })
    UNPROTECT(1);
    return carrier(vector, "launchpad_interval");
}

static SEXP offsets(const struct piece *pieces, int count) {
    SEXP vector = PROTECT(Rf_allocVector(STRSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        if (row_is_null(view, row)) {
            SET_STRING_ELT(vector, at, NA_STRING);
        } else {
            int64_t inner = row + view->offset;
            struct moment moment = moment_of(ArrowArrayViewGetIntUnsafe(view->children[0], inner), 7);
            moment.seconds -= (int64_t)DAYS_TO_EPOCH * SECONDS_OF_DAY;
            moment.offset_minutes = (int32_t)ArrowArrayViewGetIntUnsafe(view->children[1], inner);
            char text[CALENDAR_TEXT];
            moment_format(&moment, 7, true, text);
            SET_STRING_ELT(vector, at, Rf_mkChar(text));
        }
    })
    UNPROTECT(1);
    return carrier(vector, "launchpad_datetimeoffset");
}

// ---- all ---------------------------------------------------------------------------------------

SEXP arrow_to_r(const struct ArrowSchema *schema, const struct piece *pieces, int count) {
    struct type type = type_of(schema);
    switch (type.kind) {
    case KIND_NULL:
        return logicals(pieces, count, true);
    case KIND_BOOL:
        return logicals(pieces, count, false);
    case KIND_INTEGER:
        return type.storage == NANOARROW_TYPE_INT64 || type.storage == NANOARROW_TYPE_UINT64 ||
                       type.storage == NANOARROW_TYPE_UINT32
                   ? long_integers(pieces, count)
                   : integers(pieces, count);
    case KIND_FLOAT:
    case KIND_DOUBLE:
        return doubles(pieces, count);
    case KIND_DECIMAL:
        return decimals(&type, pieces, count);
    case KIND_TEXT:
        return texts(pieces, count);
    case KIND_BINARY:
        return raws(pieces, count);
    case KIND_UUID:
        return uuids(pieces, count);
    case KIND_DATE:
        return dates(pieces, count);
    case KIND_TIMESTAMP:
        return timestamps(&type, pieces, count, 0);
    case KIND_DATETIME2:
        return timestamps(&type, pieces, count, TICKS_TO_EPOCH);
    case KIND_TIME:
    case KIND_TIME_TICKS:
    case KIND_DURATION:
        return seconds_of(&type, pieces, count);
    case KIND_INTERVAL:
        return intervals(pieces, count);
    case KIND_DATETIMEOFFSET:
        return offsets(pieces, count);
    case KIND_LIST:
    case KIND_MAP:
        return lists_to_r(schema, pieces, count);
    case KIND_STRUCT:
        return row_lists_to_r(schema, pieces, count);
    case KIND_DICTIONARY:
        return factors_to_r(&type, schema, pieces, count);
    case KIND_UNSUPPORTED:
        break;
    }
    fail("TYPE_UNSUPPORTED", schema->name, 0, "column '%s' has the Arrow type '%s', which R cannot take",
         schema->name == NULL ? "" : schema->name, schema->format);
}
