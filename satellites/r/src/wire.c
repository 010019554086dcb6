// SPDX-License-Identifier: Apache-2.0

#include "wire.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5 };

void wire_varint(struct bytes *out, uint64_t value) {
    uint8_t encoded[10];
    size_t size = 0;
    do {
        encoded[size++] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value > 0);
    bytes_append(out, encoded, size);
}

static void tag(struct bytes *out, int field, int type) {
    wire_varint(out, (uint64_t)field << 3 | (uint64_t)type);
}

void wire_uint(struct bytes *out, int field, uint64_t value) {
    if (value != 0) {
        tag(out, field, VARINT);
        wire_varint(out, value);
    }
}

void wire_bytes(struct bytes *out, int field, const void *data, size_t size) {
    tag(out, field, DELIMITED);
    wire_varint(out, size);
    bytes_append(out, data, size);
}

static bool read_varint(struct wire_reader *reader, uint64_t *value) {
    *value = 0;
    for (int shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        uint8_t byte = *reader->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            return true;
        }
    }
    return false;
}

static bool skip(struct wire_reader *reader, size_t count) {
    if ((size_t)(reader->end - reader->at) < count) {
        return false;
    }
    reader->at += count;
    return true;
}

bool wire_next(struct wire_reader *reader, struct wire_field *field) {
    uint64_t key;
    if (reader->at == reader->end) {
        return false;
    }
    *field = (struct wire_field){0};
    bool good = read_varint(reader, &key);
    field->number = (int)(key >> 3);
    field->type = (int)(key & 7);
    if (good) {
        switch (field->type) {
        case VARINT:
            good = read_varint(reader, &field->value);
            break;
        case FIXED64:
            good = skip(reader, 8);
            break;
        case FIXED32:
            good = skip(reader, 4);
            break;
        case DELIMITED:
            good = read_varint(reader, &field->value) && field->value <= (uint64_t)(reader->end - reader->at);
            if (good) {
                field->data = reader->at;
                field->size = (size_t)field->value;
                reader->at += field->size;
            }
            break;
        default:
            good = false;
        }
    }
    reader->malformed = !good;
    return good;
}

// ---- messages as tables ------------------------------------------------------------------------

enum kind { TEXT, BYTES, UINT, OPTIONAL_INT, MESSAGE, TEXTS, MESSAGES, TEXT_MAP };

struct field_def {
    int number;
    const char *name;
    enum kind kind;
    const struct message_def *message;
};

struct message_def {
    const char *name;
    const struct field_def *fields;
    int count;
};

