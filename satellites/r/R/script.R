# SPDX-License-Identifier: Apache-2.0
#
# The user's script: parsed once, run in the global environment, its failures told with script line numbers.

SCRIPT_FILE <- "<script>"
MESSAGE_BYTES_MAX <- 8192L
TEXT_BYTES_MAX <- 24576L
FRAMES_MAX <- 100L
SOURCE_MAX <- 200L

parse_script <- function(text) {
  lines <- strsplit(gsub("\r\n?", "\n", text), "\n", fixed = TRUE)[[1L]]
  state$lines <- lines
  source <- srcfilecopy(SCRIPT_FILE, lines)
  expressions <- tryCatch(
    parse(text = lines, srcfile = source, keep.source = TRUE, encoding = "UTF-8"),
    error = function(error) script_failure(syntax_error(error))
  )
  list(expressions = expressions, places = attr(expressions, "srcref"))
}

# Ends the session with FAILED; `error` is the protocol's form of it.
script_failure <- function(error) {
  stop(structure(
    class = c("launchpad_script", "error", "condition"),
    list(message = error$message, call = NULL, error = error)
  ))
}

# Runs the script once. What it leaves at the top level is not printed, as in SQL Server.
script_run <- function(script) {
  force(script)
  .Call(C_catch_quit, TRUE)
  state$calls <- NULL
  state$warning <- ""
  tryCatch(
    # The calls are looked at when the stack is free again: it may be what overflowed.
    withCallingHandlers(
      run_expressions(script),
      error = function(error) state$calls <- sys.calls(), warning = tell_warning
    ),
    error = function(error) if (inherits(error, "launchpad_end")) stop(error) else script_failure(script_error(error, state$calls))
  )
  invisible()
}

run_expressions <- function(script) {
  process <- Sys.getpid()
  for (i in seq_along(script$expressions)) {
    state$place <- script$places[[i]]
    run_one(script$expressions[[i]])
    # A fork that the script has made must not answer for the session.
    if (Sys.getpid() != process) .Call(C_leave, 0L)
  }
}

# Warnings are told when they happen, as R does with warn = 1, but without a call of ours; also with warn = 0, which would keep
# them for a top level that never comes back.
tell_warning <- function(warning) {
  state$warning <- plain_message(warning)
  if (getOption("warn") %in% 0:1) {
    call <- script_call(warning)
    cat(
      if (is.null(call)) "Warning: " else paste0("Warning in ", first_line(call), " : "), plain_message(warning), "\n",
      file = stderr(), sep = ""
    )
    tryInvokeRestart("muffleWarning")
  }
}

# The call a condition is about; none at the top level of the script.
script_call <- function(condition) {
  call <- conditionCall(condition)
  if (identical(call, quote(eval(expression, globalenv())))) NULL else call
}

run_one <- function(expression) eval(expression, globalenv())

# ---- errors ------------------------------------------------------------------------------------

script_error <- function(error, calls) {
  code <- "SCRIPT_ERROR"
  known <- ERROR_CODES[[code]]
  message <- plain_message(error)
  call <- script_call(error)
  where <- if (is.null(call)) "Error" else paste("Error in", first_line(call))
  frames <- frames_of(calls)
  line <- line_of(frames)
  list(
    number = known[1L], code = code, category = known[2L],
    message = paste0(shortened(paste0(where, ": ", message), MESSAGE_BYTES_MAX - 64L), at_line(line)),
    exception_class = shortened(class(error)[1L], 256L),
    trace = list(
      exception_class = shortened(class(error)[1L], 256L), message = shortened(message, MESSAGE_BYTES_MAX - 512L),
      frames = frames
    ),
    traceback_text = shortened(traceback_text(where, message, frames), TEXT_BYTES_MAX),
    column = "", row = 0, limit = limit_met(message)
  )
}

syntax_error <- function(error) {
  known <- ERROR_CODES$SCRIPT_SYNTAX
  message <- plain_message(error)
  found <- regmatches(message, regexec("^<script>:([0-9]+):[0-9]+: *(.*)$", message))[[1L]]
  line <- if (length(found) > 0L) as.integer(found[2L]) else 0L
  frame <- list(file = SCRIPT_FILE, line = line, source = source_line(line))
  what <- if (length(found) > 0L) sub("\n.*", "", found[3L]) else message
  list(
    number = known[1L], code = "SCRIPT_SYNTAX", category = known[2L],
    message = paste0(shortened(paste0("syntax error: ", what), MESSAGE_BYTES_MAX - 64L), at_line(line)),
    exception_class = "syntaxError",
    trace = list(exception_class = "syntaxError", message = shortened(what, MESSAGE_BYTES_MAX - 512L), frames = list(frame)),
    traceback_text = shortened(message, TEXT_BYTES_MAX), column = "", row = 0
  )
}

internal_error <- function(error) {
  known <- ERROR_CODES$INTERNAL
  list(
    number = known[1L], code = "INTERNAL", category = known[2L],
    message = shortened(paste0("the R satellite failed: ", plain_message(error)), MESSAGE_BYTES_MAX),
    exception_class = class(error)[1L], column = "", row = 0,
    traceback_text = first_line(conditionCall(error))
  )
}

