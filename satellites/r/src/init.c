// SPDX-License-Identifier: Apache-2.0

#include "calls.h"
#include "wire.h"

#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

SEXP package_namespace;

SEXP call_set_namespace(SEXP environment) {
    package_namespace = environment;
    R_PreserveObject(environment);
    return R_NilValue;
}

_Noreturn void fail(const char *code, const char *column, int64_t row, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    SEXP call = PROTECT(Rf_lang5(Rf_install("fail"), PROTECT(Rf_mkString(code)),
                                 PROTECT(Rf_ScalarString(Rf_mkCharCE(text, CE_UTF8))),
                                 PROTECT(Rf_ScalarString(Rf_mkCharCE(column == NULL ? "" : column, CE_UTF8))),
                                 PROTECT(Rf_ScalarReal((double)row))));
    Rf_eval(call, package_namespace);
    Rf_error("%s", text);
}

SEXP call_encode_message(SEXP name, SEXP message) {
    struct bytes out = {0};
    message_encode(message_named(CHAR(STRING_ELT(name, 0))), message, &out);
    SEXP raw = Rf_allocVector(RAWSXP, (R_xlen_t)out.size);
    if (out.size > 0) {
        memcpy(RAW(raw), out.data, out.size);
    }
    bytes_free(&out);
    return raw;
}

SEXP call_decode_message(SEXP name, SEXP bytes) {
    return message_decode(message_named(CHAR(STRING_ELT(name, 0))), RAW(bytes), (size_t)XLENGTH(bytes));
}

#define ENTRY(name, count) {"C_" #name, (DL_FUNC)&call_##name, count}

static const R_CallMethodDef CALLS[] = {
    ENTRY(set_namespace, 1),
    ENTRY(channel_open, 2),
    ENTRY(channel_close, 0),
    ENTRY(send, 2),
    ENTRY(wait_message, 1),
    ENTRY(peer_credit, 1),
    ENTRY(arm, 1),
    ENTRY(streams_opened, 0),
    ENTRY(over, 0),
    ENTRY(verify, 0),
    ENTRY(finish, 0),
    ENTRY(open_blob, 2),
    ENTRY(open_input, 1),
    ENTRY(open_output, 1),
    ENTRY(blob, 1),
    ENTRY(discard, 1),
    ENTRY(watch, 2),
    ENTRY(deadline_passed, 0),
    ENTRY(encode_message, 2),
    ENTRY(decode_message, 2),
    ENTRY(console_install, 0),
    ENTRY(console_limit, 1),
    ENTRY(console_flush, 0),
    ENTRY(console_close, 0),
    ENTRY(console_remove, 0),
    ENTRY(console_tails, 0),
    ENTRY(reader_of_stream, 1),
    ENTRY(reader_of_bytes, 1),
    ENTRY(reader_fields, 1),
    ENTRY(reader_fill, 2),
    ENTRY(reader_run, 2),
    ENTRY(reader_take, 2),
    ENTRY(reader_ended, 1),
    ENTRY(writer, 3),
    ENTRY(writer_of_fields, 3),
    ENTRY(writer_declared, 1),
    ENTRY(writer_bind, 3),
    ENTRY(is_open, 2),
    ENTRY(as_carrier, 1),
    ENTRY(writer_write, 3),
    ENTRY(writer_finish, 1),
    ENTRY(writer_flush, 1),
    ENTRY(writer_totals, 1),
    ENTRY(writer_bytes, 1),
    ENTRY(zygote_open, 1),
    ENTRY(zygote_settle, 0),
    ENTRY(zygote_ready, 0),
    ENTRY(zygote_serve, 0),
    ENTRY(socket_pair, 0),
    ENTRY(write_all, 2),
    ENTRY(listen, 1),
    ENTRY(leave, 1),
    ENTRY(usage, 0),
    ENTRY(limits, 1),
    ENTRY(own_temporary_folder, 0),
    ENTRY(catch_quit, 1),
    ENTRY(flush_c, 0),
    {NULL, NULL, 0},
};

void attribute_visible R_init_launchpad(DllInfo *library) {
    R_registerRoutines(library, NULL, CALLS, NULL, NULL);
    R_useDynamicSymbols(library, FALSE);
    R_forceSymbols(library, TRUE);
}
