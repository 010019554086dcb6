// SPDX-License-Identifier: Apache-2.0
//
// Single values of R vectors in forms that are not R's any more.

#include "from_r.h"

#include "calls.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum r_kind carrier_kind(SEXP vector) {
    static const struct {
        const char *name;
        enum r_kind kind;
    } CARRIERS[] = {{"launchpad_decimal", R_DECIMAL},
                    {"launchpad_datetime2", R_DATETIME2},
                    {"launchpad_time", R_TIME},
                    {"launchpad_datetimeoffset", R_DATETIMEOFFSET},
                    {"launchpad_duration", R_DURATION},
                    {"launchpad_interval", R_INTERVAL},
                    {"launchpad_text", R_NUL_TEXT}};
    for (size_t i = 0; i < sizeof CARRIERS / sizeof *CARRIERS; i++) {
        if (Rf_inherits(vector, CARRIERS[i].name)) {
            return CARRIERS[i].kind;
        }
    }
    return R_OTHER;
}

static enum r_kind kind_of(SEXP vector) {
    if (OBJECT(vector)) {
        enum r_kind carrier = carrier_kind(vector);
        if (carrier != R_OTHER) {
            return carrier;
        }
        if (Rf_inherits(vector, "factor")) {
            return TYPEOF(vector) == INTSXP ? R_FACTOR : R_OTHER;
        }
        if (Rf_inherits(vector, "Date")) {
            return R_DATE;
        }
        if (Rf_inherits(vector, "POSIXct")) {
            return R_POSIXCT;
        }
        if (Rf_inherits(vector, "hms") || Rf_inherits(vector, "ITime")) {
            return R_HMS;
        }
        if (Rf_inherits(vector, "difftime")) {
            return R_DIFFTIME;
        }
        if (Rf_inherits(vector, "integer64") && TYPEOF(vector) == REALSXP) {
            return R_INTEGER64;
        }
        if (Rf_inherits(vector, "data.frame")) {
            return R_OTHER;
        }
    }
    switch (TYPEOF(vector)) {
    case LGLSXP:
        return R_LOGICAL;
    case INTSXP:
        return R_INTEGER;
    case REALSXP:
        return R_DOUBLE;
    case STRSXP:
        return R_TEXT;
    case RAWSXP:
        return R_RAW;
    case VECSXP:
        return R_LIST;
    default:
        return R_OTHER;
    }
}

const char *class_name(SEXP vector) {
    SEXP class = Rf_getAttrib(vector, R_ClassSymbol);
    return class == R_NilValue ? Rf_type2char(TYPEOF(vector)) : CHAR(STRING_ELT(class, 0));
}

static double unit_of(SEXP vector) {
    SEXP units = Rf_getAttrib(vector, Rf_install("units"));
    if (TYPEOF(units) != STRSXP || LENGTH(units) != 1) {
        return 1;
    }
    const char *name = CHAR(STRING_ELT(units, 0));
    static const struct {
        const char *name;
        double seconds;
    } UNITS[] = {{"mins", 60}, {"hours", 3600}, {"days", 86400}, {"weeks", 604800}};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (strcmp(UNITS[i].name, name) == 0) {
            return UNITS[i].seconds;
        }
    }
    return 1;
}

struct source source_of(SEXP vector, R_xlen_t from, R_xlen_t count) {
    struct source source = {.vector = vector, .kind = kind_of(vector), .from = from, .count = count, .unit = 1};
    if (source.kind == R_DIFFTIME || source.kind == R_HMS) {
        source.unit = unit_of(vector);
    }
    return source;
}

static double number_at(const struct source *source, R_xlen_t row) {
    if (TYPEOF(source->vector) == REALSXP) {
        return REAL(source->vector)[source->from + row];
    }
    int value = INTEGER(source->vector)[source->from + row];
    return value == NA_INTEGER ? NA_REAL : value;
}

bool source_is_na(const struct source *source, R_xlen_t row) {
    R_xlen_t at = source->from + row;
    switch (source->kind) {
    case R_LOGICAL:
    case R_INTEGER:
    case R_FACTOR:
        return INTEGER(source->vector)[at] == NA_INTEGER;
    case R_INTEGER64:
        return ((const int64_t *)REAL(source->vector))[at] == INT64_MIN;
    case R_DOUBLE:
        return R_IsNA(REAL(source->vector)[at]);
    case R_DATE:
    case R_POSIXCT:
    case R_DIFFTIME:
    case R_HMS:
        // There is no NaN among times.
        return ISNAN(number_at(source, row));
    case R_RAW:
        return false;
    case R_NUL_TEXT:
    case R_LIST: {
        SEXP item = VECTOR_ELT(source->vector, at);
        return item == R_NilValue ||
               (source->kind == R_LIST && !source->only_null && TYPEOF(item) == LGLSXP && XLENGTH(item) == 1 && LOGICAL(item)[0] == NA_LOGICAL &&
                !OBJECT(item));
    }
    default:
        return STRING_ELT(source->vector, at) == NA_STRING;
    }
}

