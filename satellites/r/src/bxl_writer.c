// SPDX-License-Identifier: Apache-2.0
//
// A BXL stream, written: result columns in batches of bounded size, each as frames of the stream.

#include "arrow.h"
#include "bxl.h"
#include "calls.h"
#include "channel.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH_ROWS_MAX = 65536,
    BATCH_BYTES_MAX = 4 << 20,
    // Frames up to this size wait for those behind them, so that a small result is one write.
    TOGETHER_BYTES_MAX = 64 << 10,
    SAMPLE_ROWS = 1000,
};

struct writer {
    struct outgoing *outgoing; // null: frames are kept
    struct bytes kept;
    struct ArrowSchema schema;
    bool bound;
    bool declared;
    bool started;
    uint64_t frames;
    uint64_t rows;
    uint64_t bytes;
    int64_t value_bytes_max;
    bool parameters;
};

static struct writer *writer_of(SEXP pointer) {
    return R_ExternalPtrAddr(pointer);
}

static void finalize(SEXP pointer) {
    struct writer *writer = writer_of(pointer);
    if (writer != NULL) {
        if (writer->schema.release != NULL) {
            ArrowSchemaRelease(&writer->schema);
        }
        bytes_free(&writer->kept);
        free(writer);
        R_ClearExternalPtr(pointer);
    }
}

static SEXP opened(struct writer *writer, SEXP outgoing) {
    writer->outgoing = outgoing == R_NilValue ? NULL : outgoing_of(outgoing);
    // The levels that were sent last stand in the protected field, by dictionary id.
    SEXP sent = PROTECT(Rf_allocVector(VECSXP, 0));
    SEXP pointer = PROTECT(R_MakeExternalPtr(writer, Rf_install("launchpad_writer"), sent));
    R_RegisterCFinalizer(pointer, finalize);
    UNPROTECT(2);
    return pointer;
}

// `schema` is a declared one, as a reader that holds nothing else, or null.
SEXP call_writer(SEXP outgoing, SEXP schema, SEXP value_bytes_max) {
    struct writer *writer = allocate(sizeof *writer);
    writer->value_bytes_max = (int64_t)Rf_asReal(value_bytes_max);
    SEXP pointer = PROTECT(opened(writer, outgoing));
    if (schema != R_NilValue) {
        if (ArrowSchemaDeepCopy(reader_schema(schema), &writer->schema) != NANOARROW_OK) {
            fail("INTERNAL", NULL, 0, "a schema could not be copied");
        }
        writer->bound = writer->declared = true;
    }
    UNPROTECT(1);
    return pointer;
}

// For output parameters: these fields (from 0) of the parameters that came in.
SEXP call_writer_of_fields(SEXP outgoing, SEXP reader, SEXP indices) {
    struct writer *writer = allocate(sizeof *writer);
    writer->value_bytes_max = INT32_MAX;
    writer->parameters = writer->bound = true;
    SEXP pointer = PROTECT(opened(writer, outgoing));
    const struct ArrowSchema *all = reader_schema(reader);
    ArrowSchemaInit(&writer->schema);
    if (ArrowSchemaSetTypeStruct(&writer->schema, LENGTH(indices)) != NANOARROW_OK) {
        fail("INTERNAL", NULL, 0, "a schema could not be made");
    }
    for (int i = 0; i < LENGTH(indices); i++) {
        struct ArrowSchema *child = writer->schema.children[i];
        if (ArrowSchemaDeepCopy(all->children[INTEGER(indices)[i]], child) != NANOARROW_OK) {
            fail("INTERNAL", NULL, 0, "a schema could not be copied");
        }
    }
    UNPROTECT(1);
    return pointer;
}

// How many columns are declared; NA when that was left open.
SEXP call_writer_declared(SEXP pointer) {
    struct writer *writer = writer_of(pointer);
    return Rf_ScalarInteger(writer->bound ? (int)writer->schema.n_children : NA_INTEGER);
}

// Fixes the types of an undeclared result.
SEXP call_writer_bind(SEXP pointer, SEXP columns, SEXP names) {
    struct writer *writer = writer_of(pointer);
    ArrowSchemaInit(&writer->schema);
    if (ArrowSchemaSetTypeStruct(&writer->schema, XLENGTH(columns)) != NANOARROW_OK) {
        fail("INTERNAL", NULL, 0, "a schema could not be made");
    }
    for (R_xlen_t i = 0; i < XLENGTH(columns); i++) {
        const char *name = Rf_translateCharUTF8(STRING_ELT(names, i));
        natural_type(writer->schema.children[i], VECTOR_ELT(columns, i), name);
        if (ArrowSchemaSetName(writer->schema.children[i], name) != NANOARROW_OK) {
            fail("INTERNAL", NULL, 0, "a schema could not be made");
        }
    }
    writer->bound = true;
    return R_NilValue;
}

// ---- frames ------------------------------------------------------------------------------------

