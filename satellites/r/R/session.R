# SPDX-License-Identifier: Apache-2.0
#
# A session: from EXECUTE to the terminal message.

INPUTS_MAX <- 64L
OUTPUTS_MAX <- 64L
NAME_BYTES_MAX <- 256L
INLINE_BYTES_MAX <- 16384L
SCRIPT_BYTES_MAX <- 16777216
SCHEMA_BYTES_MAX <- 1048576
VALUE_BYTES_MAX <- 268435456

# What belongs to the session under way.
state <- new.env(parent = emptyenv())

# Runs the request and sends its terminal message.
run_session <- function(request, runtime) {
  begin_session(request, runtime)
  end <- tryCatch(
    {
      .Call(C_arm, TRUE)
      execute(request)
      list(type = "COMPLETED", message = completed())
    },
    interrupt = function(interrupt) interrupted(),
    error = end_of
  )
  .Call(C_arm, FALSE)
  finish_session(end)
}

end_of <- function(error) {
  if (inherits(error, "launchpad_end")) stop(error)
  if (inherits(error, "launchpad_script")) {
    failed(error$error)
  } else if (inherits(error, "launchpad_error")) {
    failed(error_message(error), violation = error$code == "PROTOCOL_VIOLATION")
  } else {
    failed(internal_error(error))
  }
}

begin_session <- function(request, runtime) {
  state$request <- request
  state$runtime <- runtime
  state$began <- now_us()
  state$started <- state$began
  state$usage <- .Call(C_usage)
  state$runs <- 0
  state$inputs <- list()
  state$outputs <- list()
  state$parameters <- NULL
  state$parameter_totals <- NULL
}

finish_session <- function(end) {
  .Call(C_over)
  .Call(C_verify)
  .Call(C_catch_quit, FALSE)
  .Call(C_flush_c)
  .Call(C_console_close)
  send(end$type, end$message)
  if (isTRUE(end$violation)) {
    fail("PROTOCOL_VIOLATION", "the session ended by a violation")
  }
}

interrupted <- function() {
  if (.Call(C_deadline_passed)) {
    error <- list(
      code = "DEADLINE_EXCEEDED", message = "the deadline of the request has passed", column = "", row = 0
    )
    return(failed(error_message(error)))
  }
  list(type = "CANCELLED", message = list(reason = "cancelled", times = times()))
}

failed <- function(error, violation = FALSE) {
  .Call(C_console_flush)
  tails <- .Call(C_console_tails)
  error$stdout_tail <- tails[[1L]]
  error$stderr_tail <- tails[[2L]]
  list(type = "FAILED", message = list(error = error, times = times()), violation = violation)
}

completed <- function() {
  totals <- lapply(state$outputs, output_totals)
  if (!is.null(state$parameter_totals)) {
    totals <- c(totals, list(state$parameter_totals))
  }
  list(outputs = totals, times = times(), advisory = usage(), runs = state$runs)
}

times <- function() {
  list(start_us = state$started - state$began, run_us = now_us() - state$started)
}

# What this process has used since its session began; advisory, since the script could lie.
usage <- function() {
  now <- .Call(C_usage)
  since <- now - state$usage
  list(
    cpu_user_us = since[1L], cpu_system_us = since[2L], memory_peak_bytes = now[3L], page_faults_minor = since[4L],
    page_faults_major = since[5L]
  )
}

now_us <- function() trunc(as.numeric(Sys.time()) * 1e6)

execute <- function(request) {
  .Call(C_console_limit, request$limits$print_bytes %||% 0)
  check_request(request)
  # Every stream is opened before STARTED: a client need not wait for it to send.
  plan <- open_streams(request)
  .Call(C_streams_opened)
  send("STARTED", list(session_id = request$session_id, runtime = state$runtime))
  source <- script_text(plan$script())
  state$parameters <- plan$parameters()
  check_names(request)
  state$outputs <- lapply(plan$outputs, function(open) open())
  describe_session(request, state$runtime)
  Sys.setenv(TZ = if (nzchar(request$time_zone)) request$time_zone else "UTC")
  state$started <- now_us()
  script <- parse_script(source)
  run_all(script, request)
  for (input in state$inputs) input_close(input)
  for (output in state$outputs) output_finish(output)
  send_parameters()
}