#define MESSAGE_DEF(variable, title, ...)                                                                            \
    static const struct field_def variable##_fields[] = {__VA_ARGS__};                                               \
    static const struct message_def variable = {title, variable##_fields,                                            \
                                                (int)(sizeof variable##_fields / sizeof *variable##_fields)}

MESSAGE_DEF(content, "Content", {1, "inline", BYTES, NULL}, {2, "stream", UINT, NULL});
MESSAGE_DEF(named_input, "NamedInput", {1, "name", TEXT, NULL}, {2, "stream", UINT, NULL});
MESSAGE_DEF(named_output, "NamedOutput", {1, "name", TEXT, NULL}, {2, "stream", UINT, NULL},
            {3, "schema", MESSAGE, &content});
MESSAGE_DEF(request_limits, "RequestLimits", {1, "memory_bytes", UINT, NULL}, {2, "cpu_us", UINT, NULL},
            {3, "output_rows", UINT, NULL}, {4, "output_bytes", UINT, NULL}, {5, "print_bytes", UINT, NULL},
            {6, "value_bytes", UINT, NULL});
MESSAGE_DEF(execute, "Execute", {1, "request_id", TEXT, NULL}, {2, "task", UINT, NULL}, {3, "tasks", UINT, NULL},
            {4, "principal", TEXT, NULL}, {5, "language", TEXT, NULL}, {6, "runtime", TEXT, NULL},
            {7, "resource_pool", TEXT, NULL}, {8, "script", MESSAGE, &content}, {9, "inputs", MESSAGES, &named_input},
            {10, "input_name", TEXT, NULL}, {11, "outputs", MESSAGES, &named_output},
            {12, "parameters", MESSAGE, &content}, {13, "output_parameters_stream", UINT, NULL},
            {14, "rows_per_read", UINT, NULL}, {15, "partition_columns", TEXTS, NULL}, {16, "deadline_ms", UINT, NULL},
            {17, "grace_ms", UINT, NULL}, {18, "time_zone", TEXT, NULL}, {19, "labels", TEXT_MAP, NULL},
            {20, "traceparent", TEXT, NULL}, {21, "limits", MESSAGE, &request_limits}, {23, "input_format", TEXT, NULL},
            {24, "engine_id", TEXT, NULL}, {25, "session_id", TEXT, NULL}, {26, "type_mapping", TEXT, NULL});
MESSAGE_DEF(hello, "Hello", {1, "version_min", UINT, NULL}, {2, "version_max", UINT, NULL}, {3, "role", UINT, NULL},
            {4, "software", TEXT, NULL}, {5, "capabilities", TEXTS, NULL}, {6, "initial_credit", UINT, NULL},
            {7, "nonce", BYTES, NULL}, {8, "languages", TEXTS, NULL}, {9, "runtime", TEXT, NULL},
            {10, "tzdata", TEXT, NULL});
MESSAGE_DEF(welcome, "Welcome", {1, "version", UINT, NULL}, {2, "role", UINT, NULL}, {3, "software", TEXT, NULL},
            {4, "capabilities", TEXTS, NULL}, {5, "initial_credit", UINT, NULL}, {6, "nonce", BYTES, NULL},
            {7, "auth", UINT, NULL}, {8, "launchpad_id", TEXT, NULL}, {9, "tzdata", TEXT, NULL});
MESSAGE_DEF(authenticated, "Authenticated", {1, "engine_id", TEXT, NULL}, {2, "proof", BYTES, NULL},
            {3, "languages", TEXTS, NULL}, {4, "runtimes", TEXTS, NULL});
MESSAGE_DEF(started, "Started", {1, "session_id", TEXT, NULL}, {3, "runtime", TEXT, NULL});
MESSAGE_DEF(stream_total, "StreamTotal", {1, "stream", UINT, NULL}, {2, "frames", UINT, NULL}, {3, "rows", UINT, NULL},
            {4, "bytes", UINT, NULL});
MESSAGE_DEF(times, "Times", {3, "start_us", UINT, NULL}, {4, "run_us", UINT, NULL});
MESSAGE_DEF(usage, "Usage", {1, "cpu_user_us", UINT, NULL}, {2, "cpu_system_us", UINT, NULL},
            {3, "memory_peak_bytes", UINT, NULL}, {4, "page_faults_minor", UINT, NULL},
            {5, "page_faults_major", UINT, NULL});
MESSAGE_DEF(completed, "Completed", {1, "outputs", MESSAGES, &stream_total}, {2, "times", MESSAGE, &times},
            {4, "advisory", MESSAGE, &usage}, {5, "runs", UINT, NULL});
MESSAGE_DEF(trace_frame, "TraceFrame", {1, "file", TEXT, NULL}, {2, "line", UINT, NULL}, {3, "function", TEXT, NULL},
            {4, "source", TEXT, NULL});
extern const struct message_def trace;
static const struct field_def trace_fields[] = {{1, "exception_class", TEXT, NULL},
                                                {2, "message", TEXT, NULL},
                                                {3, "frames", MESSAGES, &trace_frame},
                                                {4, "cause", MESSAGE, &trace},
                                                {5, "cause_is_context", UINT, NULL}};
const struct message_def trace = {"Trace", trace_fields, 5};
MESSAGE_DEF(limit_hit, "LimitHit", {1, "name", TEXT, NULL}, {2, "value", UINT, NULL}, {4, "usage", UINT, NULL});
MESSAGE_DEF(error_def, "Error", {1, "number", UINT, NULL}, {2, "code", TEXT, NULL}, {3, "category", UINT, NULL},
            {4, "message", TEXT, NULL}, {6, "exception_class", TEXT, NULL}, {7, "trace", MESSAGE, &trace},
            {8, "traceback_text", TEXT, NULL}, {9, "exit_status", OPTIONAL_INT, NULL},
            {11, "limit", MESSAGE, &limit_hit}, {12, "stdout_tail", BYTES, NULL}, {13, "stderr_tail", BYTES, NULL},
            {14, "column", TEXT, NULL}, {15, "row", UINT, NULL});
MESSAGE_DEF(failed, "Failed", {1, "error", MESSAGE, &error_def}, {2, "times", MESSAGE, &times});
MESSAGE_DEF(refused, "Refused", {1, "error", MESSAGE, &error_def});
MESSAGE_DEF(cancelled, "Cancelled", {1, "reason", TEXT, NULL}, {2, "forced", UINT, NULL}, {3, "times", MESSAGE, &times});

static const struct message_def *const MESSAGES_KNOWN[] = {
    &execute, &hello, &welcome, &authenticated, &started, &completed, &failed, &refused, &cancelled};

const struct message_def *message_named(const char *name) {
    for (size_t i = 0; i < sizeof MESSAGES_KNOWN / sizeof *MESSAGES_KNOWN; i++) {
        if (strcmp(MESSAGES_KNOWN[i]->name, name) == 0) {
            return MESSAGES_KNOWN[i];
        }
    }
    Rf_error("no message '%s'", name);
}

static int index_of(const struct message_def *def, int number) {
    for (int i = 0; i < def->count; i++) {
        if (def->fields[i].number == number) {
            return i;
        }
    }
    return -1;
}

static SEXP default_of(const struct field_def *field) {
    switch (field->kind) {
    case TEXT:
        return Rf_mkString("");
    case UINT:
        return Rf_ScalarReal(0);
    case TEXTS:
    case TEXT_MAP:
        return Rf_allocVector(STRSXP, 0);
    case MESSAGES:
        return Rf_allocVector(VECSXP, 0);
    default:
        return R_NilValue;
    }
}

static SEXP text_of(const uint8_t *data, size_t size) {
    // R's strings end at a zero byte; a name with one is told as it would be printed.
    size_t length = 0;
    while (length < size && data[length] != 0) {
        length++;
    }
    return Rf_mkCharLenCE((const char *)data, (int)length, CE_UTF8);
}

static SEXP appended(SEXP old, SEXPTYPE type, SEXP item) {
    PROTECT(item);
    PROTECT(old);
    R_xlen_t count = XLENGTH(old);
    SEXP longer = PROTECT(Rf_allocVector(type, count + 1));
    for (R_xlen_t i = 0; i < count; i++) {
        if (type == STRSXP) {
            SET_STRING_ELT(longer, i, STRING_ELT(old, i));
        } else {
            SET_VECTOR_ELT(longer, i, VECTOR_ELT(old, i));
        }
    }
    if (type == STRSXP) {
        SET_STRING_ELT(longer, count, item);
    } else {
        SET_VECTOR_ELT(longer, count, item);
    }
    UNPROTECT(3);
    return longer;
}

static SEXP map_with(SEXP old, const struct wire_field *entry) {
    struct wire_reader reader = {entry->data, entry->data + entry->size, false};
    struct wire_field part;
    SEXP key = PROTECT(Rf_mkChar(""));
    SEXP value = PROTECT(Rf_mkChar(""));
    while (wire_next(&reader, &part)) {
        if (part.type == DELIMITED && part.number == 1) {
            UNPROTECT(2);
            PROTECT(key = text_of(part.data, part.size));
            PROTECT(value);
        } else if (part.type == DELIMITED && part.number == 2) {
            UNPROTECT(1);
            PROTECT(value = text_of(part.data, part.size));
        }
    }
    SEXP names = Rf_getAttrib(old, R_NamesSymbol);
    SEXP keys = PROTECT(appended(names == R_NilValue ? Rf_allocVector(STRSXP, 0) : names, STRSXP, key));
    SEXP map = PROTECT(appended(old, STRSXP, value));
    Rf_setAttrib(map, R_NamesSymbol, keys);
    UNPROTECT(4);
    return map;
}

static SEXP decoded(const struct field_def *def, SEXP old, const struct wire_field *field) {
    switch (def->kind) {
    case TEXT:
        return Rf_ScalarString(text_of(field->data, field->size));
    case BYTES: {
        SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)field->size);
        if (field->size > 0) {
            memcpy(RAW(raw), field->data, field->size);
        }
        return raw;
    }
    case UINT:
    case OPTIONAL_INT:
        return Rf_ScalarReal((double)field->value);
    case MESSAGE:
        return message_decode(def->message, field->data, field->size);
    case TEXTS:
        return appended(old, STRSXP, text_of(field->data, field->size));
    case MESSAGES:
        return appended(old, VECSXP, message_decode(def->message, field->data, field->size));
    case TEXT_MAP:
        return map_with(old, field);
    }
    return R_NilValue;
}

