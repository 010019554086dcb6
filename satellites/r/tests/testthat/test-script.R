# SPDX-License-Identifier: Apache-2.0
#
# Scripts and how they fail, without a connection.

outcome <- function(text) {
  tryCatch(
    {
      ns$script_run(ns$parse_script(text))
      NULL
    },
    launchpad_script = function(failure) failure$error
  )
}

lines_of <- function(error) {
  frames <- Filter(function(frame) identical(frame$file, "<script>"), error$trace$frames)
  vapply(frames, function(frame) as.integer(frame$line), 0L)
}

teardown_quit <- function() call_c("catch_quit", FALSE)

test_that("an error has its call, its class and the script's lines", {
  on.exit(teardown_quit())
  error <- outcome("f <- function(x) {\n  stop('bad')\n}\n\nf(1)")
  expect_identical(error$message, "Error in f(1): bad (line 2 of the script)")
  expect_identical(error$exception_class, "simpleError")
  expect_identical(lines_of(error), c(5L, 2L))
  expect_match(error$traceback_text, "<script>:2 in f: stop('bad')", fixed = TRUE)
})

test_that("an error of a primitive names the line it stands in", {
  on.exit(teardown_quit())
  error <- outcome("f <- function(x) {\n  log(x)\n}\nf('a')")
  expect_identical(lines_of(error), c(4L, 2L))
})

test_that("a call through a package is shown where it leaves the script", {
  on.exit(teardown_quit())
  error <- outcome("g <- function(i) stop('in g')\nlapply(1:2,\n  g)")
  expect_identical(error$message, "Error in FUN(X[[i]], ...): in g (line 1 of the script)")
  expect_identical(lines_of(error)[1L], 2L)
})

test_that("errors at the top level have no call of ours", {
  on.exit(teardown_quit())
  expect_identical(outcome("stop('plain')")$message, "Error: plain (line 1 of the script)")
})

test_that("a script that does not parse says where", {
  error <- outcome("x <- 1\ny <- )")
  expect_identical(error$code, "SCRIPT_SYNTAX")
  expect_identical(error$message, "syntax error: unexpected ')' (line 2 of the script)")
  expect_identical(lines_of(error), 2L)
})

test_that("warnings are told at once, and are errors when the script wants them to be", {
  on.exit(teardown_quit())
  told <- capture.output(outcome("f <- function() warning('careful')\nf()\nwarning('top')"), type = "message")
  expect_identical(told, c("Warning in f() : careful", "Warning: top"))
  before <- options(warn = 2)
  error <- outcome("as.integer('x')")
  options(before)
  expect_match(error$message, "converted from warning")
})

test_that("conditions that the script handles are its own", {
  on.exit(teardown_quit())
  expect_null(outcome("x <- tryCatch(stop('a'), error = function(e) 1)\nstopifnot(x == 1)\ntry(log('a'), silent = TRUE)"))
})

test_that("messages are cut to what a frame holds", {
  on.exit(teardown_quit())
  error <- outcome("stop(strrep('\u00e4', 20000))")
  expect_lte(nchar(error$message, "bytes"), 8192L)
  expect_true(validUTF8(error$message))
})

test_that("tables of all kinds are results, other things are not", {
  table_of <- ns$table_of
  expect_identical(table_of(data.frame(a = 1:2), "r")$rows, 2L)
  expect_identical(table_of(tibble::tibble(a = 1:2, b = "x"), "r")$names, c("a", "b"))
  expect_identical(table_of(data.table::data.table(a = 1:3), "r")$rows, 3L)
  expect_identical(table_of(data.frame(p = as.raw(1:9)), "r")$rows, 1)
  expect_error(table_of(1:3, "r"), "r is of class integer, not a data frame", class = "launchpad_error")
  expect_error(table_of(data.frame(m = I(matrix(1:4, 2))), "r"), "column 'm' has 2 dimensions")
})

test_that("a limit that the script met is named", {
  limits <- c(100, 4096 * 256, 4096 * 200, 4096 * 56, 100, 40, 60)
  names_of <- function(...) ns$limit_met(...)$name
  expect_identical(names_of("cannot open the connection", "cannot open file 'a': Too many open files", limits), "open files")
  expect_identical(names_of("cannot open the connection", "cannot open file 'a': No space left on device", limits), "scratch bytes")
  expect_null(names_of("error writing to connection", "", limits))
  full <- replace(limits, c(3L, 4L), c(4096 * 256, 0))
  expect_identical(ns$limit_met("error writing to connection", "", full), list(name = "scratch bytes", value = 1048576, usage = 1048576))
  expect_identical(names_of("bad input", "", full), NULL)
  expect_identical(names_of("cannot open the connection", "No space left on device", replace(limits, 7L, 0)), "scratch files")
  expect_null(names_of("No space left on device", "", c(100, rep(NA, 6))))
})

test_that("limits are asked of the system", {
  limits <- call_c("limits", tempdir())
  expect_gt(limits[1L], 2)
  expect_length(limits, 7L)
})
