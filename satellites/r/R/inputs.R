# SPDX-License-Identifier: Apache-2.0
#
# Inputs of a session: read whole, in chunks of rows, or cut where the partition columns change.

FORMATS <- c("data.frame", "data.table", "tibble")

input_open <- function(name, stream) {
  incoming <- .Call(C_open_input, stream)
  list(name = name, incoming = incoming, reader = .Call(C_reader_of_stream, incoming))
}

input_whole <- function(input) input_take(input, input_fill(input, Inf))

# Reads until so many rows are there, or the input has ended; how many are there.
input_fill <- function(input, rows) .Call(C_reader_fill, input$reader, rows)

input_run <- function(input, keys) .Call(C_reader_run, input$reader, keys)

# The next rows, which are there, as the kind of table the request asked for.
input_take <- function(input, rows) {
  columns <- .Call(C_reader_take, input$reader, rows)
  fields <- .Call(C_reader_fields, input$reader)
  as_table(if (is_compat()) compat_columns(columns, fields) else columns, fields[[1L]], rows)
}

as_table <- function(columns, names, rows) {
  # Names may be empty or there twice, and data.frame() would change them.
  frame <- structure(columns, names = names, row.names = .set_row_names(rows), class = "data.frame")
  switch(state$request$input_format %||% "",
    data.table = data.table::setDT(frame)[],
    tibble = structure(frame, class = c("tbl_df", "tbl", "data.frame")),
    frame
  )
}

input_columns <- function(input, names) {
  all <- .Call(C_reader_fields, input$reader)[[1L]]
  vapply(names, FUN.VALUE = 0L, function(name) {
    found <- which(all == name)
    if (length(found) != 1L) {
      what <- if (length(found) == 0L) "no column" else paste(length(found), "columns")
      bad_request("partition_columns: the main input has ", what, " named '", name, "'")
    }
    found - 1L
  })
}

# Lets the client stop when the script did not read to the end.
input_close <- function(input) .Call(C_discard, input$incoming)