# ---- the request -------------------------------------------------------------------------------

check_request <- function(request) {
  for (name in c("request_id", "principal", "language")) {
    value <- request[[name]]
    if (!nzchar(value)) bad_request(name, " is empty")
    if (nchar(value, "bytes") > NAME_BYTES_MAX) bad_request(name, " is longer than ", NAME_BYTES_MAX, " bytes")
  }
  if (tolower(request$language) != "r") {
    fail("LANGUAGE_UNKNOWN", sprintf("this satellite runs R, not '%s'", request$language))
  }
  if (length(request$inputs) > INPUTS_MAX || length(request$outputs) > OUTPUTS_MAX) {
    bad_request("at most ", INPUTS_MAX, " inputs and ", OUTPUTS_MAX, " outputs")
  }
  pieces <- request$rows_per_read > 0 || length(request$partition_columns) > 0
  if (request$rows_per_read > 0 && length(request$partition_columns) > 0) {
    bad_request("rows_per_read and partition_columns exclude each other")
  }
  if (pieces && length(request$inputs) == 0) bad_request("rows_per_read and partition_columns need an input")
  if (request$task >= max(1, request$tasks)) {
    bad_request(sprintf("task %.0f of %.0f", request$task, request$tasks))
  }
  if (!request$type_mapping %in% c("", "exact", "compat")) {
    bad_request(sprintf("type_mapping is '%s', neither exact nor compat", request$type_mapping))
  }
  if (!request$input_format %in% c("", FORMATS)) {
    bad_request(sprintf("input_format is '%s', not one of %s", request$input_format, paste(FORMATS, collapse = ", ")))
  }
}

open_streams <- function(request) {
  state$inputs <- lapply(request$inputs, function(given) input_open(given$name, given$stream))
  if (request$output_parameters_stream > 0) {
    state$parameters_out <- .Call(C_open_output, request$output_parameters_stream)
  } else {
    state$parameters_out <- NULL
  }
  list(
    script = open_content(request$script, SCRIPT_BYTES_MAX),
    outputs = lapply(request$outputs, open_output),
    parameters = open_parameters(request$parameters)
  )
}

# A function that gives the bytes, waiting for them.
open_content <- function(content, bytes_max) {
  if (is.null(content)) bad_request("the request has no script")
  if (!is.null(content[["inline"]])) {
    bytes <- content[["inline"]]
    if (length(bytes) > INLINE_BYTES_MAX) {
      bad_request(length(bytes), " bytes inline, at most ", INLINE_BYTES_MAX)
    }
    return(function() bytes)
  }
  blob <- .Call(C_open_blob, content$stream, bytes_max)
  function() .Call(C_blob, blob)
}

open_output <- function(output) {
  schema <- if (is.null(output$schema)) NULL else open_content(output$schema, SCHEMA_BYTES_MAX)
  outgoing <- .Call(C_open_output, output$stream)
  value_max <- state$request$limits$value_bytes %||% 0
  function() {
    output_new(output$name, output$stream, outgoing, if (is.null(schema)) NULL else schema(), value_max)
  }
}

open_parameters <- function(content) {
  if (is.null(content)) {
    return(function() NULL)
  }
  if (!is.null(content[["inline"]])) {
    return(function() parameters_read(.Call(C_reader_of_bytes, content[["inline"]])))
  }
  incoming <- .Call(C_open_input, content$stream)
  function() parameters_read(.Call(C_reader_of_stream, incoming))
}

