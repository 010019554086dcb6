// SPDX-License-Identifier: Apache-2.0
//
// A BXL stream, read batch by batch: nanoarrow decodes and checks, batches stay in the memory they were received in until
// their rows are taken.

#include "arrow.h"
#include "bxl.h"
#include "calls.h"
#include "channel.h"

#include <stdlib.h>
#include <string.h>

struct batch {
    struct batch *next;
    struct ArrowArray array;
    struct ArrowArrayView view;
    int64_t rows;
    int64_t taken;
};

struct reader {
    struct incoming *incoming; // null: all is in `at`
    const uint8_t *at;
    size_t left;
    struct ArrowIpcDecoder decoder;
    struct ArrowSchema schema;
    struct ArrowIpcDictionaryEncodings encodings;
    struct ArrowIpcDictionaries dictionaries;
    bool started;
    bool ended;
    uint64_t frames;
    uint64_t rows;
    uint64_t bytes;
    struct batch *first;
    struct batch *last;
    int64_t pending;
};

static _Noreturn void malformed(const char *problem, const char *detail) {
    bool unsupported = strncmp(problem, "UNSUPPORTED", 11) == 0;
    fail(unsupported ? "TYPE_UNSUPPORTED" : "PROTOCOL_VIOLATION", NULL, 0, "a BXL stream cannot be read: %s%s%s", problem,
         *detail == '\0' ? "" : ": ", detail);
}

static void check(ArrowErrorCode result, const char *code, const struct ArrowError *error) {
    if (result != NANOARROW_OK) {
        malformed(result == ENOTSUP ? "UNSUPPORTED" : code, error->message);
    }
}

static struct reader *reader_of(SEXP pointer) {
    return R_ExternalPtrAddr(pointer);
}

static void batch_free(struct batch *batch) {
    ArrowArrayViewReset(&batch->view);
    if (batch->array.release != NULL) {
        ArrowArrayRelease(&batch->array);
    }
    free(batch);
}

static void finalize(SEXP pointer) {
    struct reader *reader = reader_of(pointer);
    if (reader == NULL) {
        return;
    }
    while (reader->first != NULL) {
        struct batch *batch = reader->first;
        reader->first = batch->next;
        batch_free(batch);
    }
    if (reader->started) {
        ArrowIpcDictionariesReset(&reader->dictionaries);
        ArrowIpcDictionaryEncodingsReset(&reader->encodings);
    }
    if (reader->schema.release != NULL) {
        ArrowSchemaRelease(&reader->schema);
    }
    ArrowIpcDecoderReset(&reader->decoder);
    free(reader);
    R_ClearExternalPtr(pointer);
}

static SEXP opened(struct reader *reader, SEXP keep) {
    if (ArrowIpcDecoderInit(&reader->decoder) != NANOARROW_OK) {
        fail("INTERNAL", NULL, 0, "nanoarrow's decoder cannot be made");
    }
    SEXP pointer = PROTECT(R_MakeExternalPtr(reader, Rf_install("launchpad_reader"), keep));
    R_RegisterCFinalizer(pointer, finalize);
    UNPROTECT(1);
    return pointer;
}

SEXP call_reader_of_stream(SEXP incoming) {
    struct reader *reader = allocate(sizeof *reader);
    reader->incoming = incoming_of(incoming);
    return opened(reader, incoming);
}

SEXP call_reader_of_bytes(SEXP bytes) {
    struct reader *reader = allocate(sizeof *reader);
    reader->at = RAW(bytes);
    reader->left = (size_t)XLENGTH(bytes);
    return opened(reader, bytes);
}

// ---- frames ------------------------------------------------------------------------------------

// A frame given as bytes is copied, because its batch may outlive them.
static struct received_frame *frame_from_bytes(struct reader *reader) {
    struct bxl_header header;
    if (reader->left == 0) {
        return NULL;
    }
    const char *problem = bxl_header_read(reader->at, reader->left, &header);
    if (problem != NULL) {
        malformed(problem, "");
    }
    struct received_frame *frame = allocate(sizeof *frame);
    void *memory = NULL;
    if (posix_memalign(&memory, 64, header.length) != 0) {
        fail("INTERNAL", NULL, 0, "out of memory");
    }
    memcpy(memory, reader->at, header.length);
    *frame = (struct received_frame){NULL, memory, header.length};
    reader->at += header.length;
    reader->left -= header.length;
    return frame;
}

static void free_frame_memory(struct ArrowBufferAllocator *allocator, uint8_t *data, int64_t size) {
    (void)data;
    (void)size;
    received_free(allocator->private_data);
}

