// SPDX-License-Identifier: Apache-2.0
//
// The Arrow type that holds every value of an R vector as it is.

#include "from_r.h"

#include "calls.h"

#include <string.h>

static void check(ArrowErrorCode result) {
    if (result != NANOARROW_OK) {
        fail("INTERNAL", NULL, 0, "a schema could not be made");
    }
}

static void put_extension(struct ArrowSchema *field, const char *name) {
    struct ArrowBuffer metadata;
    check(ArrowMetadataBuilderInit(&metadata, NULL));
    check(ArrowMetadataBuilderAppend(&metadata, ArrowCharView("ARROW:extension:name"), ArrowCharView(name)));
    check(ArrowSchemaSetMetadata(field, (const char *)metadata.data));
    ArrowBufferReset(&metadata);
}

static int attribute(SEXP vector, const char *name, int otherwise) {
    SEXP value = Rf_getAttrib(vector, Rf_install(name));
    return value == R_NilValue ? otherwise : Rf_asInteger(value);
}

static void decimal(struct ArrowSchema *field, SEXP vector) {
    int scale = attribute(vector, "scale", 0);
    int whole = 0;
    for (R_xlen_t i = 0; i < XLENGTH(vector); i++) {
        const char *text = CHAR(STRING_ELT(vector, i));
        if (STRING_ELT(vector, i) != NA_STRING) {
            text += *text == '-';
            const char *point = strchr(text, '.');
            int digits = *text == '0' ? 0 : (int)(point == NULL ? strlen(text) : (size_t)(point - text));
            int fraction = point == NULL ? 0 : (int)strlen(point + 1);
            whole = digits > whole ? digits : whole;
            scale = fraction > scale ? fraction : scale;
        }
    }
    int precision = attribute(vector, "precision", 38);
    precision = precision < whole + scale ? whole + scale : precision;
    precision = precision < 1 ? 1 : precision;
    bool wide = precision > 38;
    precision = precision > 76 ? 76 : precision;
    check(ArrowSchemaSetTypeDecimal(field, wide ? NANOARROW_TYPE_DECIMAL256 : NANOARROW_TYPE_DECIMAL128, precision,
                                    scale > precision ? precision : scale));
}

typedef bool (*moment_at)(const struct source *source, R_xlen_t row, struct moment *moment);

static bool holds(const struct source *source, moment_at at, int digits, int64_t origin) {
    for (R_xlen_t i = 0; i < source->count; i++) {
        struct moment moment;
        int64_t count;
        bool exact;
        if (!source_is_na(source, i) && at(source, i, &moment) &&
            (!moment_count(&moment, digits, &count, &exact) || !exact || __builtin_add_overflow(count, origin, &count) ||
             (origin != 0 && count < 0))) {
            return false;
        }
    }
    return true;
}

// The digits of the second in which every value can be counted: microseconds where they do, as most types have them.
static int digits_holding(const struct source *source, moment_at at) {
    static const int DIGITS[] = {6, 9, 3, 0};
    for (size_t i = 0; i < sizeof DIGITS / sizeof *DIGITS; i++) {
        if (holds(source, at, DIGITS[i], 0)) {
            return DIGITS[i];
        }
    }
    return 7;
}

static enum ArrowTimeUnit unit_of_digits(int digits) {
    return digits == 0   ? NANOARROW_TIME_UNIT_SECOND
           : digits == 3 ? NANOARROW_TIME_UNIT_MILLI
           : digits == 6 ? NANOARROW_TIME_UNIT_MICRO
                         : NANOARROW_TIME_UNIT_NANO;
}

static void datetime2(struct ArrowSchema *field, SEXP vector) {
    struct source source = source_of(vector, 0, XLENGTH(vector));
    int digits = digits_holding(&source, as_moment);
    if (digits == 7 && holds(&source, as_moment, 7, TICKS_TO_EPOCH)) {
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_INT64));
        put_extension(field, "launchpad.datetime2");
        return;
    }
    SEXP zone = Rf_getAttrib(vector, Rf_install("tzone"));
    check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_TIMESTAMP, unit_of_digits(digits),
                                     TYPEOF(zone) != STRSXP || LENGTH(zone) == 0 ? "" : CHAR(STRING_ELT(zone, 0))));
}