static void describe(const struct source *source, R_xlen_t row, char *text, size_t size) {
    R_xlen_t at = source->from + row;
    SEXP vector = source->vector;
    if (source_is_na(source, row)) {
        snprintf(text, size, "NA");
    } else if (source->kind == R_INTEGER64) {
        snprintf(text, size, "integer64 %" PRId64, ((const int64_t *)REAL(vector))[at]);
    } else if (source->kind == R_FACTOR) {
        SEXP levels = Rf_getAttrib(vector, R_LevelsSymbol);
        int code = INTEGER(vector)[at];
        snprintf(text, size, "factor '%.60s'", code >= 1 && code <= LENGTH(levels) ? CHAR(STRING_ELT(levels, code - 1)) : "?");
    } else if (TYPEOF(vector) == STRSXP) {
        const char *value = CHAR(STRING_ELT(vector, at));
        bool object = OBJECT(vector);
        snprintf(text, size, "%s '%.60s'%s", object ? CHAR(STRING_ELT(Rf_getAttrib(vector, R_ClassSymbol), 0)) : "character",
                 value, strlen(value) > 60 ? "…" : "");
    } else if (source->kind == R_LOGICAL) {
        snprintf(text, size, "logical %s", INTEGER(vector)[at] ? "TRUE" : "FALSE");
    } else if (TYPEOF(vector) == INTSXP || TYPEOF(vector) == REALSXP) {
        const char *class = OBJECT(vector) ? CHAR(STRING_ELT(Rf_getAttrib(vector, R_ClassSymbol), 0))
                            : TYPEOF(vector) == INTSXP ? "integer" : "numeric";
        snprintf(text, size, "%s %.15g", class, number_at(source, row));
    } else if (TYPEOF(vector) == VECSXP) {
        snprintf(text, size, "an element of type %s", Rf_type2char(TYPEOF(VECTOR_ELT(vector, at))));
    } else {
        snprintf(text, size, "a value of type %s", Rf_type2char(TYPEOF(vector)));
    }
}

int64_t row_number(const struct column_context *context, R_xlen_t row) {
    if (context->parameter || context->entries) {
        return 0;
    }
    for (; context->above != NULL; context = context->above) {
        R_xlen_t outer = 0;
        while (context->ends[outer] <= row) {
            outer++;
        }
        row = outer;
    }
    return context->row + row + 1;
}

_Noreturn void does_not_fit(const struct column_context *context, const struct ArrowSchema *field,
                            const struct source *source, R_xlen_t row, const char *reason) {
    char value[160];
    char type[128];
    describe(source, row, value, sizeof value);
    type_name(field, type, sizeof type);
    const char *open = *reason == '\0' ? "" : " (";
    const char *close = *reason == '\0' ? "" : ")";
    if (context->parameter) {
        fail("PARAMETER", context->name, 0, "@%s: %s does not fit %s%s%s%s", context->name, value, type, open, reason, close);
    }
    int64_t number = row_number(context, row);
    char place[48] = " (an entry of its dictionary)";
    if (number > 0) {
        snprintf(place, sizeof place, ", row %lld", (long long)number);
    }
    fail("RESULT_CONVERSION", context->name, number, "column '%s'%s: %s does not fit %s%s%s%s", context->name, place, value,
         type, open, reason, close);
}

static const char *text_at(const struct source *source, R_xlen_t row) {
    return CHAR(STRING_ELT(source->vector, source->from + row));
}

// ---- numbers -----------------------------------------------------------------------------------

static bool whole_of_text(const char *text, __int128 *value) {
    bool negative = *text == '-';
    text += negative || *text == '+';
    __int128 result = 0;
    int digits = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (++digits > 37) {
            return false;
        }
        result = result * 10 + (*text - '0');
    }
    if (*text == '.') {
        text++;
        while (*text == '0') {
            text++;
        }
    }
    *value = negative ? -result : result;
    return digits > 0 && *text == '\0';
}