static void read_schema(struct reader *reader, struct ArrowBufferView metadata) {
    struct ArrowError error = {0};
    check(ArrowIpcDecoderVerifyHeader(&reader->decoder, metadata, &error), "BAD_METADATA", &error);
    check(ArrowIpcDecoderDecodeHeader(&reader->decoder, metadata, &error), "BAD_METADATA", &error);
    if (reader->decoder.message_type != NANOARROW_IPC_MESSAGE_TYPE_SCHEMA) {
        malformed("BAD_METADATA", "the message is not a schema");
    }
    ArrowIpcDictionaryEncodingsInit(&reader->encodings);
    check(ArrowIpcDecoderDecodeSchemaWithDictionaries(&reader->decoder, &reader->schema, &reader->encodings, &error),
          "BAD_SCHEMA", &error);
    check(ArrowIpcDecoderSetSchemaWithDictionaries(&reader->decoder, &reader->schema, &reader->encodings, &error),
          "BAD_SCHEMA", &error);
    check(ArrowIpcDecoderSetEndianness(&reader->decoder, reader->decoder.endianness), "BAD_SCHEMA", &error);
    check(ArrowIpcDictionariesInit(&reader->dictionaries, &reader->encodings, &error), "BAD_SCHEMA", &error);
    reader->started = true;
    schema_check(&reader->schema);
}

static const struct ArrowSchema *dictionary_field(const struct ArrowIpcDictionaryEncodings *encodings, int64_t id) {
    const struct ArrowIpcDictionaryEncoding *encoding = ArrowIpcDictionaryEncodingsFindById(encodings, id);
    return encoding == NULL || encoding->schema == NULL ? NULL : encoding->schema->dictionary;
}

static void check_nodes(struct reader *reader, const struct bxl_header *header, const struct received_frame *frame) {
    bool dictionary = header->kind == BXL_DICTIONARY;
    const struct ArrowSchema *one = dictionary ? dictionary_field(&reader->encodings, header->dictionary) : NULL;
    if (dictionary && one == NULL) {
        malformed("BAD_DICTIONARY", "no field has this dictionary");
    }
    const char *problem =
        batch_check(frame->data + BXL_HEADER, dictionary,
                    dictionary ? &one : (const struct ArrowSchema *const *)reader->schema.children,
                    dictionary ? 1 : reader->schema.n_children, (int64_t)header->body_length);
    if (problem != NULL) {
        malformed(problem, "");
    }
}

// Every dictionary that the schema names must be there before a batch, also when no entry of it is referred to.
static void check_defined(struct reader *reader) {
    struct ArrowBuffer ids;
    struct ArrowError error = {0};
    ArrowBufferInit(&ids);
    check(ArrowIpcDictionaryEncodingsUniqueIds(&reader->encodings, &ids), "INTERNAL", &error);
    bool defined = true;
    for (int64_t i = 0; i < ids.size_bytes / 8; i++) {
        const struct ArrowArray *value = NULL;
        check(ArrowIpcDictionariesFindCurrentValue(&reader->dictionaries, ((const int64_t *)(const void *)ids.data)[i], &value,
                                                   &error),
              "BAD_DICTIONARY", &error);
        defined = defined && value->release != NULL;
    }
    ArrowBufferReset(&ids);
    if (!defined) {
        malformed("BAD_DICTIONARY", "a dictionary is not defined before the first batch");
    }
}