static void duration(struct ArrowSchema *field, SEXP vector) {
    struct source source = source_of(vector, 0, XLENGTH(vector));
    check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_DURATION, unit_of_digits(digits_holding(&source, as_duration)), NULL));
}

// POSIXct is an instant; without a zone of its own, or with UTC, it is what SQL's types without a zone hold.
static void timestamp(struct ArrowSchema *field, SEXP vector) {
    SEXP attribute_zone = Rf_getAttrib(vector, Rf_install("tzone"));
    const char *zone = TYPEOF(attribute_zone) == STRSXP && LENGTH(attribute_zone) > 0 ? CHAR(STRING_ELT(attribute_zone, 0)) : "";
    bool plain = strcmp(zone, "UTC") == 0 || strcmp(zone, "GMT") == 0;
    check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_MICRO, plain ? "" : zone));
}

static void offset_time(struct ArrowSchema *field) {
    check(ArrowSchemaSetTypeStruct(field, 2));
    check(ArrowSchemaSetName(field->children[0], "ticks"));
    check(ArrowSchemaSetType(field->children[0], NANOARROW_TYPE_INT64));
    check(ArrowSchemaSetName(field->children[1], "offset_minutes"));
    check(ArrowSchemaSetType(field->children[1], NANOARROW_TYPE_INT16));
    field->children[0]->flags = 0;
    field->children[1]->flags = 0;
    put_extension(field, "launchpad.datetimeoffset");
}

static void dictionary(struct ArrowSchema *field, SEXP vector) {
    check(ArrowSchemaSetType(field, NANOARROW_TYPE_INT32));
    check(ArrowSchemaAllocateDictionary(field));
    ArrowSchemaInit(field->dictionary);
    check(ArrowSchemaSetType(field->dictionary, NANOARROW_TYPE_STRING));
    if (Rf_inherits(vector, "ordered")) {
        field->flags |= ARROW_FLAG_DICTIONARY_ORDERED;
    }
}

static void structure(struct ArrowSchema *field, SEXP columns, const char *column) {
    SEXP names = Rf_getAttrib(columns, R_NamesSymbol);
    check(ArrowSchemaSetTypeStruct(field, XLENGTH(columns)));
    for (R_xlen_t i = 0; i < XLENGTH(columns); i++) {
        natural_type(field->children[i], VECTOR_ELT(columns, i), column);
        check(ArrowSchemaSetName(field->children[i], Rf_translateCharUTF8(STRING_ELT(names, i))));
    }
}

// Keys and values of maps, as one data frame.
static void map(struct ArrowSchema *field, SEXP values, const char *column) {
    check(ArrowSchemaSetType(field, NANOARROW_TYPE_MAP));
    struct ArrowSchema *entries = field->children[0];
    SEXP names = Rf_getAttrib(values, R_NamesSymbol);
    for (R_xlen_t i = 0; i < 2; i++) {
        check(ArrowSchemaSetName(entries->children[i], NULL));
        natural_type(entries->children[i], VECTOR_ELT(values, i), column);
        check(ArrowSchemaSetName(entries->children[i], Rf_translateCharUTF8(STRING_ELT(names, i))));
    }
    entries->children[0]->flags &= ~ARROW_FLAG_NULLABLE;
}

