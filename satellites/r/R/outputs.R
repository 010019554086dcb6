# SPDX-License-Identifier: Apache-2.0
#
# Outputs of a session: what the script left in a variable, column by column.

COLUMNS_MAX <- 4096L
HELD_BYTES_MAX <- 16777216

output_new <- function(name, stream, outgoing, schema, value_max) {
  output <- new.env(parent = emptyenv())
  output$name <- name
  output$stream <- stream
  declared <- if (is.null(schema)) NULL else declared_schema(schema, name)
  output$declared <- !is.null(schema)
  output$writer <- .Call(C_writer, outgoing, declared, if (value_max > 0) value_max else VALUE_BYTES_MAX)
  output$held <- list()
  output
}

declared_schema <- function(schema, name) {
  reader <- .Call(C_reader_of_bytes, schema)
  tryCatch(.Call(C_reader_fields, reader), launchpad_error = function(error) {
    bad_request("the schema of '", name, "': ", error$message)
  })
  reader
}

# Sends what a run of the script has left in the output's variable.
output_write <- function(output, value) {
  if (is.null(value)) {
    if (output$declared) {
      fail("RESULT_MISSING", paste0("the script did not assign ", output$name, ", for which a result is declared"))
    }
    return(invisible())
  }
  table <- table_of(value, output$name)
  known <- .Call(C_writer_declared, output$writer)
  if (is.na(known) && length(output$held) > 0L) known <- length(output$held[[1L]]$columns)
  if (!is.na(known) && known != length(table$columns)) {
    when <- if (output$declared) "are declared" else "had the run before"
    fail("RESULT_COLUMNS", sprintf("%s has %d columns, %d %s", output$name, length(table$columns), known, when))
  }
  output$held <- c(output$held, list(table))
  if (!output$declared && is.na(.Call(C_writer_declared, output$writer)) && !runs_once(state$request) && is_open(output)) {
    return(invisible())
  }
  output_release(output)
}

# Whether a column's type is not known yet, or not at every level: a script that runs once per chunk or partition may give
# nothing but NA, or lists without elements, at first.
is_open <- function(output) {
  open <- FALSE
  for (i in seq_along(output$held[[1L]]$columns)) {
    open <- open || .Call(C_is_open, telling_column(output, i), output$held[[1L]]$names[i])
  }
  open && sum(vapply(output$held, utils::object.size, 0)) < HELD_BYTES_MAX
}

# What says the type of a column: the first table with more than NA in it; of list columns every row counts.
telling_column <- function(output, i) {
  alike <- lapply(output$held, function(table) table$columns[[i]])
  first <- alike[[match(FALSE, vapply(alike, is_blank, NA), nomatch = 1L)]]
  if (!is_plain_list(first)) {
    return(first)
  }
  do.call(c, alike[vapply(alike, is_plain_list, NA)])
}

# Nothing but NA of R's plainest type, which is no more than a guess.
is_blank <- function(column) is.logical(column) && !is.object(column) && all(is.na(column)) ||
  is.list(column) && !is.object(column) && all(vapply(column, is.null, NA))

# Sends the tables that were kept, with the types known by now.
output_release <- function(output) {
  held <- output$held
  if (length(held) == 0L) {
    return(invisible())
  }
  if (is.na(.Call(C_writer_declared, output$writer))) {
    telling <- lapply(seq_along(held[[1L]]$columns), function(i) telling_column(output, i))
    .Call(C_writer_bind, output$writer, telling, held[[1L]]$names)
  }
  output$held <- list()
  for (table in held) .Call(C_writer_write, output$writer, table$columns, table$rows)
}

output_flush <- function(output) .Call(C_writer_flush, output$writer)

output_finish <- function(output) {
  output_release(output)
  .Call(C_writer_finish, output$writer)
}

output_totals <- function(output) {
  totals <- .Call(C_writer_totals, output$writer)
  list(stream = output$stream, frames = totals[1L], rows = totals[2L], bytes = totals[3L])
}

# Columns, names and number of rows of a result.
table_of <- function(value, name) {
  if (!is.data.frame(value)) {
    fail("RESULT_KIND", kind_message(value, name))
  }
  if (length(value) > COLUMNS_MAX) {
    fail("RESULT_COLUMNS", sprintf("%d columns, at most %d allowed", length(value), COLUMNS_MAX))
  }
  rows <- .row_names_info(value, 2L)
  columns <- unclass(value)
  attributes(columns) <- NULL
  names <- as.character(names(value))
  # SQL Server takes the bytes of a lone raw column for one value, and so its pictures and models are returned.
  if (length(columns) == 1L && is.raw(columns[[1L]])) {
    return(list(columns = list(list(columns[[1L]])), names = names, rows = 1))
  }
  for (i in seq_along(columns)) columns[[i]] <- column_of(columns[[i]], names[i], rows)
  if (is_compat()) columns <- lapply(columns, compat_returned)
  list(columns = columns, names = names, rows = rows)
}

column_of <- function(column, name, rows) {
  if (inherits(column, "POSIXlt")) column <- as.POSIXct(column)
  if (is.array(column) && length(dim(column)) == 1L) column <- as.vector(column)
  if (!is.null(dim(column)) && !is.data.frame(column)) {
    fail("RESULT_KIND", sprintf("column '%s' has %d dimensions", name, length(dim(column))), name)
  }
  if (NROW(column) != rows) {
    fail("RESULT_KIND", sprintf("column '%s' has %d values in a table of %d rows", name, NROW(column), rows), name)
  }
  column
}

kind_message <- function(value, name) {
  hint <- ""
  if (is.atomic(value) || is.list(value) && !is.object(value)) {
    hint <- sprintf("; use %s <- data.frame(...)", name)
  } else if (is.matrix(value)) {
    hint <- sprintf("; use as.data.frame(%s)", name)
  }
  sprintf("%s is of class %s, not a data frame%s", name, class(value)[1L], hint)
}
