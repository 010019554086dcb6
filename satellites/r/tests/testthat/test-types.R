# SPDX-License-Identifier: Apache-2.0
#
# What docs/types.md says of R, tried with every boundary of every SQL type.

# The rows of the table under a heading, by SQL type, as the names in backquotes of each cell.
document_table <- function(heading) {
  text <- paste(readLines(file.path(root, "docs", "types.md"), encoding = "UTF-8"), collapse = "\n")
  section <- sub("\n## .*", "", sub(paste0(".*\n## ", heading, "\n"), "", text))
  lines <- grep("^\\| ", strsplit(section, "\n", fixed = TRUE)[[1L]], value = TRUE)[-1L]
  cells <- lapply(strsplit(sub("^\\| ", "", lines), " *\\| *"), function(row) row)
  rows <- lapply(cells, function(row) lapply(row[-1L], function(cell) gsub("`", "", regmatches(cell, gregexpr("`[^`]+`", cell))[[1L]])))
  structure(rows, names = vapply(cells, `[`, "", 1L))
}

# As docs/types.md spells an Arrow type; letters stand for any number.
documented <- function(type, column) {
  type <- sub("^string$", "utf8", sub("^double$", "float64", type))
  type <- gsub("interval_month_day_nano", "interval(month_day_nano)", type, fixed = TRUE)
  type <- sub("^dictionary of string$", "utf8", type)
  if (startsWith(type, "decimal(")) {
    digits <- as.integer(sub("decimal\\(([0-9]+),.*", "\\1", type))
    return(if (digits > 38) "decimal256(p,s)" else "decimal128(p,s)")
  }
  type <- sub("\\[us, .*\\]", "(us,zone)", type)
  sub("[", "(", sub("]", ")", type, fixed = TRUE), fixed = TRUE)
}

# Each row of a vector as columns of its own.
single_columns <- function(name) {
  open <- reader(vector_bytes(name))
  rows <- call_c("reader_fill", open, Inf)
  unlist(lapply(seq_len(rows), function(i) call_c("reader_take", open, 1)), recursive = FALSE)
}

natural_of <- function(column) call_c("reader_fields", reader(stream_of(list(column))))[[4L]]

is_null_value <- function(column) is.list(column) && is.null(unclass(column)[[1L]]) || !is.list(column) && is.na(column) && !is.nan(column)

if (nzchar(root)) test_that("every type has its row, and every vector its type", {
  types <- document_table("SQL types and Arrow")
  expect_identical(names(document_table("R")), names(types))
  vectors <- sub("[.]json$", "", list.files(file.path(root, "bxl-codec", "vectors"), "^sql-.*[.]json$"))
  expect_setequal(unlist(lapply(types, `[[`, 2L)), vectors)
})

if (nzchar(root)) test_that("columns are of the stated classes and come back as the stated types", {
  types <- document_table("SQL types and Arrow")
  stated <- document_table("R")
  for (sql in names(types)) {
    seen <- character()
    natural <- character()
    for (name in types[[sql]][[2L]]) {
      whole <- columns_of(vector_bytes(name))
      single <- single_columns(name)
      seen <- union(seen, vapply(c(whole, single), function(column) class(column)[1L], ""))
      some <- single[!vapply(single, function(column) isTRUE(is_null_value(column)), NA)]
      natural <- union(natural, vapply(c(whole, some), function(column) documented(natural_of(column)), ""))
    }
    expect_true(all(seen %in% stated[[sql]][[1L]]), info = paste(sql, "arrives as", toString(seen)))
    expect_true(all(natural %in% stated[[sql]][[2L]]), info = paste(sql, "comes back as", toString(natural)))
    carriers <- grep("^launchpad_|^integer64$", stated[[sql]][[1L]], value = TRUE)
    unseen <- setdiff(carriers, c(seen, "launchpad_map"))
    expect_true(length(unseen) == 0L || sql %in% c("char(n), nchar(n)", "timestamp with time zone"), info = paste(sql, "is never", toString(unseen)))
  }
})

if (nzchar(root)) test_that("parameters come back as they went", {
  for (name in unlist(lapply(document_table("SQL types and Arrow"), `[[`, 2L))) {
    open <- reader(vector_bytes(name))
    fields <- call_c("reader_fields", open)
    for (row in seq_len(call_c("reader_fill", open, Inf))) {
      columns <- call_c("reader_take", open, 1)
      for (i in seq_along(columns)) assign(fields[[1L]][i], ns$parameter_value(columns[[i]]), envir = globalenv())
      given <- Map(ns$parameter_column, fields[[1L]], fields[[3L]], USE.NAMES = FALSE)
      writer <- call_c("writer_of_fields", NULL, open, seq_along(columns) - 1L)
      call_c("writer_write", writer, given, 1)
      call_c("writer_finish", writer)
      back <- columns_of(call_c("writer_bytes", writer))
      if (startsWith(name, "sql-enum")) {
        # Other entries of the dictionary decide what carries it.
        back <- lapply(back, as.character)
        columns <- lapply(columns, as.character)
      }
      expect_true(identical(back, columns, num.eq = FALSE), info = paste(name, "row", row))
    }
    rm(list = fields[[1L]], envir = globalenv())
  }
})

test_that("a later run is never rounded to the type of the first", {
  chunks <- list(
    list(decimal("1.5"), decimal("1.25")), list(as.POSIXct("2024-01-01", tz = "UTC"), structure("2024-01-01 00:00:00.0000001",
      class = c("launchpad_datetime2", "launchpad_carrier"))), list(1L, 2^40), list(1L, 0.5), list(decimal("1"), 0.5)
  )
  for (pair in chunks) {
    output <- ns$output_new("r", 1, NULL, NULL, 0)
    write <- function(column) ns$output_write(output, structure(list(x = column), row.names = 1L, class = "data.frame"))
    write(pair[[1L]])
    error <- expect_error(write(pair[[2L]]), "does not fit", class = "launchpad_error")
    expect_identical(list(error$code, error$column, error$row), list("RESULT_CONVERSION", "x", 2))
  }
})
