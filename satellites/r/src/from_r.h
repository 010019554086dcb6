// SPDX-License-Identifier: Apache-2.0
//
// R vectors as the conversions to Arrow see them.

#ifndef LAUNCHPAD_FROM_R_H
#define LAUNCHPAD_FROM_R_H

#include "arrow.h"
#include "calendar.h"

enum r_kind {
    R_LOGICAL,
    R_INTEGER,
    R_INTEGER64,
    R_DOUBLE,
    R_FACTOR,
    R_TEXT,
    R_RAW,
    R_DATE,
    R_POSIXCT,
    R_DIFFTIME,
    R_HMS,
    R_DECIMAL,
    R_DATETIME2,
    R_TIME,
    R_DATETIMEOFFSET,
    R_DURATION,
    R_INTERVAL,
    R_NUL_TEXT, // launchpad_text: a list of raw vectors
    R_LIST,
    R_OTHER,
};

// A vector, looked at once.
struct source {
    SEXP vector;
    enum r_kind kind;
    R_xlen_t from;
    R_xlen_t count;
    double unit; // seconds in a unit of a difftime
    bool only_null; // an element NA of a list is a value: a list of one NA
};

struct source source_of(SEXP vector, R_xlen_t from, R_xlen_t count);
bool source_is_na(const struct source *source, R_xlen_t row);

// As an error calls the vector's type.
const char *class_name(SEXP vector);

// Leaves by RESULT_CONVERSION (of a parameter: PARAMETER) naming column, row and value.
_Noreturn void does_not_fit(const struct column_context *context, const struct ArrowSchema *field,
                            const struct source *source, R_xlen_t row, const char *reason);

// Each of these puts a value into its result, or says that it does not fit.
bool as_integer(const struct source *source, R_xlen_t row, __int128 *value);
bool as_double(const struct source *source, R_xlen_t row, double *value);
// Digits without a point, scaled by 10^scale and rounded half away from zero; a sign before them. Whether any were lost.
bool as_digits(const struct source *source, R_xlen_t row, int scale, char *digits, size_t size, bool *exact);
bool as_moment(const struct source *source, R_xlen_t row, struct moment *moment);
// Whole days since 1970-01-01.
bool as_days(const struct source *source, R_xlen_t row, int64_t *days);
bool as_clock(const struct source *source, R_xlen_t row, struct moment *moment);
bool as_duration(const struct source *source, R_xlen_t row, struct moment *moment);

#endif