static void flush(struct writer *writer) {
    if (writer->outgoing != NULL && writer->kept.size > 0) {
        outgoing_send_together(writer->outgoing, writer->kept.data, writer->kept.size);
        writer->kept.size = 0;
    }
}

static void emit(struct writer *writer, uint8_t kind, const struct bytes *metadata, const struct bytes *body, int64_t rows,
                 int64_t dictionary) {
    size_t length = BXL_HEADER + metadata->size + body->size;
    struct bxl_header header = {.kind = kind,
                                .length = length,
                                .metadata_length = (uint32_t)metadata->size,
                                .body_length = body->size,
                                .rows = (uint64_t)rows,
                                .number = writer->frames,
                                .dictionary = dictionary,
                                .stream_length = writer->bytes};
    writer->frames++;
    writer->bytes += length;
    bool small = length <= TOGETHER_BYTES_MAX;
    if (writer->outgoing != NULL && (!small || writer->kept.size + length > TOGETHER_BYTES_MAX)) {
        flush(writer);
    }
    size_t start = writer->kept.size;
    bxl_header_write(&header, bytes_zero(&writer->kept, BXL_HEADER));
    bytes_append(&writer->kept, metadata->data, metadata->size);
    bytes_append(&writer->kept, body->data, body->size);
    if (writer->outgoing != NULL && !small) {
        outgoing_send(writer->outgoing, writer->kept.data + start, length);
        writer->kept.size = 0;
    }
}

static void start(struct writer *writer) {
    if (!writer->started) {
        struct bytes metadata = {0};
        static const struct bytes nothing;
        schema_message(&writer->schema, &metadata);
        emit(writer, BXL_SCHEMA, &metadata, &nothing, 0, 0);
        bytes_free(&metadata);
        writer->started = true;
    }
}

static void pad_body(struct bytes *body) {
    bytes_zero(body, (0 - body->size) & 63);
}

// The encoding under way. Conditions leave over it, so it belongs to nobody's stack and is used again.
static struct encoding scratch;
// That of a dictionary, which is sent before the batch that is encoded already.
static struct encoding scratch_entries;

static struct encoding *fresh(struct encoding *encoding, SEXP dictionaries) {
    encoding->body.size = encoding->nodes.size = encoding->buffers.size = 0;
    encoding->dictionaries = dictionaries;
    encoding->next_dictionary = 0;
    return encoding;
}

// ---- dictionaries ------------------------------------------------------------------------------

static void send_dictionary(struct writer *writer, const struct ArrowSchema *field, SEXP values, int64_t id) {
    struct encoding *encoding = fresh(&scratch_entries, R_NilValue);
    struct column_context context = {.name = field->name == NULL ? "" : field->name,
                                     .parameter = writer->parameters,
                                     .exact = !writer->declared && !writer->parameters,
                                     .entries = true,
                                     .value_bytes_max = writer->value_bytes_max};
    R_xlen_t count = Rf_xlength(values);
    r_to_arrow(encoding, field->dictionary, values, 0, count, &context);
    pad_body(&encoding->body);
    struct bytes metadata = {0};
    dictionary_message(encoding, count, id, &metadata);
    emit(writer, BXL_DICTIONARY, &metadata, &encoding->body, count, id);
    bytes_free(&metadata);
}

static void remember(SEXP pointer, int64_t id, SEXP values) {
    SEXP sent = R_ExternalPtrProtected(pointer);
    if (id >= XLENGTH(sent)) {
        SEXP longer = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)id + 1));
        for (R_xlen_t i = 0; i < XLENGTH(sent); i++) {
            SET_VECTOR_ELT(longer, i, VECTOR_ELT(sent, i));
        }
        R_SetExternalPtrProtected(pointer, longer);
        UNPROTECT(1);
        sent = longer;
    }
    SET_VECTOR_ELT(sent, (R_xlen_t)id, values);
}

// Sends those dictionaries of a batch that differ from the ones the peer has.
static void send_dictionaries(struct writer *writer, SEXP pointer, SEXP all) {
    for (int64_t id = 0; id < XLENGTH(all); id++) {
        SEXP values = VECTOR_ELT(all, (R_xlen_t)id);
        SEXP sent = R_ExternalPtrProtected(pointer);
        SEXP before = id < XLENGTH(sent) ? VECTOR_ELT(sent, (R_xlen_t)id) : NULL;
        // Every bit counts (1), also of what looks like a NaN (2), as negative numbers of integer64 do.
        bool known = before != NULL && (before == values || R_compute_identical(before, values, 16 | 1 | 2));
        if (!known) {
            send_dictionary(writer, field_of_dictionary(&writer->schema, id), values, id);
            remember(pointer, id, values);
        }
    }
}

