# SPDX-License-Identifier: Apache-2.0
#
# List columns and dictionaries: what keeps their values apart, and what their errors name.

same_bits <- function(a, b) identical(a, b, num.eq = FALSE)

test_that("classes of elements survive", {
  columns <- list(
    list(structure(c(1, NA), units = "secs", class = c("hms", "difftime")), NULL),
    list(as.POSIXct("2024-07-01", tz = "Europe/Paris"), as.POSIXct(NA, tz = "Europe/Paris")),
    list(bit64::as.integer64(c("9007199254740993", NA)), bit64::as.integer64("-1")),
    list(factor(c("b", NA), levels = c("a", "b")), factor("a", levels = c("a", "b"))),
    list(ordered("b", levels = c("a", "b"))),
    list(list(structure(decimal(c("1.50", NA)), precision = 9L, scale = 2L)), list(), NULL)
  )
  for (column in columns) expect_identical(there_and_back(column), column)
})

test_that("a list of one element in a struct stays a list, a value stays a value", {
  column <- list(list(l = I(1L), v = 1L), list(l = I(integer()), v = 2L), NULL, list(l = NULL, v = NA_integer_))
  expect_identical(there_and_back(column), column)
})

test_that("the entries of a map stay a map until they have other columns", {
  entries <- structure(data.frame(key = c("a", "b"), value = 1:2), class = c("launchpad_map", "data.frame"))
  back <- there_and_back(list(entries, NULL))
  expect_identical(back, list(entries, NULL))
  entries$more <- 3:4
  expect_identical(class(there_and_back(list(entries))[[1L]]), "data.frame")
})

test_that("NA is NULL among raw vectors and structs, and a list of one NULL elsewhere", {
  expect_identical(there_and_back(list(as.raw(1), NA)), list(as.raw(1), NULL))
  expect_identical(there_and_back(list(list(a = 1L), NA)), list(list(a = 1L), NULL))
  expect_identical(there_and_back(list(c(TRUE, FALSE), NA)), list(c(TRUE, FALSE), NA))
  expect_identical(there_and_back(list(NA, NULL)), list(NA, NULL))
})

test_that("elements of different classes become the wider one, or are an error", {
  expect_identical(there_and_back(list(1L, 0.5, NA)), list(1, 0.5, NA_real_))
  expect_identical(there_and_back(list(1L, bit64::as.integer64(2))), list(bit64::as.integer64(1), bit64::as.integer64(2)))
  expect_identical(there_and_back(list(factor("a"), "b")), list("a", "b"))
  expect_identical(there_and_back(list(factor("a"), ordered("b")))[[2L]], factor("b", levels = c("a", "b")))
  expect_identical(as.character(there_and_back(list(decimal("1"), 7L))[[2L]]), "7")
  nul <- structure(list(as.raw(0)), class = c("launchpad_text", "launchpad_carrier", "list"))
  expect_identical(lapply(there_and_back(list("a", nul)), as.character), list("a", "\\0"))
  moments <- list(
    as.POSIXct("2024-01-02 03:04:05.5", tz = "UTC"),
    structure("2024-01-02 03:04:05.123456789", class = c("launchpad_datetime2", "launchpad_carrier"))
  )
  expect_identical(as.character(there_and_back(moments)[[1L]]), "2024-01-02 03:04:05.500000000")
  expect_error(there_and_back(list(1L, "a")), "column '1' holds both integer and character", class = "launchpad_error")
  expect_error(there_and_back(list(Sys.Date(), Sys.time())), "holds both Date and POSIXct", class = "launchpad_error")
  expect_error(there_and_back(list(data.frame(a = 1), data.frame(b = 1))), "data frames with different columns")
})

if (nzchar(root)) test_that("errors in nested values name the row of the table", {
  row_of <- function(vector, column) {
    error <- tryCatch(as_type_of(vector, column), launchpad_error = identity)
    expect_match(conditionMessage(error), sprintf(", row %d: ", error$row), fixed = TRUE)
    error$row
  }
  expect_identical(row_of("sql-list-int", list(1:3, integer(), 4L, c(1, 2, 0.5))), 4)
  expect_identical(row_of("sql-list-of-list", list(list(1:2), list(NULL, 3L), list(4L, c(5, 6.5)))), 3)
  expect_identical(row_of("sql-list-of-struct", list(list(), list(list(a = 1L), list(a = 0.5)))), 2)
})

if (nzchar(root)) test_that("a field of a struct with too many values is an error", {
  expect_error(as_type_of("sql-struct", list(list(a = 1:2))), "the field 'a' has 2 values in one row", class = "launchpad_error")
})

if (nzchar(root)) test_that("values of a dictionary are told apart by every bit", {
  columns <- columns_of(vector_bytes("round-trip-dictionary-bits"))
  expect_true(same_bits(1 / columns[[1L]][1:2], c(Inf, -Inf)))
  expect_identical(is.nan(columns[[1L]]), c(FALSE, FALSE, TRUE, FALSE, FALSE, FALSE))
  again <- columns_of(stream_of(columns, reader(vector_bytes("round-trip-dictionary-bits"))))
  expect_true(same_bits(again, columns))
})

if (nzchar(root)) test_that("a dictionary is sent again when a bit of it changes", {
  vector <- vector_bytes("round-trip-dictionary-again")
  output <- ns$output_new("r", 1, NULL, vector, 0)
  open <- reader(vector)
  while (call_c("reader_fill", open, 2) > 0) {
    ns$output_write(output, structure(call_c("reader_take", open, 2), names = c("i", "l", "f"), row.names = 1:2, class = "data.frame"))
  }
  ns$output_finish(output)
  expect_true(same_bits(columns_of(call_c("writer_bytes", output$writer)), columns_of(vector)))
})

test_that("a dictionary below a list is sent again only where it changes", {
  column <- rep(list(factor(c("a", "b"))), 100000L)
  back <- stream_of(list(column))
  expect_identical(columns_of(back)[[1L]][99999:100000], column[1:2])
  expect_lt(length(back), 1500000)
})

test_that("chunks without elements leave the type open", {
  output <- ns$output_new("r", 1, NULL, NULL, 0)
  chunks <- list(list(NULL, logical()), list(list(a = NULL)), list(list(a = c(1L, 2L)), NULL))
  for (chunk in chunks[-1L]) ns$output_write(output, structure(list(chunk), row.names = seq_along(chunk), names = "c", class = "data.frame"))
  ns$output_finish(output)
  expect_identical(columns_of(call_c("writer_bytes", output$writer))[[1L]], list(list(a = NULL), list(a = I(1:2)), NULL))
})
