// SPDX-License-Identifier: Apache-2.0
//
// nanoarrow, and what both directions of the conversion share.

#ifndef LAUNCHPAD_ARROW_H
#define LAUNCHPAD_ARROW_H

#include "bytes.h"
#include "nanoarrow/nanoarrow_ipc.h"

#include <Rinternals.h>
#include <stdbool.h>

// A type as conversions tell them apart: storage and extension together.
enum kind {
    KIND_NULL,
    KIND_BOOL,
    KIND_INTEGER, // any of Arrow's
    KIND_FLOAT,
    KIND_DOUBLE,
    KIND_DECIMAL,
    KIND_TEXT,
    KIND_BINARY,
    KIND_UUID,
    KIND_DATE,
    KIND_TIME,
    KIND_TIMESTAMP,
    KIND_DURATION,
    KIND_INTERVAL,
    KIND_DATETIME2,      // launchpad.datetime2
    KIND_DATETIMEOFFSET, // launchpad.datetimeoffset
    KIND_TIME_TICKS,     // launchpad.time
    KIND_LIST,           // list, large list, fixed-size list
    KIND_MAP,
    KIND_STRUCT,
    KIND_DICTIONARY,
    KIND_UNSUPPORTED,
};

struct type {
    enum kind kind;
    enum ArrowType storage;
    int digits; // of the second, for times
    int32_t precision;
    int32_t scale;
    int32_t bits; // of decimals
    int32_t fixed_size;
    const char *timezone; // empty: none
    bool nullable;
    bool ordered;
};

// The type of a field. Leaves by an R condition where it cannot be read.
struct type type_of(const struct ArrowSchema *schema);
// The kind of its values as compat.R tells them apart.
const char *kind_name(const struct ArrowSchema *schema);
// As an error calls it: as it was declared in SQL, else as Arrow does.
const char *type_name(const struct ArrowSchema *schema, char *buffer, size_t size);

// Rows of a column that may lie in several batches.
struct piece {
    const struct ArrowArrayView *view;
    int64_t from;
    int64_t count;
};

// The column as an R vector that holds every value exactly.
SEXP arrow_to_r(const struct ArrowSchema *schema, const struct piece *pieces, int count);

// ---- R vectors as Arrow

struct field_node {
    int64_t length;
    int64_t nulls;
};

struct buffer_place {
    int64_t offset;
    int64_t length;
};

// A batch as it is made: its columns' nodes and buffers, depth first, and the buffers' bytes.
struct encoding {
    struct bytes body;
    struct bytes nodes;   // of struct field_node
    struct bytes buffers; // of struct buffer_place
    // A list with room for the entries of each dictionary, and the id of the next one met, depth first.
    SEXP dictionaries;
    int64_t next_dictionary;
};

// What a column belongs to, for errors.
struct column_context {
    const char *name;
    int64_t row; // rows of the output before the first of these
    bool parameter;
    bool exact;   // nobody has asked for the type: what it would round does not fit
    bool entries; // of a dictionary: their numbers are no rows
    int64_t value_bytes_max;
    // Of the elements of lists: the column of the lists, and behind which element each of these ends.
    const struct column_context *above;
    const int64_t *ends;
};

// The row of the output that a value belongs to, from 1; 0 when it belongs to none.
int64_t row_number(const struct column_context *context, R_xlen_t row);

// Rows `from` … of a vector as a column of this field's type. Leaves by an R condition when a value does not fit.
void r_to_arrow(struct encoding *out, const struct ArrowSchema *field, SEXP vector, R_xlen_t from, R_xlen_t count,
                const struct column_context *context);
// Sets the type of the field that holds every value of the vector as it is.
void natural_type(struct ArrowSchema *field, SEXP vector, const char *column);
// A vector as codes over the values of its dictionary: itself when it is a factor.
SEXP as_codes(const struct ArrowSchema *field, SEXP vector);

// The Message flatbuffers of the frames. `metadata` gets the encapsulated message, padded to 64 bytes.
void schema_message(const struct ArrowSchema *schema, struct bytes *metadata);
void batch_message(const struct encoding *batch, int64_t rows, struct bytes *metadata);
void dictionary_message(const struct encoding *batch, int64_t rows, int64_t id, struct bytes *metadata);

// Days from 0001-01-01, in ticks of 100 ns.
#define TICKS_TO_EPOCH ((int64_t)719162 * 86400 * 10000000)

// Refuses what Arrow allows and BXL does not; leaves by an R condition.
void schema_check(const struct ArrowSchema *schema);
// What nanoarrow's own validation does not look at: UTF-8.
void column_check(const struct ArrowSchema *schema, const struct ArrowArrayView *view);
bool is_utf8(const void *data, size_t size);
// Whether two values are the same one: NULL is NULL, NaN is NaN. For partitions.
bool rows_equal(const struct ArrowSchema *schema, const struct ArrowArrayView *a, int64_t row_a,
                const struct ArrowArrayView *b, int64_t row_b);
// What is wrong with the nodes and buffers of a batch or dictionary whose flatbuffer has been verified; null when nothing is.
const char *batch_check(const uint8_t *metadata, bool dictionary, const struct ArrowSchema *const *columns, int64_t count,
                        int64_t body);
const char *nulls_check(const struct ArrowArrayView *view, int64_t rows);
// How many dictionaries there are at and below the children of a field.
int64_t dictionary_count(const struct ArrowSchema *parent);
// The field with the dictionary of this id, which counts them depth first.
const struct ArrowSchema *field_of_dictionary(const struct ArrowSchema *parent, int64_t id);
// The schema of a reader, waiting for it.
const struct ArrowSchema *reader_schema(SEXP reader);

SEXP make_class(const char *const *names);
SEXP slice(SEXP vector, R_xlen_t from, R_xlen_t count);

#endif
