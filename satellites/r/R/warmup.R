# SPDX-License-Identifier: Apache-2.0
#
# A small session played to the satellite itself, so that no user pays for first times: the real path, over sockets of our own.
# Done in a zygote it compiles; done again in a forked satellite it takes the page faults off the lease path.

WARM_SCRIPT <- '
warm <- function(values) vapply(values, function(value) value, 0)
print(warm(1))
message("warm")
OutputDataSet <- InputDataSet
result <- parameter + 1L
try(stop("warm"), silent = TRUE)
'

warm_up <- function() {
  zone <- Sys.getenv("TZ", NA)
  globals <- ls(globalenv(), all.names = TRUE)
  on.exit({
    .Call(C_console_remove)
    .Call(C_channel_close)
    if (is.na(zone)) Sys.unsetenv("TZ") else Sys.setenv(TZ = zone)
    rm(list = setdiff(ls(globalenv(), all.names = TRUE), globals), envir = globalenv())
    forget_session()
  })
  control <- .Call(C_socket_pair)
  data <- .Call(C_socket_pair)
  on.exit(for (peer in c(control[2L], data[2L])) .Call(C_write_all, peer, NULL), add = TRUE)
  .Call(C_channel_open, control[1L], data[1L])
  frames <- warm_frames()
  .Call(C_write_all, control[2L], frames$control)
  .Call(C_write_all, data[2L], frames$data)
  receive("WELCOME")
  .Call(C_console_install)
  run_session(receive("EXECUTE"), "")
}

# What the peer of such a session sends: made in the zygote, found ready by its forks.
warm_frames <- local({
  made <- NULL
  function() {
    if (is.null(made)) {
      input <- warm_stream(list(i = 1L, l = structure(1, class = "integer64"), f = 0.5, s = "x", b = TRUE))
      made <<- list(
        control = c(
          PREFACE, framed(0x02, 0L, encoded("WELCOME", welcome()), 0L),
          framed(FRAME_TYPES[["EXECUTE"]], 0L, encoded("EXECUTE", warm_request()), 1L)
        ),
        data = input_frames(input)
      )
    }
    made
  }
})

# Unless a request waits already, which would wait longer (PROTOCOL.md section 4; of R's plays there are all or none).
warm_up_unless_awaited <- function() {
  awaited <- identical(Sys.getenv("LAUNCHPAD_WARM_UP"), "nothing")
  Sys.unsetenv("LAUNCHPAD_WARM_UP")
  if (!awaited) warm_up()
}

PREFACE <- as.raw(c(0x4c, 0x50, 0x53, 0x50, 0x0d, 0x0a, 0x1a, 0x01))
FRAME_DATA <- 0x30

warm_request <- function() {
  list(
    request_id = "warm-up", language = "R", principal = "warm-up", script = list(inline = charToRaw(WARM_SCRIPT)),
    inputs = list(list(name = "InputDataSet", stream = 1)), outputs = list(list(name = "OutputDataSet", stream = 2)),
    parameters = list(inline = warm_stream(list(parameter = 1L)))
  )
}

warm_stream <- function(columns) {
  writer <- .Call(C_writer, NULL, NULL, VALUE_BYTES_MAX)
  .Call(C_writer_bind, writer, unname(columns), names(columns))
  .Call(C_writer_write, writer, unname(columns), 1)
  .Call(C_writer_finish, writer)
  .Call(C_writer_bytes, writer)
}

# The frames of a BXL stream as DATA frames of the protocol.
input_frames <- function(stream) {
  framed_all <- raw()
  sequence <- 0L
  while (length(stream) > 0L) {
    size <- sum(as.integer(stream[9:12]) * 256^(0:3))
    framed_all <- c(framed_all, framed(FRAME_DATA, 1L, stream[seq_len(size)], sequence))
    stream <- stream[-seq_len(size)]
    sequence <- sequence + 1L
  }
  framed_all
}

framed <- function(type, stream, payload, sequence) {
  little <- function(value, bytes) as.raw(value %/% 256^(seq_len(bytes) - 1) %% 256)
  c(little(length(payload), 4L), as.raw(c(type, 0)), little(stream, 2L), little(sequence, 8L), payload)
}
