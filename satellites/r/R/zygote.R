# SPDX-License-Identifier: Apache-2.0
#
# The zygote: loads and warms everything once, then is forked into satellites (sandbox/BROKER.md). It has one thread and never
# serves; each satellite is a fork that warms itself, speaks first and waits for its script.

WARM_ROUNDS <- 3L

zygote <- function() {
  .Call(C_zygote_open, Sys.getenv("LAUNCHPAD_ZYGOTE_LIBRARY"))
  runtime <- Sys.getenv("LAUNCHPAD_RUNTIME", "r")
  preload()
  prepare()
  for (round in seq_len(WARM_ROUNDS)) warm_up()
  gc(full = TRUE)
  .Call(C_zygote_settle)
  .Call(C_zygote_ready)
  environment <- .Call(C_zygote_serve)
  if (is.null(environment)) .Call(C_leave, 0L)
  become_satellite(environment)
  warm_up_unless_awaited()
  serve_split(3L, 4L, runtime)
}

# One satellite without a zygote, for one session: as PROTOCOL.md section 4 says, from the environment.
main <- function() {
  runtime <- Sys.getenv("LAUNCHPAD_RUNTIME", "r")
  listen <- Sys.getenv("LAUNCHPAD_LISTEN")
  prepare()
  if (startsWith(listen, "unix:")) {
    return(serve_single(.Call(C_listen, sub("^unix:", "", listen)), runtime))
  }
  if (Sys.getenv("LAUNCHPAD_PROFILE") != "split") {
    stop("set LAUNCHPAD_LISTEN=unix:PATH, or LAUNCHPAD_PROFILE=split with descriptors 3 and 4")
  }
  preload()
  forget_zygote()
  warm_up_unless_awaited()
  serve_split(3L, 4L, runtime)
}

preload <- function() {
  packages <- strsplit(Sys.getenv("LAUNCHPAD_PRELOAD"), ",", fixed = TRUE)[[1L]]
  for (package in packages[nzchar(packages)]) loadNamespace(package)
}

prepare <- function() {
  options(
    # Warnings are told when they happen, not when the session is over.
    warn = 1L, keep.source = TRUE, keep.source.pkgs = FALSE, device = picture_device, digits.secs = NULL,
    browserNLdisabled = TRUE, menu.graphics = FALSE
  )
}

# There is no display: what is drawn without a device of one's own goes to a picture in the working folder.
picture_device <- function(...) grDevices::png(filename = "Rplot%03d.png", type = "cairo", ...)

become_satellite <- function(environment) {
  forget_zygote()
  parts <- regmatches(environment, regexpr("=", environment, fixed = TRUE), invert = TRUE)
  values <- lapply(parts, function(part) part[2L])
  names(values) <- vapply(parts, function(part) part[1L], "")
  do.call(Sys.setenv, values)
  # All forks of a zygote would draw the same numbers and share a folder.
  suppressWarnings(rm(".Random.seed", envir = globalenv()))
  .Call(C_own_temporary_folder)
  tempdir(check = TRUE)
  options(mc.cores = processors())
}

forget_zygote <- function() Sys.unsetenv(c("LAUNCHPAD_PRELOAD", "LAUNCHPAD_ZYGOTE_LIBRARY"))

# The processors that the session may use, for parallel::mclapply.
processors <- function() {
  count <- suppressWarnings(as.integer(Sys.getenv("LAUNCHPAD_SESSION_PROCESSORS", NA)))
  if (is.na(count)) count <- parallel::detectCores()
  max(1L, count, na.rm = TRUE)
}
