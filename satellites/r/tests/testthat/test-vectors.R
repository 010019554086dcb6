# SPDX-License-Identifier: Apache-2.0
#
# The golden vectors of FORMAT.md, read and written by the satellite's own code.

# What a value means, as the vectors' README spells it.
count_text <- function(text, digits, clock = FALSE) {
  ticks <- function(text) {
    day <- if (clock) 0 else day_of(sub("^(-?[0-9]+-[0-9]+-[0-9]+).*", "\\1", text))
    part <- if (clock) text else sub("^-?[0-9]+-[0-9]+-[0-9]+ ?", "", text)
    fields <- as.numeric(strsplit(sub("[.].*", "", part), ":", fixed = TRUE)[[1L]])
    seconds <- bit64::as.integer64(day) * 86400L + bit64::as.integer64(sum(fields * c(3600, 60, 1)))
    fraction <- if (grepl(".", part, fixed = TRUE)) sub(".*[.]", "", part) else ""
    fraction <- substr(paste0(fraction, "000000000"), 1L, digits)
    unit <- bit64::as.integer64(10^digits)
    fraction <- if (digits > 0) bit64::as.integer64(fraction) else 0L
    # Down to the smallest count: its whole seconds alone would be less.
    as.character(if (isTRUE(seconds < 0L)) (seconds + 1L) * unit + (fraction - unit) else seconds * unit + fraction)
  }
  vapply(text, FUN.VALUE = "", function(one) {
    if (is.na(one)) {
      return(NA_character_)
    }
    # The one count that bit64 has no number for.
    count <- suppressWarnings(ticks(one))
    if (is.na(count)) "-9223372036854775808" else count
  })
}

# Days since 1970-01-01 in any year of the proleptic Gregorian calendar.
day_of <- function(text) {
  parts <- as.numeric(strsplit(sub("^-", "", text), "-", fixed = TRUE)[[1L]])
  year <- if (startsWith(text, "-")) -parts[1L] else parts[1L]
  month <- parts[2L]
  year <- year - (month <= 2)
  era <- year %/% 400
  of_era <- year - era * 400
  of_year <- (153 * (month + if (month > 2) -3 else 9) + 2) %/% 5 + parts[3L] - 1
  era * 146097 + of_era * 365 + of_era %/% 4 - of_era %/% 100 + of_year - 719468
}

with_nul_sign <- function(bytes) {
  parts <- lapply(as.list(bytes), function(byte) if (byte == 0) charToRaw(nul_sign) else byte)
  `Encoding<-`(rawToChar(c(raw(), unlist(parts))), "UTF-8")
}

digits_of <- function(type) c(s = 0, ms = 3, us = 6, ns = 9)[[sub(".*\\((s|ms|us|ns).*", "\\1", type)]]

seconds_count <- function(column, digits) {
  values <- as.numeric(column)
  whole <- floor(values)
  as.character(bit64::as.integer64(whole) * bit64::as.integer64(10^digits) +
    bit64::as.integer64(round((values - whole) * 10^digits)))
}

meaning <- function(column, field) {
  type <- field$type
  value <- if (inherits(column, "launchpad_text")) {
    lapply(unclass(column), function(bytes) if (is.null(bytes)) NULL else with_nul_sign(bytes))
  } else if (is.factor(column)) {
    as.list(as.character(column))
  } else if (grepl("^u?int(8|16|32)$", type)) {
    as.list(as.numeric(as.character(column)))
  } else if (grepl("^u?int64$", type)) {
    as.list(as.character(column))
  } else if (type == "date32") {
    as.list(as.numeric(column))
  } else if (grepl("^(time32|time64|timestamp|duration)", type)) {
    digits <- digits_of(type)
    counts <- if (inherits(column, "launchpad_datetime2")) {
      count_text(as.character(column), digits)
    } else if (inherits(column, "launchpad_time")) {
      count_text(as.character(column), digits, clock = TRUE)
    } else if (inherits(column, "launchpad_duration")) {
      text <- as.character(column)
      fraction <- ifelse(grepl(".", text, fixed = TRUE), sub(".*[.]", "", text), "")
      sub("^(-?)0+(?=[0-9])", "\\1", paste0(sub("[.].*", "", text), fraction), perl = TRUE)
    } else {
      seconds_count(column, digits)
    }
    counts[is.na(column)] <- NA
    as.list(if (startsWith(type, "time32")) as.numeric(counts) else counts)
  } else if (startsWith(type, "float")) {
    as.list(column)
  } else if (grepl("binary", type)) {
    lapply(column, function(bytes) if (is.null(bytes)) NULL else paste(format(bytes), collapse = ""))
  } else {
    as.list(if (is.object(column)) as.character(column) else column)
  }
  lapply(value, function(one) if (length(one) == 1L && is.atomic(one) && !is.nan(one) && is.na(one)) NULL else one)
}

