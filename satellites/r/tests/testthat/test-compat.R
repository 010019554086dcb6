# SPDX-License-Identifier: Apache-2.0
#
# Requests with the type mapping compat: SQL Server's documented types, with their losses.

as_compat <- function(code) {
  before <- ns$state$request
  on.exit(assign("request", before, envir = ns$state))
  assign("request", list(type_mapping = "compat"), envir = ns$state)
  code
}

compat_of <- function(bytes) {
  open <- reader(bytes)
  as_compat(ns$input_take(list(reader = open), call_c("reader_fill", open, Inf)))
}

if (nzchar(root)) test_that("columns are of the documented types", {
  classes <- c(
    "sql-bit" = "logical", "sql-tinyint" = "integer", "sql-smallint" = "integer", "sql-int" = "integer", "sql-bigint" = "numeric",
    "sql-hugeint" = "numeric", "sql-real" = "numeric", "sql-float" = "numeric", "sql-decimal-38-10" = "numeric", "sql-money" = "numeric",
    "sql-char" = "character", "sql-nchar" = "character", "sql-json" = "character",
    "sql-uniqueidentifier" = "character", "sql-date" = "POSIXct", "sql-datetime" = "POSIXct", "sql-datetime2-6" = "POSIXct",
    "sql-datetime2-7" = "POSIXct"
  )
  for (name in names(classes)) {
    frame <- compat_of(vector_bytes(name))
    for (column in frame) expect_identical(class(column)[1L], classes[[name]], info = name)
    if (name != "sql-int") expect_identical(is.na(frame$nullable)[c(1L, 2L, nrow(frame))], c(TRUE, FALSE, TRUE), info = name)
  }
})

test_that("a factor is text", {
  expect_identical(compat_of(stream_of(list(factor(c("a", NA)))))[[1L]], c("a", NA))
})

if (nzchar(root)) test_that("what is lost is what the documentation says", {
  expect_identical(compat_of(vector_bytes("sql-bigint"))$value[1:2], rep(-9223372036854775808, 2L))
  expect_true(NA %in% compat_of(vector_bytes("sql-int"))$value)
  expect_match(compat_of(vector_bytes("sql-uniqueidentifier"))$value, "^[0-9A-F-]{36}$")
  dates <- compat_of(vector_bytes("sql-date"))$value
  expect_identical(attr(dates, "tzone"), "GMT")
  expect_true(all(format(dates, "%H:%M:%S") == "00:00:00"))
})

if (nzchar(root)) test_that("types that the original refuses are refused", {
  refused <- c(
    "sql-time-6", "sql-datetimeoffset", "sql-datetime2-ticks", "sql-timestamptz-utc", "sql-xml", "sql-interval", "sql-interval-day-to-second",
    "sql-list-int", "sql-struct", "sql-map", "sql-varbinary", "sql-binary"
  )
  for (name in refused) expect_error(compat_of(vector_bytes(name)), "the type mapping compat does not have .*; use exact", info = name)
  expect_error(compat_of(stream_of(list(structure(list(as.raw(0)), class = "launchpad_text")))), "zero byte")
})

test_that("NaN and the infinities come back as NULL", {
  table <- as_compat(ns$table_of(data.frame(f = c(1.5, NaN, Inf), d = as.Date("2024-02-29")), "r"))
  expect_identical(table$columns[[1L]], c(1.5, NA, NA))
  expect_s3_class(table$columns[[2L]], "Date")
  assign("out", -Inf, envir = globalenv())
  on.exit(rm("out", envir = globalenv()))
  expect_identical(as_compat(ns$parameter_column("out", "double")), NA_real_)
  expect_identical(ns$parameter_column("out", "double"), -Inf)
})

if (nzchar(root)) test_that("binary parameters are raw, others as columns", {
  row <- function(name) {
    open <- reader(vector_bytes(name))
    fields <- call_c("reader_fields", open)
    call_c("reader_fill", open, 1)
    column <- call_c("reader_take", open, 1)[[1L]]
    ns$parameter_value(ns$compat_parameter(column, fields[[3L]][1L], fields[[4L]][1L], "p"))
  }
  expect_type(row("sql-varbinary"), "raw")
  expect_type(row("sql-bigint"), "double")
  expect_error(row("sql-time-6"), "use exact", class = "launchpad_error")
})
