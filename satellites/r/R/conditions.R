# SPDX-License-Identifier: Apache-2.0
#
# The errors a satellite can answer with, as numbered in PROTOCOL.md section 10, and the ends it can come to.

# Categories of the wire.
USER <- 1L
RESOURCE <- 2L
INTERNAL <- 3L

ERROR_CODES <- list(
  SCRIPT_ERROR = c(39004, USER),
  LANGUAGE_UNKNOWN = c(39007, USER),
  BAD_REQUEST = c(58000, USER),
  SCRIPT_SYNTAX = c(58001, USER),
  SCRIPT_EXITED = c(58002, USER),
  RESULT_MISSING = c(58010, USER),
  RESULT_KIND = c(58011, USER),
  RESULT_COLUMNS = c(58012, USER),
  RESULT_CONVERSION = c(58013, USER),
  RESULT_NULL = c(58014, USER),
  VALUE_TOO_LARGE = c(58015, USER),
  TYPE_UNSUPPORTED = c(58016, USER),
  PARAMETER = c(58017, USER),
  DEADLINE_EXCEEDED = c(58102, RESOURCE),
  VERSION_UNSUPPORTED = c(58202, USER),
  PROTOCOL_VIOLATION = c(58203, INTERNAL),
  INTERNAL = c(58303, INTERNAL)
)

# How a satellite ends when it cannot say so in a message.
EXIT_DONE <- 0L
EXIT_PEER_GONE <- 80L
EXIT_VIOLATION <- 81L
EXIT_CHANNEL_DAMAGED <- 82L

# A failure with a code of the protocol; ends the session with FAILED. C calls this, too.
fail <- function(code, message, column = "", row = 0) {
  stop(structure(
    class = c("launchpad_error", "error", "condition"),
    list(message = message, call = NULL, code = code, column = column, row = row)
  ))
}

bad_request <- function(...) fail("BAD_REQUEST", paste0(...))

# Called by C when nothing more can be received.
channel_failed <- function(kind, problem) {
  if (kind == "violation") {
    fail("PROTOCOL_VIOLATION", if (nzchar(problem)) problem else "the peer broke a rule of the protocol")
  }
  stop(structure(
    class = c(paste0("launchpad_", kind), "launchpad_end", "error", "condition"),
    list(message = paste("the channel is", kind), call = NULL)
  ))
}

# The wire form of an error of ours.
error_message <- function(error) {
  known <- ERROR_CODES[[error$code]]
  list(
    number = known[1], code = error$code, category = known[2],
    message = shortened(error$message, MESSAGE_BYTES_MAX),
    column = shortened(error$column, 256L), row = error$row
  )
}

# Valid UTF-8 of at most so many bytes; what is too much is taken from the middle.
shortened <- function(text, bytes_max) {
  text <- enc2utf8(text)
  if (nchar(text, "bytes") <= bytes_max) {
    return(text)
  }
  bytes <- charToRaw(text)
  half <- (bytes_max - 8L) %/% 2L
  kept <- c(bytes[seq_len(half)], charToRaw(" ... "), utils::tail(bytes, half))
  iconv(rawToChar(kept), "UTF-8", "UTF-8", sub = "")
}