// Columns whose values are looked up once for all batches.
static SEXP with_codes(const struct writer *writer, SEXP columns) {
    SEXP coded = PROTECT(Rf_shallow_duplicate(columns));
    for (int64_t i = 0; i < writer->schema.n_children; i++) {
        if (writer->schema.children[i]->dictionary != NULL) {
            SET_VECTOR_ELT(coded, (R_xlen_t)i, as_codes(writer->schema.children[i], VECTOR_ELT(columns, (R_xlen_t)i)));
        }
    }
    UNPROTECT(1);
    return coded;
}

// ---- batches -----------------------------------------------------------------------------------

static void send_batch(struct writer *writer, SEXP pointer, SEXP columns, R_xlen_t from, R_xlen_t count) {
    SEXP dictionaries = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)dictionary_count(&writer->schema)));
    struct encoding *encoding = fresh(&scratch, dictionaries);
    for (int64_t i = 0; i < writer->schema.n_children; i++) {
        const struct ArrowSchema *field = writer->schema.children[i];
        struct column_context context = {.name = field->name == NULL ? "" : field->name,
                                         .row = (int64_t)writer->rows,
                                         .parameter = writer->parameters,
                                         .exact = !writer->declared && !writer->parameters,
                                         .value_bytes_max = writer->value_bytes_max};
        r_to_arrow(encoding, field, VECTOR_ELT(columns, i), from, count, &context);
    }
    if (encoding->body.size > BATCH_BYTES_MAX && count > 1) {
        R_xlen_t half = count / 2;
        UNPROTECT(1);
        send_batch(writer, pointer, columns, from, half);
        send_batch(writer, pointer, columns, from + half, count - half);
        return;
    }
    send_dictionaries(writer, pointer, dictionaries);
    UNPROTECT(1);
    pad_body(&encoding->body);
    struct bytes metadata = {0};
    batch_message(encoding, count, &metadata);
    emit(writer, BXL_BATCH, &metadata, &encoding->body, count, 0);
    bytes_free(&metadata);
    writer->rows += (uint64_t)count;
}

// What a row takes, by the look of the first ones.
static size_t width_of(SEXP column) {
    switch (TYPEOF(column)) {
    case LGLSXP:
        return 1;
    case INTSXP:
        return 4;
    case STRSXP: {
        R_xlen_t count = XLENGTH(column) < SAMPLE_ROWS ? XLENGTH(column) : SAMPLE_ROWS;
        size_t bytes = 0;
        for (R_xlen_t i = 0; i < count; i++) {
            bytes += (size_t)LENGTH(STRING_ELT(column, i));
        }
        return 4 + (count == 0 ? 0 : bytes / (size_t)count);
    }
    default:
        return 8;
    }
}

SEXP call_writer_write(SEXP pointer, SEXP columns, SEXP rows) {
    struct writer *writer = writer_of(pointer);
    R_xlen_t count = (R_xlen_t)Rf_asReal(rows);
    start(writer);
    if (count == 0) {
        return R_NilValue;
    }
    columns = PROTECT(with_codes(writer, columns));
    size_t width = 1;
    for (R_xlen_t i = 0; i < XLENGTH(columns); i++) {
        width += width_of(VECTOR_ELT(columns, i));
    }
    R_xlen_t step = (R_xlen_t)(BATCH_BYTES_MAX / width);
    step = step < 1 ? 1 : step > BATCH_ROWS_MAX ? BATCH_ROWS_MAX : step;
    for (R_xlen_t from = 0; from < count; from += step) {
        R_CheckUserInterrupt();
        send_batch(writer, pointer, columns, from, count - from < step ? count - from : step);
    }
    UNPROTECT(1);
    return R_NilValue;
}

SEXP call_writer_flush(SEXP pointer) {
    flush(writer_of(pointer));
    return R_NilValue;
}

// Ends the stream; a result that was never assigned is an empty one.
SEXP call_writer_finish(SEXP pointer) {
    struct writer *writer = writer_of(pointer);
    static const struct bytes nothing;
    if (!writer->bound) {
        ArrowSchemaInit(&writer->schema);
        if (ArrowSchemaSetTypeStruct(&writer->schema, 0) != NANOARROW_OK) {
            fail("INTERNAL", NULL, 0, "a schema could not be made");
        }
        writer->bound = true;
    }
    start(writer);
    emit(writer, BXL_END, &nothing, &nothing, (int64_t)writer->rows, 0);
    flush(writer);
    return R_NilValue;
}

// Frames, rows and bytes that were sent.
SEXP call_writer_totals(SEXP pointer) {
    struct writer *writer = writer_of(pointer);
    SEXP totals = Rf_allocVector(REALSXP, 3);
    REAL(totals)[0] = (double)writer->frames;
    REAL(totals)[1] = (double)writer->rows;
    REAL(totals)[2] = (double)writer->bytes;
    return totals;
}

// All frames of a writer that sends nowhere.
SEXP call_writer_bytes(SEXP pointer) {
    struct writer *writer = writer_of(pointer);
    SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)writer->kept.size);
    if (writer->kept.size > 0) {
        memcpy(RAW(raw), writer->kept.data, writer->kept.size);
    }
    return raw;
}