bool as_integer(const struct source *source, R_xlen_t row, __int128 *value) {
    R_xlen_t at = source->from + row;
    switch (source->kind) {
    case R_LOGICAL:
    case R_INTEGER:
        *value = INTEGER(source->vector)[at];
        return true;
    case R_INTEGER64:
        *value = ((const int64_t *)REAL(source->vector))[at];
        return true;
    case R_RAW:
        *value = RAW(source->vector)[at];
        return true;
    case R_DOUBLE: {
        double number = REAL(source->vector)[at];
        if (!(fabs(number) < 1.8446744073709552e19) || number != trunc(number)) {
            return false;
        }
        *value = (__int128)number;
        return true;
    }
    case R_DECIMAL:
        return whole_of_text(text_at(source, row), value);
    default:
        return false;
    }
}

bool as_double(const struct source *source, R_xlen_t row, double *value) {
    __int128 whole;
    switch (source->kind) {
    case R_DOUBLE:
        *value = REAL(source->vector)[source->from + row];
        return true;
    case R_LOGICAL:
    case R_INTEGER:
    case R_INTEGER64:
    case R_RAW:
        as_integer(source, row, &whole);
        *value = (double)whole;
        return (__int128)*value == whole;
    case R_DECIMAL: {
        char *end;
        *value = strtod(text_at(source, row), &end);
        return *end == '\0';
    }
    default:
        return false;
    }
}

// The shortest text that reads back as this double.
static void shortest(double value, char *text, size_t size) {
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, size, "%.*e", precision - 1, value);
        if (strtod(text, NULL) == value) {
            return;
        }
    }
}

// Adds one to a number written in digits. False when it needs another digit, which is then put before it.
static void increment(char *digits) {
    size_t length = strlen(digits);
    for (size_t i = length; i > 0; i--) {
        if (digits[i - 1] < '9') {
            digits[i - 1]++;
            return;
        }
        digits[i - 1] = '0';
    }
    memmove(digits + 1, digits, length + 1);
    digits[0] = '1';
}

// `mantissa` is digits with the point behind `point` of them.
static bool scaled(const char *mantissa, int point, int scale, char *digits, size_t size, bool *exact) {
    int length = (int)strlen(mantissa);
    int wanted = point + scale;
    if (wanted > (int)size - 4) {
        return false;
    }
    const char *lost = mantissa + (wanted < 0 ? 0 : wanted < length ? wanted : length);
    *exact = lost[strspn(lost, "0")] == '\0';
    int used = 0;
    for (int i = 0; i < wanted; i++) {
        digits[used++] = i < length ? mantissa[i] : '0';
    }
    if (used == 0) {
        digits[used++] = '0';
    }
    digits[used] = '\0';
    if (wanted >= 0 && wanted < length && mantissa[wanted] >= '5') {
        increment(digits);
    }
    size_t zeros = strspn(digits, "0");
    if (digits[zeros] == '\0') {
        zeros = zeros > 0 ? zeros - 1 : 0;
    }
    memmove(digits, digits + zeros, strlen(digits + zeros) + 1);
    return true;
}

bool as_digits(const struct source *source, R_xlen_t row, int scale, char *digits, size_t size, bool *exact) {
    char text[128];
    char mantissa[128];
    int exponent = 0;
    __int128 whole;
    if (source->kind == R_DECIMAL) {
        snprintf(text, sizeof text, "%s", text_at(source, row));
    } else if (source->kind == R_DOUBLE) {
        double value = REAL(source->vector)[source->from + row];
        if (!isfinite(value)) {
            return false;
        }
        shortest(value, text, sizeof text);
    } else if (as_integer(source, row, &whole)) {
        snprintf(text, sizeof text, "%lld", (long long)whole);
    } else {
        return false;
    }
    const char *at = text;
    bool negative = *at == '-';
    at += negative || *at == '+';
    int count = 0;
    int point = -1;
    for (; (*at >= '0' && *at <= '9') || (*at == '.' && point < 0); at++) {
        if (*at == '.') {
            point = count;
        } else {
            mantissa[count++] = *at;
        }
    }
    mantissa[count] = '\0';
    point = point < 0 ? count : point;
    if (*at == 'e' || *at == 'E') {
        char *end;
        exponent = (int)strtol(at + 1, &end, 10);
        at = end;
    }
    if (count == 0 || *at != '\0' || !scaled(mantissa, point + exponent, scale, digits + negative, size - 1, exact)) {
        return false;
    }
    if (negative) {
        digits[0] = '-';
    }
    return true;
}