script_text <- function(bytes) {
  if (any(bytes == as.raw(0))) bad_request("script: it holds a zero byte")
  text <- rawToChar(bytes)
  if (!validUTF8(text)) bad_request("script: it is not valid UTF-8")
  Encoding(text) <- "UTF-8"
  text
}

# Parameters must differ without regard to case; inputs, outputs and they from each other.
check_names <- function(request) {
  inputs <- vapply(request$inputs, function(given) given$name, "")
  outputs <- vapply(request$outputs, function(given) given$name, "")
  parameters <- state$parameters$names
  kinds <- list(input = inputs, output = outputs, parameter = parameters)
  for (kind in names(kinds)) {
    names <- kinds[[kind]]
    if (!all(nzchar(names))) bad_request(kind, ": a name is empty")
    key <- if (kind == "parameter") tolower(names) else names
    if (anyDuplicated(key)) {
      twice <- names[anyDuplicated(key)]
      if (kind == "parameter") fail("PARAMETER", sprintf("@%s is declared twice", tolower(twice)), tolower(twice))
      bad_request("two ", kind, "s are named '", twice, "'")
    }
  }
  for (name in parameters) {
    if (name %in% c(inputs, outputs)) {
      kind <- if (name %in% inputs) "input" else "output"
      fail("PARAMETER", sprintf("@%s has the name of an %s", name, kind), name)
    }
  }
}

# ---- the runs ----------------------------------------------------------------------------------

run_all <- function(script, request) {
  parameters_bind(state$parameters)
  for (input in state$inputs[-1L]) assign_global(input$name, input_whole(input))
  if (length(state$inputs) == 0L) {
    name <- if (nzchar(request$input_name)) request$input_name else "InputDataSet"
    return(run_once(script, name, data.frame()))
  }
  main <- state$inputs[[1L]]
  if (request$rows_per_read > 0) {
    run_chunks(script, main, request$rows_per_read)
  } else if (length(request$partition_columns) > 0) {
    run_partitions(script, main, request$partition_columns)
  } else {
    run_once(script, main$name, input_whole(main))
  }
}

runs_once <- function(request) {
  !is.null(request) && request$rows_per_read == 0 && length(request$partition_columns) == 0
}

run_chunks <- function(script, main, rows) {
  repeat {
    there <- min(rows, input_fill(main, rows))
    run_piece(script, main, there)
    # The next row, or the end, says whether there is another chunk.
    if (input_fill(main, 1) == 0) break
  }
}

run_partitions <- function(script, main, columns) {
  keys <- input_columns(main, columns)
  repeat {
    run_piece(script, main, input_run(main, keys))
    if (input_fill(main, 1) == 0) break
  }
}

run_piece <- function(script, main, rows) {
  run_once(script, main$name, input_take(main, rows))
  for (output in state$outputs) output_flush(output)
}

run_once <- function(script, input_name, value) {
  outputs <- vapply(state$outputs, function(output) output$name, "")
  suppressWarnings(rm(list = outputs, envir = globalenv()))
  if (state$runs > 0) parameters_rebind(state$parameters)
  assign_global(input_name, value)
  set_run(state$runs)
  state$runs <- state$runs + 1
  script_run(script)
  .Call(C_verify)
  .Call(C_console_flush)
  for (output in state$outputs) {
    output_write(output, get0(output$name, envir = globalenv(), inherits = FALSE))
  }
}

send_parameters <- function() {
  if (!parameters_have_outputs(state$parameters)) {
    return(invisible())
  }
  if (is.null(state$parameters_out)) {
    bad_request("output_parameters_stream: there are output parameters but no stream")
  }
  totals <- parameters_send(state$parameters, state$parameters_out)
  state$parameter_totals <- list(
    stream = state$request$output_parameters_stream, frames = totals[1L], rows = totals[2L], bytes = totals[3L]
  )
}

assign_global <- function(name, value) assign(name, value, envir = globalenv())

`%||%` <- function(value, otherwise) if (is.null(value)) otherwise else value
