# SPDX-License-Identifier: Apache-2.0
#
# One satellite process: handshake, one session, end.

software <- function() {
  paste0("launchpad ", utils::packageVersion("launchpad"), " (R ", getRversion(), ")")
}

# Serves the session of a satellite whose broker has given it these two sockets.
serve_split <- function(control, data, runtime) {
  .Call(C_channel_open, control, data)
  leave(split_session(runtime))
}

# Serves one session to a client that is connected straight to the satellite.
serve_single <- function(connection, runtime) {
  .Call(C_channel_open, connection, -1L)
  leave(single_session(runtime))
}

split_session <- function(runtime) {
  send("HELLO", hello(runtime))
  welcome <- receive("WELCOME")
  if (welcome$version != VERSION) {
    fail("PROTOCOL_VIOLATION", sprintf("version %.0f was not offered", welcome$version))
  }
  accept_credit(welcome$initial_credit)
  .Call(C_console_install)
  run_session(receive("EXECUTE"), runtime)
  .Call(C_finish)
}

single_session <- function(runtime) {
  hello <- receive("HELLO")
  if (hello$role != ROLE_ENGINE || length(hello$nonce) != 32 || nchar(hello$software, "bytes") > 256) {
    fail("PROTOCOL_VIOLATION", "HELLO has no valid role, nonce or software name")
  }
  if (hello$version_min > VERSION || hello$version_max < VERSION) {
    refuse(hello)
    return(.Call(C_finish))
  }
  accept_credit(hello$initial_credit)
  send("WELCOME", welcome())
  send("AUTHENTICATED", list(engine_id = "direct", languages = "R", runtimes = runtime))
  .Call(C_console_install)
  request <- receive("EXECUTE")
  .Call(C_watch, request$deadline_ms, request$grace_ms)
  run_session(request, runtime)
  .Call(C_finish)
}

refuse <- function(hello) {
  text <- sprintf("this end speaks 1 to 1, yours %.0f to %.0f", hello$version_min, hello$version_max)
  error <- list(code = "VERSION_UNSUPPORTED", message = text, column = "", row = 0)
  send("REFUSED", list(error = error_message(error)))
}

# Evaluates the session and ends the process.
leave <- function(session) {
  status <- tryCatch(
    {
      force(session)
      EXIT_DONE
    },
    error = exit_status,
    interrupt = function(interrupt) EXIT_PEER_GONE
  )
  .Call(C_leave, status)
}

exit_status <- function(error) {
  if (inherits(error, "launchpad_gone")) {
    EXIT_PEER_GONE
  } else if (inherits(error, "launchpad_error")) {
    EXIT_VIOLATION
  } else {
    EXIT_CHANNEL_DAMAGED
  }
}

hello <- function(runtime) {
  list(
    version_min = VERSION, version_max = VERSION, role = ROLE_SATELLITE, software = software(),
    initial_credit = WINDOW_BYTES, nonce = nonce(), languages = "R", runtime = runtime, tzdata = ""
  )
}

welcome <- function() {
  list(
    version = VERSION, role = ROLE_SATELLITE, software = software(), initial_credit = WINDOW_BYTES, nonce = nonce(),
    auth = 1, launchpad_id = "direct", tzdata = ""
  )
}

nonce <- function() {
  source <- file("/dev/urandom", "rb", raw = TRUE)
  on.exit(close(source))
  readBin(source, "raw", 32L)
}