// ---- times -------------------------------------------------------------------------------------

// Microseconds are what a double keeps near the present.
static bool moment_of_seconds(double seconds, struct moment *moment) {
    if (!isfinite(seconds) || fabs(seconds) > 9e12) {
        return false;
    }
    double whole = floor(seconds);
    int64_t micros = llround((seconds - whole) * 1e6);
    *moment = (struct moment){.seconds = (int64_t)whole + micros / 1000000,
                              .nanoseconds = (int32_t)(micros % 1000000 * 1000),
                              .digits = 6};
    return true;
}

bool as_moment(const struct source *source, R_xlen_t row, struct moment *moment) {
    switch (source->kind) {
    case R_POSIXCT:
        return moment_of_seconds(number_at(source, row), moment);
    case R_DATE:
        return moment_of_seconds(floor(number_at(source, row)) * SECONDS_OF_DAY, moment);
    case R_DATETIME2:
        return moment_parse(text_at(source, row), false, moment);
    case R_DATETIMEOFFSET:
        return moment_parse(text_at(source, row), true, moment);
    default:
        return false;
    }
}

bool as_days(const struct source *source, R_xlen_t row, int64_t *days) {
    if (source->kind == R_DATE) {
        double number = floor(number_at(source, row));
        *days = (int64_t)number;
        return fabs(number) < 1e12;
    }
    struct moment moment;
    bool whole = source->kind != R_DATETIMEOFFSET && as_moment(source, row, &moment) &&
                 moment.seconds % SECONDS_OF_DAY == 0 && moment.nanoseconds == 0;
    *days = whole ? moment.seconds / SECONDS_OF_DAY : 0;
    return whole;
}

bool as_clock(const struct source *source, R_xlen_t row, struct moment *moment) {
    if (source->kind == R_TIME) {
        return clock_parse(text_at(source, row), moment);
    }
    return (source->kind == R_HMS || source->kind == R_DIFFTIME) &&
           moment_of_seconds(number_at(source, row) * source->unit, moment) && moment->seconds >= 0 &&
           moment->seconds < SECONDS_OF_DAY;
}

bool as_duration(const struct source *source, R_xlen_t row, struct moment *moment) {
    if (source->kind == R_DURATION) {
        return seconds_parse(text_at(source, row), moment);
    }
    return (source->kind == R_HMS || source->kind == R_DIFFTIME) &&
           moment_of_seconds(number_at(source, row) * source->unit, moment);
}

// POSIXct, hms and difftime as the carriers that hold more digits.
SEXP call_as_carrier(SEXP vector) {
    struct source source = source_of(vector, 0, Rf_xlength(vector));
    const char *name = source.kind == R_POSIXCT ? "launchpad_datetime2"
                       : source.kind == R_HMS   ? "launchpad_time"
                                                : "launchpad_duration";
    SEXP texts = PROTECT(Rf_allocVector(STRSXP, source.count));
    for (R_xlen_t row = 0; row < source.count; row++) {
        struct moment moment;
        char text[CALENDAR_TEXT];
        int64_t micros = 0;
        bool exact;
        if (source_is_na(&source, row)) {
            SET_STRING_ELT(texts, row, NA_STRING);
            continue;
        }
        bool fits = source.kind == R_POSIXCT ? as_moment(&source, row, &moment)
                    : source.kind == R_HMS   ? as_clock(&source, row, &moment)
                                             : as_duration(&source, row, &moment);
        if (!fits || !moment_count(&moment, 6, &micros, &exact)) {
            fail("RESULT_KIND", NULL, 0, "a value of class %s is too large", class_name(vector));
        }
        if (source.kind == R_POSIXCT) {
            moment_format(&moment, 6, false, text);
        } else if (source.kind == R_HMS) {
            clock_format(&moment, 6, text);
        } else {
            seconds_format(micros, 6, text);
        }
        SET_STRING_ELT(texts, row, Rf_mkChar(text));
    }
    SEXP class = PROTECT(make_class((const char *const[]){name, "launchpad_carrier", NULL}));
    Rf_setAttrib(texts, R_ClassSymbol, class);
    SEXP zone = Rf_getAttrib(vector, Rf_install("tzone"));
    if (source.kind == R_POSIXCT && TYPEOF(zone) == STRSXP && LENGTH(zone) > 0 && strcmp(CHAR(STRING_ELT(zone, 0)), "UTC") != 0) {
        Rf_setAttrib(texts, Rf_install("tzone"), zone);
    }
    UNPROTECT(2);
    return texts;
}
