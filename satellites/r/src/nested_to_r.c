// SPDX-License-Identifier: Apache-2.0
//
// Nested and dictionary-encoded Arrow columns as R vectors: their children are converted whole, and then cut.

#include "calls.h"
#include "to_r.h"

#include <string.h>

// ---- nested ------------------------------------------------------------------------------------

SEXP slice(SEXP vector, R_xlen_t from, R_xlen_t count) {
    SEXP part = PROTECT(Rf_allocVector(TYPEOF(vector), count));
    switch (TYPEOF(vector)) {
    case LGLSXP:
    case INTSXP:
        memcpy(INTEGER(part), INTEGER(vector) + from, (size_t)count * sizeof(int));
        break;
    case REALSXP:
        memcpy(REAL(part), REAL(vector) + from, (size_t)count * sizeof(double));
        break;
    case STRSXP:
        for (R_xlen_t i = 0; i < count; i++) {
            SET_STRING_ELT(part, i, STRING_ELT(vector, from + i));
        }
        break;
    case VECSXP:
        for (R_xlen_t i = 0; i < count; i++) {
            SET_VECTOR_ELT(part, i, VECTOR_ELT(vector, from + i));
        }
        break;
    default:
        fail("INTERNAL", NULL, 0, "a vector of type %s cannot be cut", Rf_type2char(TYPEOF(vector)));
    }
    SHALLOW_DUPLICATE_ATTRIB(part, vector);
    UNPROTECT(1);
    return part;
}

static SEXP names_of(const struct ArrowSchema *schema) {
    SEXP names = PROTECT(Rf_allocVector(STRSXP, schema->n_children));
    for (int64_t i = 0; i < schema->n_children; i++) {
        const char *name = schema->children[i]->name;
        SET_STRING_ELT(names, i, Rf_mkCharCE(name == NULL ? "" : name, CE_UTF8));
    }
    UNPROTECT(1);
    return names;
}

// The children of a struct as columns, over all rows of its pieces.
static SEXP columns_of(const struct ArrowSchema *schema, const struct piece *pieces, int count) {
    SEXP columns = PROTECT(Rf_allocVector(VECSXP, schema->n_children));
    struct piece *inner = (struct piece *)R_alloc((size_t)(count > 0 ? count : 1), sizeof *inner);
    for (int64_t child = 0; child < schema->n_children; child++) {
        for (int i = 0; i < count; i++) {
            inner[i] = (struct piece){pieces[i].view->children[child], pieces[i].from + pieces[i].view->offset,
                                      pieces[i].count};
        }
        SET_VECTOR_ELT(columns, child, arrow_to_r(schema->children[child], inner, count));
    }
    Rf_setAttrib(columns, R_NamesSymbol, PROTECT(names_of(schema)));
    UNPROTECT(2);
    return columns;
}

// Marks a list of one class as R's I() does: without it nothing would tell a list of one element from a value.
static SEXP as_is(SEXP vector) {
    PROTECT(vector);
    SEXP old = Rf_getAttrib(vector, R_ClassSymbol);
    SEXP class = PROTECT(Rf_allocVector(STRSXP, 1 + Rf_xlength(old)));
    SET_STRING_ELT(class, 0, Rf_mkChar("AsIs"));
    for (R_xlen_t i = 0; i < Rf_xlength(old); i++) {
        SET_STRING_ELT(class, i + 1, STRING_ELT(old, i));
    }
    Rf_setAttrib(vector, R_ClassSymbol, class);
    UNPROTECT(2);
    return vector;
}

// A value of a field of lists, which stands for itself only where it is an R list or a data frame.
static SEXP list_value(SEXP value, bool lists) {
    bool plain = value == R_NilValue || (TYPEOF(value) == VECSXP && !Rf_inherits(value, "launchpad_text"));
    return lists && !plain && !Rf_inherits(value, "AsIs") ? as_is(value) : value;
}

static bool holds_lists(const struct ArrowSchema *field) {
    return type_of(field->dictionary == NULL ? field : field->dictionary).kind == KIND_LIST;
}

// Each row of a struct as a list with names, null rows as NULL.
SEXP row_lists_to_r(const struct ArrowSchema *schema, const struct piece *pieces, int count) {
    SEXP columns = PROTECT(columns_of(schema, pieces, count));
    SEXP names = Rf_getAttrib(columns, R_NamesSymbol);
    bool *lists = (bool *)R_alloc((size_t)schema->n_children + 1, sizeof *lists);
    for (int64_t i = 0; i < schema->n_children; i++) {
        lists[i] = holds_lists(schema->children[i]);
    }
    SEXP rows = PROTECT(Rf_allocVector(VECSXP, total_rows(pieces, count)));
    EACH_ROW(pieces, count, at, {
        if (!row_is_null(view, row)) {
            SEXP one = Rf_allocVector(VECSXP, XLENGTH(columns));
            SET_VECTOR_ELT(rows, at, one);
            for (R_xlen_t c = 0; c < XLENGTH(columns); c++) {
                SEXP column = VECTOR_ELT(columns, c);
                bool list = TYPEOF(column) == VECSXP && !Rf_inherits(column, "launchpad_text");
                SET_VECTOR_ELT(one, c, list ? list_value(VECTOR_ELT(column, at), lists[c]) : slice(column, at, 1));
            }
            Rf_setAttrib(one, R_NamesSymbol, names);
        }
    })
    UNPROTECT(2);
    return rows;
}

