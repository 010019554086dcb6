// SPDX-License-Identifier: Apache-2.0
//
// What the conversions of plain and of nested columns to R share.

#ifndef LAUNCHPAD_TO_R_H
#define LAUNCHPAD_TO_R_H

#include "arrow.h"

static inline int64_t total_rows(const struct piece *pieces, int count) {
    int64_t rows = 0;
    for (int i = 0; i < count; i++) {
        rows += pieces[i].count;
    }
    return rows;
}

static inline bool row_is_null(const struct ArrowArrayView *view, int64_t row) {
    return ArrowArrayViewIsNull(view, row) != 0;
}

// Each row of the pieces, with `view` and `row`; `out` is its number among all of them.
#define EACH_ROW(pieces, count, out, ...)                                                                            \
    for (R_xlen_t p_ = 0, o_ = 0; p_ < (count); p_++) {                                                              \
        const struct ArrowArrayView *view = (pieces)[p_].view;                                                       \
        for (int64_t row = (pieces)[p_].from; row < (pieces)[p_].from + (pieces)[p_].count; row++, o_++) {           \
            R_xlen_t out = o_;                                                                                       \
            __VA_ARGS__                                                                                              \
        }                                                                                                            \
    }

SEXP with_class(SEXP vector, const char *const *names);

// Lists and maps, structs, and dictionary-encoded columns, of whatever they hold.
SEXP lists_to_r(const struct ArrowSchema *schema, const struct piece *pieces, int count);
SEXP row_lists_to_r(const struct ArrowSchema *schema, const struct piece *pieces, int count);
SEXP factors_to_r(const struct type *type, const struct ArrowSchema *schema, const struct piece *pieces, int count);

#endif
