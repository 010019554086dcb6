// SPDX-License-Identifier: Apache-2.0
//
// List columns and factors as nested and dictionary-encoded Arrow columns. What a child holds is put together in R, whose c()
// knows the classes.

#include "calls.h"
#include "from_r_parts.h"

#include <string.h>

// ---- nested ------------------------------------------------------------------------------------

// The rows of a list column; NULL and NA are R's NULL.
static SEXP rows_of(const struct source *source) {
    SEXP rows = PROTECT(Rf_allocVector(VECSXP, source->count));
    for (R_xlen_t i = 0; i < source->count; i++) {
        SET_VECTOR_ELT(rows, i, source_is_na(source, i) ? R_NilValue : VECTOR_ELT(source->vector, source->from + i));
    }
    UNPROTECT(1);
    return rows;
}

static enum kind kind_of_values(const struct ArrowSchema *field) {
    return type_of(field->dictionary == NULL ? field : field->dictionary).kind;
}

// Whether R holds each value of a field in an element of a list.
static bool in_lists(enum kind kind) {
    return kind == KIND_LIST || kind == KIND_MAP || kind == KIND_BINARY || kind == KIND_STRUCT;
}

static SEXP ask(const char *function, SEXP rows, bool keep_lists, const char *column) {
    PROTECT(rows);
    SEXP keep = PROTECT(Rf_ScalarLogical(keep_lists));
    SEXP call = PROTECT(Rf_lang4(Rf_install(function), rows, keep, PROTECT(Rf_mkString(column))));
    SEXP result = Rf_eval(call, package_namespace);
    UNPROTECT(4);
    return result;
}

static R_xlen_t length_of(SEXP value) {
    return Rf_inherits(value, "data.frame") ? Rf_length(Rf_getAttrib(value, R_RowNamesSymbol)) : Rf_xlength(value);
}

void lists_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                  const struct source *source, const struct column_context *context) {
    if (source->kind != R_LIST && source->count > 0) {
        does_not_fit(context, field, source, 0, "not a list column");
    }
    const struct ArrowSchema *item = field->children[0];
    bool fixed = type->storage == NANOARROW_TYPE_FIXED_SIZE_LIST;
    bool large = is_large(type->storage);
    size_t offsets = 0;
    if (!fixed) {
        size_t buffer = start_buffer(out);
        offsets = out->body.size;
        bytes_zero(&out->body, (size_t)(source->count + 1) * (large ? 8 : 4));
        end_buffer(out, buffer);
    }
    int64_t *ends = (int64_t *)R_alloc((size_t)source->count + 1, sizeof *ends);
    int64_t total = 0;
    for (R_xlen_t row = 0; row < source->count; row++) {
        bool null = source_is_na(source, row);
        R_xlen_t length = null ? 0 : length_of(VECTOR_ELT(source->vector, source->from + row));
        if (fixed && !null && length != type->fixed_size) {
            does_not_fit(context, field, source, row, "another number of elements");
        }
        total += fixed ? type->fixed_size : length;
        ends[row] = total;
        if (!fixed) {
            put_offset(out, offsets, row + 1, total, large);
        }
    }
    enum kind kind = kind_of_values(item);
    SEXP rows = PROTECT(rows_of(source));
    SEXP values = PROTECT(ask(kind == KIND_STRUCT ? "joined_rows" : "joined", rows, in_lists(kind), context->name));
    if (fixed) {
        // Null rows have elements, too.
        SEXP nulls = PROTECT(Rf_allocVector(LGLSXP, source->count));
        for (R_xlen_t row = 0; row < source->count; row++) {
            LOGICAL(nulls)[row] = source_is_na(source, row);
        }
        SEXP size = PROTECT(Rf_ScalarInteger(type->fixed_size));
        SEXP call = PROTECT(Rf_lang4(Rf_install("spread"), values, nulls, size));
        values = Rf_eval(call, package_namespace);
        UNPROTECT(4);
        PROTECT(values);
    }
    // Below null rows of a fixed size there are nulls, whatever the item's type says.
    struct ArrowSchema copy = *item;
    copy.flags |= ARROW_FLAG_NULLABLE;
    struct column_context below = *context;
    below.above = context;
    below.ends = ends;
    if (Rf_xlength(values) != total) {
        does_not_fit(context, field, source, 0, "its elements are no vectors");
    }
    r_to_arrow(out, fixed ? &copy : item, values, 0, (R_xlen_t)total, &below);
    UNPROTECT(2);
}

