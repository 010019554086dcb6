# SPDX-License-Identifier: Apache-2.0
#
# R vectors as Arrow and back: exact, or an error that names column, row and value.

test_that("vectors come back as they were", {
  columns <- list(
    c(TRUE, NA, FALSE), c(1L, NA, -.Machine$integer.max), c(0.1, NA, -Inf), c(NaN, -0.0, 5e-324), c("a", NA, "\u00fc\U1F600"),
    as.Date(c("0001-01-01", NA, "9999-12-31")), bit64::as.integer64(c("9007199254740993", NA, "-9223372036854775807")),
    factor(c("b", NA, "a"), levels = c("b", "a", "unused")), factor(c("lo", "hi"), levels = c("lo", "hi"), ordered = TRUE),
    structure(c(0.5, NA), units = "secs", class = "difftime"), structure(c(86399.999999, NA), units = "secs", class = c("hms", "difftime")), list(as.raw(c(0, 255)), NULL, raw()),
    as.POSIXct(c("2024-02-29 12:34:56.789", NA), tz = "UTC"), as.POSIXct("2024-07-01 12:00:00", tz = "Europe/Paris"),
    list(1:2, NULL, integer()), list(c("a", NA), "b"), list(list(x = 1L, y = "p"), NULL, list(x = NA_integer_, y = NA_character_))
  )
  for (column in columns) expect_identical(there_and_back(column), column)
})

test_that("NaN is not NA, and negative zero is not zero", {
  back <- there_and_back(c(NaN, NA, -0.0))
  expect_identical(is.nan(back), c(TRUE, FALSE, FALSE))
  expect_identical(1 / back[3], -Inf)
})

test_that("an empty table keeps its types", {
  columns <- list(integer(), character(), numeric(), as.Date(character()), factor(character()))
  expect_identical(columns_of(stream_of(columns)), columns)
})

test_that("many rows cross in batches", {
  numbers <- c(seq_len(200000L), NA)
  texts <- paste("text", numbers)
  expect_identical(columns_of(stream_of(list(numbers, texts))), list(numbers, texts))
})

test_that("carriers come back as they were", {
  carriers <- list(
    decimal(c("123456789012345678901234567890.1234", NA, "-0.0001")),
    structure(c("2024-01-02 03:04:05.123456789", NA), class = c("launchpad_datetime2", "launchpad_carrier")),
    structure(c("0001-01-01 00:00:00.1234567", "9999-12-31 23:59:59.9999999"), class = c("launchpad_datetime2", "launchpad_carrier")),
    structure(c("9999-12-31 23:59:59.999999", NA), class = c("launchpad_datetime2", "launchpad_carrier")),
    structure(c("12:34:56.123456789", NA), class = c("launchpad_time", "launchpad_carrier")),
    structure(c("2024-01-02 03:04:05.1234567 +05:30", "2024-01-02 03:04:05.0000000 -00:30"),
      class = c("launchpad_datetimeoffset", "launchpad_carrier")),
    structure(c("-1.000000001", "7.999999999"), class = c("launchpad_duration", "launchpad_carrier")),
    structure(c("P14M-3DT-0.000000001S", NA), class = c("launchpad_interval", "launchpad_carrier"))
  )
  for (carrier in carriers) expect_identical(as.character(there_and_back(carrier)), as.character(carrier))
})

test_that("text with a zero byte is a carrier of its bytes", {
  text <- structure(list(as.raw(c(97, 0, 98)), NULL), class = c("launchpad_text", "launchpad_carrier", "list"))
  back <- there_and_back(text)
  expect_identical(back, text)
  expect_identical(as.character(back), c("a\\0b", NA))
})

test_that("carriers can be cut, joined and counted with", {
  prices <- decimal(c("1.50", "2.25", NA))
  expect_s3_class(prices[2:3], "launchpad_decimal")
  expect_identical(as.character(c(prices[1], prices[2])), c("1.50", "2.25"))
  expect_identical(prices * 2, c(3, 4.5, NA))
  expect_identical(sum(prices, na.rm = TRUE), 3.75)
  frame <- data.frame(p = prices)
  expect_identical(frame[frame$p > 2 & !is.na(frame$p), ], prices[2])
  expect_error(decimal("1e5"), "not a decimal number")
})

if (nzchar(root)) test_that("declared types take what fits and refuse the rest", {
  expect_identical(as_type_of("type-int8", c(1, NA, -128)), c(1L, NA, -128L))
  expect_error(as_type_of("type-int8", c(1, 200)), "row 2: numeric 200 does not fit", class = "launchpad_error")
  expect_error(as_type_of("type-int32", 1.5), "row 1: numeric 1.5 does not fit")
  expect_error(as_type_of("type-int32", "7"), "text is not converted")
  expect_error(as_type_of("type-utf8", 7), "only text becomes text")
  expect_error(as_type_of("type-int64", 2^70), "does not fit")
  expect_identical(as_type_of("type-float64", 1:2), c(1, 2))
  expect_error(as_type_of("type-float64", bit64::as.integer64("9007199254740993")), "does not fit")
  expect_error(as_type_of("type-float32", 1e300), "too large for real")
  expect_identical(as_type_of("type-bool", c(0, 1, NA)), c(FALSE, TRUE, NA))
  expect_error(as_type_of("type-bool", 2L), "does not fit")
  expect_error(as_type_of("type-utf8", "\xff"), "does not fit")
})

if (nzchar(root)) test_that("decimals are rounded half away from zero, and never cut", {
  given <- decimal(c("1.00005", "-1.00005", "0.00004", "9999999999999999999999999999999999.9999"))
  expect_identical(
    as.character(as_type_of("type-decimal128", given)),
    c("1.0001", "-1.0001", "0.0000", "9999999999999999999999999999999999.9999")
  )
  expect_identical(as.character(as_type_of("type-decimal128", c(0.1, 2.5, 1e-10))), c("0.1000", "2.5000", "0.0000"))
  expect_error(as_type_of("type-decimal128", decimal("10000000000000000000000000000000000")), "does not fit")
  expect_error(as_type_of("type-decimal128", Inf), "does not fit")
})

test_that("what cannot be sent says so", {
  expect_error(stream_of(list(complex(2))), "column '1' is of a type that cannot be sent: complex", class = "launchpad_error")
  expect_error(stream_of(list(quote(a))), class = "launchpad_error")
})

if (nzchar(root)) test_that("-2^31 and -2^63 arrive as themselves", {
  int <- columns_of(vector_bytes("type-int32"))[[1L]]
  expect_s3_class(int, "integer64")
  expect_true("-2147483648" %in% as.character(int))
  bigint <- columns_of(vector_bytes("type-int64"))[[1L]]
  expect_true("-9223372036854775808" %in% as.character(bigint))
})
