// SPDX-License-Identifier: Apache-2.0
//
// What R calls, one function for each entry of the table in init.c, and how C leaves by an R condition.

#ifndef LAUNCHPAD_CALLS_H
#define LAUNCHPAD_CALLS_H

#include <Rinternals.h>
#include <stdint.h>

// Leaves by a condition of class launchpad_error with this code of PROTOCOL.md section 10. The column may be null; a row of 0
// is none.
_Noreturn void fail(const char *code, const char *column, int64_t row, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// The namespace of the package, where the R functions stand that C calls.
extern SEXP package_namespace;

SEXP call_set_namespace(SEXP environment);

// channel.c
SEXP call_channel_open(SEXP control, SEXP data);
SEXP call_channel_close(void);
SEXP call_send(SEXP type, SEXP message);
SEXP call_wait_message(SEXP type);
SEXP call_peer_credit(SEXP credit);
SEXP call_arm(SEXP armed);
SEXP call_streams_opened(void);
SEXP call_over(void);
SEXP call_verify(void);
SEXP call_finish(void);
SEXP call_open_blob(SEXP stream, SEXP bytes_max);
SEXP call_open_input(SEXP stream);
SEXP call_open_output(SEXP stream);
SEXP call_blob(SEXP incoming);
SEXP call_discard(SEXP incoming);
SEXP call_watch(SEXP deadline_ms, SEXP grace_ms);
SEXP call_deadline_passed(void);

// messages
SEXP call_encode_message(SEXP name, SEXP message);
SEXP call_decode_message(SEXP name, SEXP bytes);

// console.c
SEXP call_console_install(void);
SEXP call_console_limit(SEXP bytes);
SEXP call_console_flush(void);
SEXP call_console_close(void);
SEXP call_console_remove(void);
SEXP call_console_tails(void);

// bxl_reader.c
SEXP call_reader_of_stream(SEXP incoming);
SEXP call_reader_of_bytes(SEXP bytes);
SEXP call_reader_fields(SEXP reader);
SEXP call_reader_fill(SEXP reader, SEXP rows);
SEXP call_reader_run(SEXP reader, SEXP columns);
SEXP call_reader_take(SEXP reader, SEXP rows);
SEXP call_reader_ended(SEXP reader);

// bxl_writer.c
SEXP call_writer(SEXP outgoing, SEXP schema, SEXP value_bytes_max);
SEXP call_writer_of_fields(SEXP outgoing, SEXP reader, SEXP indices);
SEXP call_writer_declared(SEXP writer);
SEXP call_writer_bind(SEXP writer, SEXP columns, SEXP names);
SEXP call_is_open(SEXP vector, SEXP column);
SEXP call_as_carrier(SEXP vector);
SEXP call_writer_write(SEXP writer, SEXP columns, SEXP rows);
SEXP call_writer_finish(SEXP writer);
SEXP call_writer_flush(SEXP writer);
SEXP call_writer_totals(SEXP writer);
SEXP call_writer_bytes(SEXP writer);

// process.c
SEXP call_zygote_open(SEXP library);
SEXP call_zygote_settle(void);
SEXP call_zygote_ready(void);
SEXP call_zygote_serve(void);
SEXP call_socket_pair(void);
SEXP call_write_all(SEXP descriptor, SEXP bytes);
SEXP call_listen(SEXP path);
SEXP call_leave(SEXP status);
SEXP call_usage(void);
SEXP call_limits(SEXP folder);
SEXP call_own_temporary_folder(void);
SEXP call_catch_quit(SEXP active);
SEXP call_flush_c(void);

#endif