plain_message <- function(error) {
  text <- tryCatch(as.character(conditionMessage(error))[1L], error = function(second) "(its message cannot be had)")
  text <- if (length(text) == 0L || is.na(text)) "" else text
  if (validUTF8(text)) text else iconv(text, "UTF-8", "UTF-8", sub = "?")
}

first_line <- function(call) {
  if (is.null(call)) {
    return("")
  }
  text <- tryCatch(deparse(call, nlines = 1L)[1L], error = function(second) "?")
  if (nchar(text) > SOURCE_MAX) paste0(substr(text, 1L, SOURCE_MAX), "...") else text
}

at_line <- function(line) if (line > 0) sprintf(" (line %d of the script)", line) else ""

line_of <- function(frames) {
  lines <- vapply(frames, function(frame) if (identical(frame$file, SCRIPT_FILE)) frame$line else 0L, 0L)
  lines <- lines[lines > 0L]
  if (length(lines) == 0L) 0L else lines[length(lines)]
}

source_line <- function(line) {
  if (line < 1L || line > length(state$lines)) "" else shortened(trimws(state$lines[line]), SOURCE_MAX)
}

# The script's own frames, outermost first: the top level, then each call whose place is known, in the function it stands in.
frames_of <- function(calls) {
  frames <- list(frame_at(state$place, ""))
  calls <- as.list(calls)
  names <- vapply(calls, call_name, "")
  top <- match("run_one", names, nomatch = 0L)
  # Behind run_one stand eval and its inner call.
  own <- seq_along(calls) > top + 2L
  calls <- calls[own]
  names <- names[own]
  if (length(calls) > FRAMES_MAX) {
    kept <- c(seq_len(FRAMES_MAX %/% 2L), seq.int(length(calls) - FRAMES_MAX %/% 2L, length(calls)))
    calls <- calls[kept]
    names <- names[kept]
  }
  handler <- match(TRUE, names %in% HANDLING, nomatch = length(calls) + 1L)
  for (i in seq_along(calls)) {
    inside <- if (i > 1L) names[i - 1L] else ""
    place <- attr(calls[[i]], "srcref")
    if (!is.null(place)) {
      frames <- c(frames, list(frame_at(place, inside)))
    } else if (i < handler && !names[i] %in% c("stop", "warning") && !is_placed(calls, i + 1L)) {
      frames <- c(frames, list(list(file = "", line = 0L, `function` = names[i], source = first_line(calls[[i]]))))
    }
    if (i >= handler) break
  }
  without_repetitions(frames)
}

# A call that holds one whose place is known is shown by that one.
is_placed <- function(calls, i) i <= length(calls) && !is.null(attr(calls[[i]], "srcref"))

# What R puts on the stack to tell handlers.
HANDLING <- c(".handleSimpleError", "h", ".signalSimpleWarning")

call_name <- function(call) {
  name <- call[[1L]]
  if (is.name(name)) as.character(name) else first_line(name)
}

frame_at <- function(place, inside) {
  file <- attr(place, "srcfile")$filename %||% ""
  line <- as.integer(place[1L])
  source <- if (identical(file, SCRIPT_FILE)) source_line(line) else ""
  list(file = shortened(file, 256L), line = line, `function` = shortened(inside, 256L), source = source)
}

without_repetitions <- function(frames) {
  if (length(frames) < 2L) {
    return(frames)
  }
  same <- vapply(seq_along(frames)[-1L], function(i) {
    identical(frames[[i]][c("file", "line")], frames[[i - 1L]][c("file", "line")]) && nzchar(frames[[i]]$file)
  }, NA)
  frames[c(!same, TRUE)]
}

traceback_text <- function(where, message, frames) {
  lines <- vapply(frames, "", FUN = function(frame) {
    place <- if (nzchar(frame$file)) sprintf("  at %s:%d", frame$file, frame$line) else "  at"
    inside <- if (nzchar(frame$`function`)) paste(" in", frame$`function`) else ""
    paste0(place, inside, if (nzchar(frame$source)) paste0(": ", frame$source) else "")
  })
  paste(c(paste0(where, " : ", message), lines), collapse = "\n")
}

# The limit that the kernel told the script of by an errno, which R puts into its messages, often only into that of a warning. The
# script may have removed files since.
limit_met <- function(message, warning = state$warning, limits = .Call(C_limits, Sys.getenv("HOME", "/"))) {
  told <- paste(message, warning)
  if (grepl("Too many open files", told, fixed = TRUE)) {
    return(list(name = "open files", value = limits[1L], usage = limits[1L]))
  }
  full <- grepl("No space left on device", told, fixed = TRUE)
  if (is.na(limits[2L]) || !full && !grepl("writ(e|ing)", told)) {
    return(NULL)
  }
  if (full && limits[7L] == 0) {
    return(list(name = "scratch files", value = limits[5L], usage = limits[6L]))
  }
  if (full || limits[4L] == 0) list(name = "scratch bytes", value = limits[2L], usage = limits[3L])
}
