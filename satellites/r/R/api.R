# SPDX-License-Identifier: Apache-2.0
#
# The session a script runs in, as the script sees it.

described <- new.env(parent = emptyenv())

#' The session a script runs in
#'
#' Who runs this script, where, and how long it may take: a list with `request_id`, `session_id`, `engine_id`, `principal`,
#' `language`, `runtime`, `task` (from 0) of `tasks`, `run` (how many chunks or partitions came before), `time_zone`, `labels`,
#' `limits`, `traceparent` and `seconds_left` until the request's deadline (`NULL` without one).
session <- function() {
  values <- as.list(described)
  deadline <- values$deadline
  values$deadline <- NULL
  values["seconds_left"] <- list(if (is.null(deadline)) NULL else max(0, deadline - as.numeric(Sys.time())))
  values
}

describe_session <- function(request, runtime) {
  set <- function(...) list2env(list(...), envir = described)
  set(
    request_id = request$request_id, session_id = request$session_id, engine_id = request$engine_id,
    principal = request$principal, language = "R", runtime = if (nzchar(request$runtime)) request$runtime else runtime,
    task = as.integer(request$task), tasks = as.integer(max(1, request$tasks)), run = 0L,
    time_zone = if (nzchar(request$time_zone)) request$time_zone else "UTC", labels = request$labels,
    limits = Filter(function(limit) limit > 0, request$limits), traceparent = request$traceparent
  )
  if (request$deadline_ms > 0) {
    assign("deadline", as.numeric(Sys.time()) + request$deadline_ms / 1000, envir = described)
  }
}

set_run <- function(run) assign("run", as.integer(run), envir = described)

forget_session <- function() rm(list = ls(described), envir = described)