static void read_body(struct reader *reader, const struct bxl_header *header, struct received_frame *frame) {
    struct ArrowError error = {0};
    struct ArrowBufferView metadata = {{frame->data + BXL_HEADER}, header->metadata_length};
    check(ArrowIpcDecoderVerifyHeader(&reader->decoder, metadata, &error), "BAD_METADATA", &error);
    bool batch = header->kind == BXL_BATCH;
    if (reader->decoder.message_type !=
        (batch ? NANOARROW_IPC_MESSAGE_TYPE_RECORD_BATCH : NANOARROW_IPC_MESSAGE_TYPE_DICTIONARY_BATCH)) {
        malformed("BAD_METADATA", "the message is not what the frame's header says");
    }
    check_nodes(reader, header, frame);
    check(ArrowIpcDecoderDecodeHeader(&reader->decoder, metadata, &error), "BAD_METADATA", &error);
    if (reader->decoder.body_size_bytes != (int64_t)header->body_length) {
        malformed("BAD_COUNT", "the message's body is not as long as the header says");
    }
    if (batch) {
        check_defined(reader);
    }
    // The arrays refer to the frame's own memory, and free it when the last of them is released.
    struct ArrowBuffer body;
    ArrowBufferInit(&body);
    body.data = frame->data + BXL_HEADER + header->metadata_length;
    body.size_bytes = body.capacity_bytes = (int64_t)header->body_length;
    body.allocator = ArrowBufferDeallocator(free_frame_memory, frame);
    struct ArrowBuffer shared;
    check(ArrowSharedBufferInit(&shared, &body), "INTERNAL", &error);
    if (batch) {
        struct batch *item = allocate(sizeof *item);
        check(ArrowIpcDecoderDecodeArrayFromSharedWithDictionaries(&reader->decoder, &shared, -1, &reader->dictionaries,
                                                                   &item->array, NANOARROW_VALIDATION_LEVEL_FULL, &error),
              "BAD_BUFFER", &error);
        check(ArrowArrayViewInitFromSchema(&item->view, &reader->schema, &error), "BAD_SCHEMA", &error);
        check(ArrowArrayViewSetArray(&item->view, &item->array, &error), "BAD_BUFFER", &error);
        check(ArrowArrayViewValidate(&item->view, NANOARROW_VALIDATION_LEVEL_FULL, &error), "BAD_BUFFER", &error);
        item->rows = (int64_t)header->rows;
        if (item->array.length != item->rows) {
            malformed("BAD_COUNT", "the batch does not have the rows its header states");
        }
        for (int64_t i = 0; i < reader->schema.n_children; i++) {
            const char *problem = nulls_check(item->view.children[i], item->rows);
            if (problem != NULL || item->view.children[i]->length != item->rows) {
                malformed(problem != NULL ? problem : "BAD_COUNT: a column is longer than its batch", "");
            }
            column_check(reader->schema.children[i], item->view.children[i]);
        }
        if (reader->last == NULL) {
            reader->first = item;
        } else {
            reader->last->next = item;
        }
        reader->last = item;
        reader->rows += header->rows;
        reader->pending += item->rows;
    } else {
        if (reader->decoder.dictionary == NULL || reader->decoder.dictionary->id != header->dictionary) {
            malformed("BAD_HEADER", "the dictionary's id differs from the header's");
        }
        if (reader->decoder.dictionary->is_delta) {
            malformed("UNSUPPORTED", "a delta dictionary");
        }
        check(ArrowIpcDecoderDecodeDictionaryFromShared(&reader->decoder, &shared, NANOARROW_VALIDATION_LEVEL_FULL,
                                                        &reader->dictionaries, &error),
              "BAD_DICTIONARY", &error);
    }
    ArrowBufferReset(&shared);
}

// Reads one frame. False at the end of the stream.
static bool step(struct reader *reader) {
    if (reader->ended) {
        return false;
    }
    struct received_frame *frame = reader->incoming == NULL ? frame_from_bytes(reader) : incoming_take(reader->incoming);
    if (frame == NULL) {
        malformed("TRUNCATED", "the stream has no end frame");
    }
    struct bxl_header header;
    const char *problem = bxl_header_read(frame->data, frame->size, &header);
    if (problem == NULL && (header.number != reader->frames || header.stream_length != reader->bytes)) {
        problem = "BAD_SEQUENCE: frame number or stream length is not the next one";
    }
    if (problem == NULL && (header.kind == BXL_SCHEMA) == reader->started) {
        problem = "BAD_ORDER: a schema comes first and once";
    }
    if (problem == NULL && header.kind == BXL_END && header.rows != reader->rows) {
        problem = "BAD_COUNT: the end frame states other totals";
    }
    if (problem != NULL) {
        malformed(problem, "");
    }
    reader->frames++;
    reader->bytes += header.length;
    switch (header.kind) {
    case BXL_SCHEMA:
        read_schema(reader, (struct ArrowBufferView){{frame->data + BXL_HEADER}, header.metadata_length});
        received_free(frame);
        break;
    case BXL_END:
        reader->ended = true;
        received_free(frame);
        if (reader->incoming == NULL && reader->left > 0) {
            malformed("BAD_ORDER", "something follows the end frame");
        }
        break;
    default:
        read_body(reader, &header, frame);
    }
    return true;
}

// ---- from R ------------------------------------------------------------------------------------