SEXP message_decode(const struct message_def *def, const uint8_t *data, size_t size) {
    SEXP list = PROTECT(Rf_allocVector(VECSXP, def->count));
    SEXP names = PROTECT(Rf_allocVector(STRSXP, def->count));
    for (int i = 0; i < def->count; i++) {
        SET_STRING_ELT(names, i, Rf_mkChar(def->fields[i].name));
        SET_VECTOR_ELT(list, i, default_of(&def->fields[i]));
    }
    Rf_setAttrib(list, R_NamesSymbol, names);
    struct wire_reader reader = {data, data + size, false};
    struct wire_field field;
    while (wire_next(&reader, &field)) {
        int index = index_of(def, field.number);
        if (index < 0) {
            continue;
        }
        const struct field_def *known = &def->fields[index];
        bool number = known->kind == UINT || known->kind == OPTIONAL_INT;
        if (field.type != (number ? VARINT : DELIMITED)) {
            reader.malformed = true;
            break;
        }
        SEXP value = decoded(known, VECTOR_ELT(list, index), &field);
        if (value == R_NilValue) {
            reader.malformed = true;
            break;
        }
        SET_VECTOR_ELT(list, index, value);
    }
    UNPROTECT(2);
    return reader.malformed ? R_NilValue : list;
}