void structs_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                    const struct column_context *context) {
    bool frame = Rf_inherits(source->vector, "data.frame");
    if (!frame && source->kind != R_LIST && source->count > 0) {
        does_not_fit(context, field, source, 0, "not a list column");
    }
    SEXP rows = PROTECT(frame ? source->vector : rows_of(source));
    for (int64_t child = 0; child < field->n_children; child++) {
        const struct ArrowSchema *item = field->children[child];
        SEXP name = PROTECT(Rf_ScalarString(Rf_mkCharCE(item->name == NULL ? "" : item->name, CE_UTF8)));
        SEXP keep = PROTECT(Rf_ScalarLogical(in_lists(kind_of_values(item))));
        SEXP call = PROTECT(Rf_lang5(Rf_install(frame ? "column_named" : "field_of_rows"), rows, name, keep,
                                     PROTECT(Rf_mkString(context->name))));
        SEXP values = PROTECT(Rf_eval(call, package_namespace));
        if (length_of(values) < (frame ? source->from : 0) + source->count) {
            fail("RESULT_KIND", context->name, 0, "column '%s': a data frame in it has no whole column '%s'", context->name,
                 item->name == NULL ? "" : item->name);
        }
        // Below a null row there may be nulls everywhere.
        struct ArrowSchema copy = *item;
        copy.flags |= ARROW_FLAG_NULLABLE;
        r_to_arrow(out, (item->flags & ARROW_FLAG_NULLABLE) != 0 ? item : &copy, values, frame ? source->from : 0,
                   source->count, context);
        UNPROTECT(5);
    }
    UNPROTECT(1);
}

// ---- dictionaries ------------------------------------------------------------------------------

SEXP as_codes(const struct ArrowSchema *field, SEXP vector) {
    if (Rf_inherits(vector, "factor") || Rf_inherits(vector, "launchpad_codes")) {
        return vector;
    }
    struct source source = source_of(vector, 0, Rf_xlength(vector));
    if (source.kind == R_OTHER) {
        fail("TYPE_UNSUPPORTED", field->name, 0, "column '%s' is of a type that cannot be sent: %s; convert it in the script",
             field->name == NULL ? "" : field->name, class_name(vector));
    }
    enum kind kind = kind_of_values(field);
    source.only_null = kind == KIND_LIST || kind == KIND_MAP;
    SEXP missing = PROTECT(Rf_allocVector(LGLSXP, source.count));
    for (R_xlen_t row = 0; row < source.count; row++) {
        LOGICAL(missing)[row] = source_is_na(&source, row);
    }
    SEXP call = PROTECT(Rf_lang3(Rf_install("coded"), vector, missing));
    SEXP result = Rf_eval(call, package_namespace);
    UNPROTECT(2);
    return result;
}

void indices_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                      const struct source *source, const struct column_context *context) {
    size_t size;
    __int128 least;
    __int128 most;
    integer_bounds(type->storage, &size, &least, &most);
    bool coded = source->kind == R_FACTOR || Rf_inherits(source->vector, "launchpad_codes");
    SEXP part = PROTECT(coded ? source->vector : slice(source->vector, source->from, source->count));
    SEXP codes = PROTECT(as_codes(field, part));
    SEXP entries = Rf_getAttrib(codes, source->kind == R_FACTOR ? R_LevelsSymbol : Rf_install("entries"));
    SET_VECTOR_ELT(out->dictionaries, (R_xlen_t)out->next_dictionary++, entries);
    const int *from = INTEGER(codes) + (coded ? source->from : 0);
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    EACH_VALUE(source, row) {
        int64_t index = (int64_t)from[row] - 1;
        if (index > most) {
            does_not_fit(context, field, source, row, "more values than the dictionary's indices can count");
        }
        if (index < 0 || index >= Rf_xlength(entries)) {
            does_not_fit(context, field, source, row, "a factor's code without a level");
        }
        memcpy(to + (size_t)row * size, &index, size);
    }
    end_buffer(out, buffer);
    UNPROTECT(2);
}