// The elements decide: raw vectors are binary, lists with names a struct, anything else a list of what it holds.
static void nested(struct ArrowSchema *field, SEXP vector, const char *column) {
    struct source source = source_of(vector, 0, XLENGTH(vector));
    bool any = false;
    bool sure = false;
    bool raws = true;
    bool maps = true;
    bool named = true;
    for (R_xlen_t i = 0; i < source.count; i++) {
        SEXP item = VECTOR_ELT(vector, i);
        // NA is a list of one NULL, but among raw vectors and structs NULL itself.
        any = any || item != R_NilValue;
        if (!source_is_na(&source, i)) {
            sure = true;
            raws = raws && TYPEOF(item) == RAWSXP;
            maps = maps && Rf_inherits(item, "launchpad_map") && XLENGTH(item) == 2;
            named = named && TYPEOF(item) == VECSXP && !OBJECT(item) && Rf_getAttrib(item, R_NamesSymbol) != R_NilValue;
        }
    }
    if (!any) {
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_NA));
    } else if (sure && raws) {
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_BINARY));
    } else {
        named = sure && named;
        SEXP call = PROTECT(Rf_lang3(Rf_install(named ? "transposed" : "all_elements"), vector, PROTECT(Rf_mkString(column))));
        SEXP values = PROTECT(Rf_eval(call, package_namespace));
        if (named) {
            structure(field, values, column);
        } else if (sure && maps) {
            map(field, values, column);
        } else {
            check(ArrowSchemaSetType(field, NANOARROW_TYPE_LIST));
            natural_type(field->children[0], values, column);
            check(ArrowSchemaSetName(field->children[0], "item"));
        }
        UNPROTECT(3);
    }
}

static enum ArrowType simple(enum r_kind kind) {
    switch (kind) {
    case R_LOGICAL:
        return NANOARROW_TYPE_BOOL;
    case R_INTEGER:
        return NANOARROW_TYPE_INT32;
    case R_INTEGER64:
        return NANOARROW_TYPE_INT64;
    case R_DOUBLE:
        return NANOARROW_TYPE_DOUBLE;
    case R_TEXT:
    case R_NUL_TEXT:
        return NANOARROW_TYPE_STRING;
    case R_RAW:
        return NANOARROW_TYPE_UINT8;
    case R_DATE:
        return NANOARROW_TYPE_DATE32;
    case R_INTERVAL:
        return NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO;
    default:
        return NANOARROW_TYPE_UNINITIALIZED;
    }
}

void natural_type(struct ArrowSchema *field, SEXP vector, const char *column) {
    if (field->format == NULL) {
        ArrowSchemaInit(field);
    }
    if (Rf_inherits(vector, "data.frame")) {
        structure(field, vector, column);
        return;
    }
    struct source source = source_of(vector, 0, Rf_xlength(vector));
    switch (source.kind) {
    case R_FACTOR:
        dictionary(field, vector);
        return;
    case R_POSIXCT:
        timestamp(field, vector);
        return;
    case R_DIFFTIME:
        check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_DURATION, NANOARROW_TIME_UNIT_MICRO, NULL));
        return;
    case R_DURATION:
        duration(field, vector);
        return;
    case R_HMS:
        check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_TIME64, NANOARROW_TIME_UNIT_MICRO, NULL));
        return;
    case R_TIME:
        check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_TIME64, NANOARROW_TIME_UNIT_NANO, NULL));
        return;
    case R_DECIMAL:
        decimal(field, vector);
        return;
    case R_DATETIME2:
        datetime2(field, vector);
        return;
    case R_DATETIMEOFFSET:
        offset_time(field);
        return;
    case R_LIST:
        nested(field, vector, column);
        return;
    case R_OTHER:
        fail("TYPE_UNSUPPORTED", column, 0, "column '%s' is of a type that cannot be sent: %s; convert it in the script", column,
             class_name(vector));
    case R_LOGICAL: {
        bool blank = source.count > 0;
        for (R_xlen_t i = 0; blank && i < source.count; i++) {
            blank = source_is_na(&source, i);
        }
        check(ArrowSchemaSetType(field, blank ? NANOARROW_TYPE_NA : NANOARROW_TYPE_BOOL));
        return;
    }
    default:
        check(ArrowSchemaSetType(field, simple(source.kind)));
    }
}

static bool has_null_type(const struct ArrowSchema *field) {
    bool found = strcmp(field->format, "n") == 0;
    for (int64_t i = 0; i < field->n_children; i++) {
        found = found || has_null_type(field->children[i]);
    }
    return found;
}

// Whether a vector leaves open, at any level, what type its column has.
SEXP call_is_open(SEXP vector, SEXP column) {
    struct ArrowSchema field = {0};
    natural_type(&field, vector, Rf_translateCharUTF8(STRING_ELT(column, 0)));
    bool open = has_null_type(&field);
    ArrowSchemaRelease(&field);
    return Rf_ScalarLogical(open);
}
