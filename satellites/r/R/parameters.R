# SPDX-License-Identifier: Apache-2.0
#
# Parameters: one row of a BXL stream in, one row out, as variables of the script in between.

parameters_read <- function(reader) {
  read <- function() {
    fields <- .Call(C_reader_fields, reader)
    rows <- .Call(C_reader_fill, reader, Inf)
    if (rows != 1) bad_request(sprintf("parameters: %.0f rows instead of one", rows))
    row <- .Call(C_reader_take, reader, 1)
    if (is_compat()) row <- Map(compat_parameter, row, fields[[3L]], fields[[4L]], fields[[1L]], USE.NAMES = FALSE)
    list(fields = fields, row = row)
  }
  read <- tryCatch(read(), launchpad_error = function(error) {
    if (error$code == "PROTOCOL_VIOLATION") bad_request("parameters: ", error$message)
    stop(error)
  })
  names <- read$fields[[1L]]
  directions <- read$fields[[2L]]
  wrong <- !directions %in% c("in", "out", "inout")
  if (any(wrong)) {
    bad_request(sprintf("parameters: @%s has the direction '%s'", names[wrong][1L], directions[wrong][1L]))
  }
  list(reader = reader, names = names, directions = directions, kinds = read$fields[[3L]], values = lapply(read$row, parameter_value))
}

# The value as a script wants it: a vector of one element, the bytes of a binary, NULL where there are none.
parameter_value <- function(column) {
  if (is.list(column) && !inherits(column, "launchpad_carrier")) column[[1L]] else column
}

# Before the first run: sets every parameter that has a value on the way in.
parameters_bind <- function(parameters) {
  for (i in which(parameters$directions != "out")) assign_global(parameters$names[i], parameters$values[[i]])
}

# Before a further run: in parameters are as declared, the others as the script left them.
parameters_rebind <- function(parameters) {
  for (i in which(parameters$directions == "in")) assign_global(parameters$names[i], parameters$values[[i]])
}

parameters_have_outputs <- function(parameters) any(parameters$directions != "in")

# Sends the out and inout parameters as one row, from the script's variables; frames, rows and bytes.
parameters_send <- function(parameters, outgoing) {
  indices <- which(parameters$directions != "in")
  columns <- lapply(indices, function(i) parameter_column(parameters$names[i], parameters$kinds[i]))
  writer <- .Call(C_writer_of_fields, outgoing, parameters$reader, indices - 1L)
  .Call(C_writer_write, writer, columns, 1)
  .Call(C_writer_finish, writer)
  .Call(C_writer_totals, writer)
}

parameter_column <- function(name, kind) {
  if (!exists(name, envir = globalenv(), inherits = FALSE)) {
    fail("RESULT_MISSING", sprintf("the script did not assign the output parameter @%s", name), name)
  }
  value <- get(name, envir = globalenv(), inherits = FALSE)
  if (is.null(value) || is.raw(value) || kind == "list") {
    return(list(value))
  }
  if (inherits(value, "POSIXlt")) value <- as.POSIXct(value)
  if (is.list(value) && !inherits(value, "launchpad_carrier")) {
    return(list(value))
  }
  if (!is.atomic(value) && !inherits(value, "launchpad_carrier")) {
    fail("PARAMETER", sprintf("@%s is of class %s, which is no value", name, class(value)[1L]), name)
  }
  if (length(value) != 1L) {
    fail("PARAMETER", sprintf("@%s has %d values; a parameter has one", name, length(value)), name)
  }
  if (is_compat()) compat_returned(value) else value
}