// The names of the columns and their directions as parameters.
SEXP call_reader_fields(SEXP pointer) {
    struct reader *reader = reader_of(pointer);
    while (!reader->started) {
        step(reader);
    }
    R_xlen_t count = (R_xlen_t)reader->schema.n_children;
    SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
    SEXP directions = PROTECT(Rf_allocVector(STRSXP, count));
    SEXP kinds = PROTECT(Rf_allocVector(STRSXP, count));
    SEXP types = PROTECT(Rf_allocVector(STRSXP, count));
    for (R_xlen_t i = 0; i < count; i++) {
        const struct ArrowSchema *field = reader->schema.children[i];
        struct ArrowStringView direction = ArrowCharView("in");
        (void)ArrowMetadataGetValue(field->metadata, ArrowCharView("launchpad:direction"), &direction);
        SET_STRING_ELT(names, i, Rf_mkCharCE(field->name == NULL ? "" : field->name, CE_UTF8));
        SET_STRING_ELT(directions, i, Rf_mkCharLenCE(direction.data, (int)direction.size_bytes, CE_UTF8));
        char type[128];
        SET_STRING_ELT(kinds, i, Rf_mkChar(kind_name(field)));
        SET_STRING_ELT(types, i, Rf_mkCharCE(type_name(field, type, sizeof type), CE_UTF8));
    }
    SEXP result = PROTECT(Rf_allocVector(VECSXP, 4));
    SET_VECTOR_ELT(result, 0, names);
    SET_VECTOR_ELT(result, 1, directions);
    SET_VECTOR_ELT(result, 2, kinds);
    SET_VECTOR_ELT(result, 3, types);
    UNPROTECT(5);
    return result;
}

// Reads until so many rows are there, or the stream has ended. How many rows are there.
SEXP call_reader_fill(SEXP pointer, SEXP rows) {
    struct reader *reader = reader_of(pointer);
    double wanted = Rf_asReal(rows);
    while ((!reader->started || (double)reader->pending < wanted) && step(reader)) {
    }
    return Rf_ScalarReal((double)reader->pending);
}

SEXP call_reader_ended(SEXP pointer) {
    struct reader *reader = reader_of(pointer);
    return Rf_ScalarLogical(reader->ended && reader->pending == 0);
}

static void drop_taken(struct reader *reader) {
    while (reader->first != NULL && reader->first->taken == reader->first->rows) {
        struct batch *batch = reader->first;
        reader->first = batch->next;
        reader->last = reader->first == NULL ? NULL : reader->last;
        batch_free(batch);
    }
}

// So many rows that are there, as a list of columns.
SEXP call_reader_take(SEXP pointer, SEXP rows) {
    struct reader *reader = reader_of(pointer);
    int64_t wanted = (int64_t)Rf_asReal(rows);
    int count = 0;
    for (struct batch *batch = reader->first; batch != NULL; batch = batch->next) {
        count++;
    }
    struct piece *pieces = (struct piece *)R_alloc((size_t)count + 1, sizeof *pieces);
    int64_t *starts = (int64_t *)R_alloc((size_t)count + 1, sizeof *starts);
    const struct batch **batches = (const struct batch **)R_alloc((size_t)count + 1, sizeof *batches);
    int used = 0;
    for (struct batch *batch = reader->first; batch != NULL && wanted > 0; batch = batch->next) {
        int64_t take = batch->rows - batch->taken;
        take = take < wanted ? take : wanted;
        if (take > 0) {
            starts[used] = batch->taken;
            batches[used] = batch;
            pieces[used++].count = take;
        }
        batch->taken += take;
        wanted -= take;
        reader->pending -= take;
    }
    R_xlen_t columns = (R_xlen_t)reader->schema.n_children;
    SEXP result = PROTECT(Rf_allocVector(VECSXP, columns));
    for (R_xlen_t column = 0; column < columns; column++) {
        for (int i = 0; i < used; i++) {
            pieces[i].view = batches[i]->view.children[column];
            pieces[i].from = starts[i];
        }
        SET_VECTOR_ELT(result, column, arrow_to_r(reader->schema.children[column], pieces, used));
    }
    drop_taken(reader);
    UNPROTECT(1);
    return result;
}

// How many of the next rows have equal values in these columns (from 0); reads on while they all do.
SEXP call_reader_run(SEXP pointer, SEXP columns) {
    struct reader *reader = reader_of(pointer);
    int keys = LENGTH(columns);
    int64_t run = 0;
    const struct batch *head = NULL;
    int64_t head_row = 0;
    const struct batch *batch = NULL;
    for (;;) {
        const struct batch *next = batch == NULL ? reader->first : batch->next;
        if (next == NULL) {
            if (!step(reader)) {
                break;
            }
            continue;
        }
        batch = next;
        for (int64_t row = batch->taken; row < batch->rows; row++, run++) {
            if (head == NULL) {
                head = batch;
                head_row = row;
            }
            for (int k = 0; k < keys; k++) {
                int column = INTEGER(columns)[k];
                if (!rows_equal(reader->schema.children[column], head->view.children[column], head_row,
                                batch->view.children[column], row)) {
                    return Rf_ScalarReal((double)run);
                }
            }
        }
    }
    return Rf_ScalarReal((double)run);
}

const struct ArrowSchema *reader_schema(SEXP pointer) {
    struct reader *reader = reader_of(pointer);
    while (!reader->started) {
        step(reader);
    }
    return &reader->schema;
}