static bool any_null(const struct piece *pieces, int count) {
    EACH_ROW(pieces, count, at, {
        (void)at;
        if (row_is_null(view, row)) {
            return true;
        }
    })
    return false;
}

static SEXP frame_of(SEXP columns, R_xlen_t from, R_xlen_t count, bool map) {
    SEXP frame = PROTECT(Rf_allocVector(VECSXP, XLENGTH(columns)));
    for (R_xlen_t i = 0; i < XLENGTH(columns); i++) {
        SET_VECTOR_ELT(frame, i, slice(VECTOR_ELT(columns, i), from, count));
    }
    Rf_setAttrib(frame, R_NamesSymbol, Rf_getAttrib(columns, R_NamesSymbol));
    SEXP rows = PROTECT(Rf_allocVector(INTSXP, 2));
    INTEGER(rows)[0] = NA_INTEGER;
    INTEGER(rows)[1] = -(int)count;
    Rf_setAttrib(frame, R_RowNamesSymbol, rows);
    // The class of a map's entries makes a map of them again; everything else about them is a data frame's.
    static const char *const CLASS[] = {"launchpad_map", "data.frame", NULL};
    SEXP result = with_class(frame, CLASS + !map);
    UNPROTECT(2);
    return result;
}

static int64_t child_offset(const struct ArrowArrayView *view, int64_t row) {
    if (view->storage_type == NANOARROW_TYPE_FIXED_SIZE_LIST) {
        return (row + view->offset) * view->layout.child_size_elements;
    }
    return ArrowArrayViewListChildOffset(view, row + view->offset);
}

SEXP lists_to_r(const struct ArrowSchema *schema, const struct piece *pieces, int count) {
    const struct ArrowSchema *item = schema->children[0];
    struct piece *inner = (struct piece *)R_alloc((size_t)(count > 0 ? count : 1), sizeof *inner);
    for (int i = 0; i < count; i++) {
        const struct ArrowArrayView *view = pieces[i].view;
        int64_t first = 0;
        int64_t last = 0;
        if (pieces[i].count > 0) {
            first = child_offset(view, pieces[i].from);
            last = child_offset(view, pieces[i].from + pieces[i].count);
        }
        inner[i] = (struct piece){view->children[0], first, last - first};
    }
    struct type type = type_of(item);
    bool map = type_of(schema).kind == KIND_MAP;
    bool table = type.kind == KIND_STRUCT && !any_null(inner, count);
    SEXP values = PROTECT(table ? columns_of(item, inner, count) : arrow_to_r(item, inner, count));
    SEXP rows = PROTECT(Rf_allocVector(VECSXP, total_rows(pieces, count)));
    R_xlen_t base = 0;
    R_xlen_t at = 0;
    for (int p = 0; p < count; p++) {
        const struct ArrowArrayView *view = pieces[p].view;
        for (int64_t i = 0; i < pieces[p].count; i++, at++) {
            int64_t row = pieces[p].from + i;
            if (row_is_null(view, row)) {
                continue;
            }
            int64_t start = child_offset(view, row);
            int64_t end = child_offset(view, row + 1);
            R_xlen_t from = base + start - inner[p].from;
            SET_VECTOR_ELT(rows, at, table ? frame_of(values, from, end - start, map) : slice(values, from, end - start));
        }
        base += inner[p].count;
    }
    UNPROTECT(2);
    return rows;
}

// ---- dictionaries ------------------------------------------------------------------------------

// Batches may have dictionaries of their own. Their entries are converted as one column, so that all of them become vectors of
// the same class; codes count from the first of all entries.
SEXP factors_to_r(const struct type *type, const struct ArrowSchema *schema, const struct piece *pieces, int count) {
    struct piece *dictionaries = (struct piece *)R_alloc((size_t)count + 1, sizeof *dictionaries);
    SEXP codes = PROTECT(Rf_allocVector(INTSXP, total_rows(pieces, count)));
    int different = 0;
    int64_t base = 0;
    int64_t next = 0;
    R_xlen_t at = 0;
    for (int p = 0; p < count; p++) {
        const struct ArrowArrayView *view = pieces[p].view;
        const struct ArrowArrayView *dictionary = view->dictionary;
        if (p == 0 || dictionary->array == NULL || dictionary->array != pieces[p - 1].view->dictionary->array) {
            dictionaries[different++] = (struct piece){dictionary, 0, dictionary->length};
            base = next;
            next += dictionary->length;
        }
        if (next > INT32_MAX) {
            fail("TYPE_UNSUPPORTED", schema->name, 0, "column '%s': dictionaries of more than 2^31 entries in all", schema->name);
        }
        for (int64_t i = 0; i < pieces[p].count; i++) {
            int64_t row = pieces[p].from + i;
            bool null = row_is_null(view, row);
            INTEGER(codes)[at++] = null ? NA_INTEGER : (int)(base + ArrowArrayViewGetIntUnsafe(view, row) + 1);
        }
    }
    SEXP entries = PROTECT(arrow_to_r(schema->dictionary, dictionaries, different));
    SEXP call = PROTECT(Rf_lang4(Rf_install("factor_of"), entries, codes, PROTECT(Rf_ScalarLogical(type->ordered))));
    SEXP result = Rf_eval(call, package_namespace);
    UNPROTECT(4);
    return result;
}