// ---- writing -----------------------------------------------------------------------------------

static void encode_text(struct bytes *out, int number, SEXP text) {
    const char *utf8 = Rf_translateCharUTF8(text);
    wire_bytes(out, number, utf8, strlen(utf8));
}

static void encode_message(struct bytes *out, const struct field_def *def, SEXP list) {
    struct bytes inner = {0};
    message_encode(def->message, list, &inner);
    wire_bytes(out, def->number, inner.data, inner.size);
    bytes_free(&inner);
}

static void encode_field(struct bytes *out, const struct field_def *def, SEXP value) {
    switch (def->kind) {
    case TEXT:
        if (LENGTH(STRING_ELT(value, 0)) > 0) {
            encode_text(out, def->number, STRING_ELT(value, 0));
        }
        break;
    case BYTES:
        wire_bytes(out, def->number, RAW(value), (size_t)XLENGTH(value));
        break;
    case UINT: {
        double number = Rf_asReal(value);
        wire_uint(out, def->number, number > 0 ? (uint64_t)number : 0);
        break;
    }
    case OPTIONAL_INT:
        tag(out, def->number, VARINT);
        wire_varint(out, (uint64_t)(int64_t)Rf_asInteger(value));
        break;
    case MESSAGE:
        encode_message(out, def, value);
        break;
    case TEXTS:
        for (R_xlen_t i = 0; i < XLENGTH(value); i++) {
            encode_text(out, def->number, STRING_ELT(value, i));
        }
        break;
    case MESSAGES:
        for (R_xlen_t i = 0; i < XLENGTH(value); i++) {
            encode_message(out, def, VECTOR_ELT(value, i));
        }
        break;
    case TEXT_MAP:
        Rf_error("maps are only read");
    }
}

void message_encode(const struct message_def *def, SEXP list, struct bytes *out) {
    SEXP names = Rf_getAttrib(list, R_NamesSymbol);
    for (int i = 0; i < def->count; i++) {
        for (R_xlen_t k = 0; k < XLENGTH(list); k++) {
            SEXP value = VECTOR_ELT(list, k);
            if (value != R_NilValue && strcmp(CHAR(STRING_ELT(names, k)), def->fields[i].name) == 0) {
                encode_field(out, &def->fields[i], value);
            }
        }
    }
}