is_nan_text <- function(one) is.numeric(one) && is.nan(one)

expect_meaning <- function(column, field, expected, about) {
  got <- unname(meaning(column, field))
  if (startsWith(field$type, "float")) {
    expected <- lapply(expected, function(text) {
      if (is.null(text)) NULL else if (text == "NaN") NaN else if (text == "Infinity") Inf else if (text == "-Infinity") -Inf else as.numeric(text)
    })
    # Negative zero is not zero.
    signs <- function(values) vapply(values, function(one) if (is.null(one)) 0 else 1 / one, 0)
    expect_identical(signs(got), signs(expected), info = about)
  }
  expect_equal(got, expected, info = about)
}

# Types whose R form these tests take apart; the others are held to their way back.
is_flat <- function(field) {
  length(field$children) == 0L && is.null(field$metadata[["ARROW:extension:name"]]) && field$type != "null" &&
    !startsWith(field$type, "interval") && is.null(field$dictionary)
}

if (nzchar(root)) test_that("valid streams have the stated values", {
  for (vector in bxl_vectors(malformed = FALSE)) {
    bytes <- vector_bytes(vector$name)
    expect_identical(rows_of(bytes), as.numeric(sum(0, unlist(lapply(vector$batches, function(b) b$rows)))), info = vector$name)
    columns <- columns_of(bytes)
    names <- call_c("reader_fields", reader(bytes))[[1L]]
    # A name of R ends at NUL.
    expect_identical(names, vapply(vector$fields, function(field) sub(paste0(nul_sign, ".*"), "", field$name), ""), info = vector$name)
    for (i in seq_along(vector$fields)) {
      field <- vector$fields[[i]]
      if (is_flat(field)) {
        expected <- do.call(c, lapply(vector$batches, function(batch) batch$columns[[i]]))
        if (is.null(expected)) expected <- list()
        expect_meaning(columns[[i]], field, expected, paste(vector$name, field$name))
      }
    }
  }
})

# Also -0 and 0 differ.
expect_same_bits <- function(got, expected, about) {
  if (!identical(got, expected, num.eq = FALSE)) expect_identical(got, expected, info = about)
  expect_true(identical(got, expected, num.eq = FALSE), info = about)
}

if (nzchar(root)) test_that("valid streams survive our writer", {
  for (vector in bxl_vectors(malformed = FALSE)) {
    bytes <- vector_bytes(vector$name)
    columns <- columns_of(bytes)
    written <- tryCatch(stream_of(columns, reader(bytes), rows_of(bytes)), error = function(e) stop(vector$name, ": ", conditionMessage(e)))
    expect_identical(rows_of(written), rows_of(bytes), info = vector$name)
    expect_same_bits(columns_of(written), columns, vector$name)
  }
})

# Carriers of fractions show as many digits as their type has; the natural type may have others.
without_zeros <- function(value) {
  if (is.character(value) && is.object(value)) {
    value[] <- sub("[.]?0+(?= [+-]|$)", "", value, perl = TRUE)
  } else if (is.list(value)) {
    value[] <- lapply(unclass(value), without_zeros)
  }
  value
}

if (nzchar(root)) test_that("valid streams survive without their types", {
  for (vector in bxl_vectors(malformed = FALSE)) {
    bytes <- vector_bytes(vector$name)
    columns <- columns_of(bytes)
    written <- tryCatch(stream_of(columns, NULL, rows_of(bytes)), error = function(e) stop(vector$name, ": ", conditionMessage(e)))
    if (vector$name %in% c("all-null", "round-trip-dictionary-of-none")) next # lists and structs of nothing but NULL: nothing tells R what else could be in them
    expect_same_bits(lapply(columns_of(written), without_zeros), lapply(columns, without_zeros), vector$name)
  }
})

# Rules that a validator checks and a reader does not: launchpad has validated what a satellite gets, and none of these lets
# anything be read outside a frame.
FOR_VALIDATORS <- paste0("bad-(", paste(
  "count-fixed-items", "count-items", "declared-.*", "limit-.*", "metadata-(shared|size|string-utf8|version)", "null-.*",
  "schema-(big-endian|dictionary-in-dictionary|dictionary-types|extension-.*|fixed-size-.*|struct-names)", "utf8-dictionary",
  "value-.*", "dictionary-undefined",
  sep = "|"
), ")")

if (nzchar(root)) test_that("malformed streams are refused", {
  for (vector in bxl_vectors(malformed = TRUE)) {
    bytes <- vector_bytes(vector$name)
    if (!grepl(FOR_VALIDATORS, vector$name)) {
      error <- expect_error(rows_of(bytes), "a BXL stream cannot be read", class = "launchpad_error", info = vector$name)
      if (vector$check <= 2) expect_match(conditionMessage(error), vector$error, info = vector$name)
    } else {
      # Whatever is made of it: it is no crash.
      try(columns_of(bytes), silent = TRUE)
    }
  }
})
