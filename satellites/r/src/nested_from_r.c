// SPDX-License-Identifier: Apache-2.0
//
// List columns and factors as nested and dictionary-encoded Arrow columns. What a child holds is put together in R, whose c()
// knows the classes.

#include "calls.h"
#include "from_r_parts.h"

#include <string.h>

// ---- nested ------------------------------------------------------------------------------------

static SEXP ask(const char *function, SEXP a, SEXP b) {
    SEXP call = PROTECT(Rf_lang3(Rf_install(function), a, b));
    SEXP result = Rf_eval(call, package_namespace);
    UNPROTECT(1);
    return result;
}

// Values of rows one after the other: what a list's child holds. R's own c() keeps their class.
static SEXP concatenated(const struct source *source, const struct ArrowSchema *item) {
    struct type type = type_of(item);
    bool keep_lists = type.kind == KIND_LIST || type.kind == KIND_MAP || type.kind == KIND_BINARY;
    SEXP rows = PROTECT(Rf_allocVector(VECSXP, source->count));
    for (R_xlen_t i = 0; i < source->count; i++) {
        SET_VECTOR_ELT(rows, i, source_is_na(source, i) ? R_NilValue : VECTOR_ELT(source->vector, source->from + i));
    }
    SEXP result = ask(type.kind == KIND_STRUCT ? "joined_rows" : "joined", rows, PROTECT(Rf_ScalarLogical(keep_lists)));
    UNPROTECT(2);
    return result;
}

static R_xlen_t length_of(SEXP value) {
    return Rf_inherits(value, "data.frame") ? Rf_length(Rf_getAttrib(value, R_RowNamesSymbol)) : Rf_xlength(value);
}

static void inner(struct encoding *out, const struct ArrowSchema *item, SEXP values, const struct column_context *context) {
    R_xlen_t count = Rf_inherits(values, "data.frame") ? length_of(values) : Rf_xlength(values);
    struct column_context below = *context;
    r_to_arrow(out, item, values, 0, count, &below);
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
    int64_t total = 0;
    for (R_xlen_t row = 0; row < source->count; row++) {
        bool null = source_is_na(source, row);
        R_xlen_t length = null ? 0 : length_of(VECTOR_ELT(source->vector, source->from + row));
        if (fixed && !null && length != type->fixed_size) {
            does_not_fit(context, field, source, row, "another number of elements");
        }
        total += length;
        if (!fixed) {
            put_offset(out, offsets, row + 1, total, large);
        }
    }
    SEXP values = PROTECT(concatenated(source, item));
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
    inner(out, fixed ? &copy : item, values, context);
    UNPROTECT(1);
}

void structs_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct source *source,
                    const struct column_context *context) {
    bool frame = Rf_inherits(source->vector, "data.frame");
    if (!frame && source->kind != R_LIST && source->count > 0) {
        does_not_fit(context, field, source, 0, "not a list column");
    }
    SEXP rows = PROTECT(Rf_allocVector(VECSXP, frame ? 0 : source->count));
    for (R_xlen_t i = 0; !frame && i < source->count; i++) {
        SET_VECTOR_ELT(rows, i, source_is_na(source, i) ? R_NilValue : VECTOR_ELT(source->vector, source->from + i));
    }
    for (int64_t child = 0; child < field->n_children; child++) {
        const struct ArrowSchema *item = field->children[child];
        struct type type = type_of(item);
        bool keep = type.kind == KIND_LIST || type.kind == KIND_MAP || type.kind == KIND_BINARY || type.kind == KIND_STRUCT;
        SEXP name = PROTECT(Rf_mkString(item->name == NULL ? "" : item->name));
        SEXP call = PROTECT(Rf_lang4(Rf_install(frame ? "column_named" : "field_of_rows"), frame ? source->vector : rows, name,
                                     PROTECT(Rf_ScalarLogical(keep))));
        SEXP values = PROTECT(Rf_eval(call, package_namespace));
        struct column_context below = *context;
        // Below a null row there may be nulls everywhere.
        struct ArrowSchema copy = *item;
        copy.flags |= ARROW_FLAG_NULLABLE;
        r_to_arrow(out, (item->flags & ARROW_FLAG_NULLABLE) != 0 ? item : &copy, values, frame ? source->from : 0,
                   source->count, &below);
        UNPROTECT(4);
    }
    UNPROTECT(1);
}

// ---- dictionaries ------------------------------------------------------------------------------

SEXP dictionary_values(SEXP vector) {
    if (Rf_inherits(vector, "factor")) {
        return Rf_getAttrib(vector, R_LevelsSymbol);
    }
    return ask("unique_values", vector, R_NilValue);
}

void indices_to_arrow(struct encoding *out, const struct ArrowSchema *field, const struct type *type,
                    const struct source *source, const struct column_context *context) {
    size_t size;
    __int128 least;
    __int128 most;
    integer_bounds(type->storage, &size, &least, &most);
    SEXP codes = R_NilValue;
    if (source->kind != R_FACTOR) {
        codes = ask("codes_of", source->vector, R_NilValue);
    }
    PROTECT(codes);
    size_t buffer = start_buffer(out);
    uint8_t *to = bytes_zero(&out->body, (size_t)source->count * size);
    EACH_VALUE(source, row) {
        SEXP all = source->kind == R_FACTOR ? source->vector : codes;
        int64_t index = (int64_t)INTEGER(all)[source->from + row] - 1;
        if (index > most) {
            does_not_fit(context, field, source, row, "more values than the dictionary's indices can count");
        }
        memcpy(to + (size_t)row * size, &index, size);
    }
    end_buffer(out, buffer);
    UNPROTECT(1);
}
