# SPDX-License-Identifier: Apache-2.0
#
# What C asks of R about nested values and factors, where classes have to be kept. Called by name from src/.

# Vectors one after the other: what a list's child, or a field of structs, holds. `keep_lists`: the elements of the rows are
# values themselves. All are of one class, of which NULL says nothing and a vector without elements only the class.
joined <- function(rows, keep_lists, column) {
  rows <- rows[!vapply(rows, is.null, NA)]
  filled <- rows[lengths(rows) > 0L]
  if (keep_lists) {
    return(if (length(filled) == 0L) list() else do.call(c, unname(filled)))
  }
  if (length(filled) == 0L) {
    return(if (length(rows) == 0L || is_plain_list(rows[[1L]])) logical() else as_is_not(rows[[1L]]))
  }
  filled <- of_one_class(lapply(filled, as_is_not), column)
  first <- filled[[1L]]
  if (is.factor(first) && !all(vapply(filled, function(row) identical(levels(row), levels(first)), NA))) {
    return(unlist(filled, use.names = FALSE))
  }
  values <- do.call(c, unname(lapply(filled, function(row) {
    if (inherits(row, "difftime")) units(row) <- units(first)
    `attributes<-`(row, NULL)
  })))
  kept <- attributes(first)
  `attributes<-`(values, kept[setdiff(names(kept), c("names", "dim", "dimnames"))])
}

is_plain_list <- function(value) is.list(value) && !is.object(value)

# A vector without the class that I() gives, by which C says that a field of a struct is a list also where it has one element.
as_is_not <- function(vector) {
  if (inherits(vector, "AsIs")) oldClass(vector) <- setdiff(oldClass(vector), "AsIs")
  vector
}

class_key <- function(vector) if (is.object(vector)) paste(oldClass(vector), collapse = " ") else typeof(vector)

# NA alone is logical in R; whole numbers fit into wider ones. What else is of different classes has no type in common.
of_one_class <- function(rows, column) {
  keys <- vapply(rows, class_key, "")
  kinds <- unique(keys)
  if (length(kinds) == 1L) {
    return(rows)
  }
  blank <- keys == "logical" & vapply(rows, function(row) all(is.na(row)), NA)
  if (any(blank) && !all(blank)) {
    other <- rows[[which(!blank)[1L]]]
    rows[blank] <- lapply(rows[blank], function(row) other[rep(NA_integer_, length(row))])
    return(of_one_class(rows, column))
  }
  if (all(kinds %in% c("integer", "double"))) {
    return(rows)
  }
  texts <- c("character", "factor", "ordered factor")
  if (all(kinds %in% texts)) {
    return(lapply(rows, if ("character" %in% kinds) as.character else function(row) factor(row, ordered = FALSE)))
  }
  if (all(kinds %in% c("integer", "integer64"))) {
    return(lapply(rows, bit64::as.integer64))
  }
  kinds <- vapply(rows, function(row) class(row)[1L], "")
  carrier <- intersect(names(CARRIED), kinds)
  if (length(carrier) == 1L && all(kinds %in% c(carrier, CARRIED[[carrier]]))) {
    return(lapply(rows, function(row) if (inherits(row, carrier)) row else carried(row, carrier)))
  }
  fail(
    "RESULT_KIND", sprintf("column '%s' holds both %s and %s; make them one class in the script", column, kinds[1L],
      kinds[kinds != kinds[1L]][1L]), column
  )
}

# The classes of R whose values a carrier holds, too.
CARRIED <- list(
  launchpad_decimal = c("integer", "integer64"), launchpad_text = c("character", "factor", "ordered"), launchpad_datetime2 = "POSIXct",
  launchpad_time = "hms", launchpad_duration = "difftime"
)

carried <- function(vector, carrier) {
  switch(carrier,
    launchpad_decimal = decimal(vector),
    launchpad_text = structure(
      lapply(enc2utf8(as.character(vector)), function(text) if (is.na(text)) NULL else charToRaw(text)),
      class = c("launchpad_text", "launchpad_carrier", "list")
    ),
    .Call(C_as_carrier, vector)
  )
}

# Rows of a list of structs: data frames, or lists of named lists, one row after the other.
joined_rows <- function(rows, keep_lists, column) {
  parts <- lapply(rows, function(row) if (is.data.frame(row)) rows_of_frame(row) else row)
  parts <- parts[lengths(parts) > 0L]
  if (length(parts) == 0L) list() else do.call(c, unname(parts))
}

rows_of_frame <- function(frame) {
  lapply(seq_len(nrow(frame)), function(i) {
    lapply(frame, function(column) if (is_plain_list(column)) column[[i]] else column[i])
  })
}

# One field of rows that are named lists; `keep`: its values stay as they are, in a list.
field_of_rows <- function(rows, name, keep, column) {
  values <- lapply(rows, function(row) row[[name]])
  if (keep) {
    return(values)
  }
  sizes <- lengths(values)
  if (any(sizes > 1L)) {
    fail("RESULT_KIND", sprintf("column '%s': the field '%s' has %d values in one row", column, name, max(sizes)), column)
  }
  missing <- sizes == 0L
  if (all(missing)) {
    return(rep(NA, length(values)))
  }
  values[missing] <- list(as_is_not(values[[which(!missing)[1L]]])[NA_integer_])
  joined(values, FALSE, column)
}

column_named <- function(frame, name, keep, column) frame[[name]]

# Lists with names as columns, to see what types they have.
transposed <- function(rows, column) {
  rows <- Filter(is.list, rows)
  names <- unique(unlist(lapply(rows, names)))
  structure(lapply(names, function(name) {
    values <- lapply(rows, function(row) row[[name]])
    field_of_rows(rows, name, !all(vapply(values, is_one_value, NA)), column)
  }), names = names)
}

is_one_value <- function(value) {
  length(value) <= 1L && !inherits(value, "AsIs") && (inherits(value, "launchpad_carrier") || !is.list(value) && !is.raw(value))
}

# All elements of a list column, to see what type they have.
all_elements <- function(rows, column) {
  frames <- vapply(rows, is.data.frame, NA)
  if (any(frames)) {
    return(stacked(rows[frames], column))
  }
  joined(rows, all(vapply(rows, function(row) is.null(row) || is_plain_list(row), NA)), column)
}

# Data frames with the same columns as one.
stacked <- function(frames, column) {
  names <- names(frames[[1L]])
  if (!all(vapply(frames, function(frame) identical(names(frame), names), NA))) {
    fail("RESULT_KIND", sprintf("column '%s' holds data frames with different columns", column), column)
  }
  columns <- lapply(seq_along(names), function(i) {
    parts <- lapply(frames, `[[`, i)
    joined(parts, all(vapply(parts, is_plain_list, NA)), column)
  })
  structure(columns, names = names, row.names = .set_row_names(sum(vapply(frames, nrow, 0L))), class = "data.frame")
}

# Elements of fixed-size lists with as many NA for each null row.
spread <- function(values, nulls, size) {
  at <- rep(NA_integer_, length(nulls) * size)
  if (any(!nulls) && size > 0L) {
    slots <- as.vector(outer(seq_len(size), (which(!nulls) - 1L) * size, `+`))
    at[slots] <- seq_along(slots)
  }
  if (is_plain_list(values)) {
    filled <- vector("list", length(at))
    filled[!is.na(at)] <- values[at[!is.na(at)]]
    return(filled)
  }
  values[at]
}

# ---- dictionaries ------------------------------------------------------------------------------

# Codes over entries as a factor; entries that cannot be levels arrive as the values.
factor_of <- function(entries, codes, ordered) {
  if (!is.character(entries) || is.object(entries) || anyNA(entries)) {
    return(entries[codes])
  }
  levels <- unique(entries)
  if (length(levels) < length(entries)) codes <- match(entries, levels)[codes]
  structure(codes, levels = levels, class = if (ordered) c("ordered", "factor") else "factor")
}

# A vector that is no factor as codes over its different values.
coded <- function(vector, missing) {
  vector <- as_is_not(vector)
  keys <- value_keys(vector)
  keys[missing] <- NA
  first <- which(!missing & !duplicated(keys))
  structure(match(keys, keys[first]), entries = vector[first], class = "launchpad_codes")
}

# Text that differs where any bit of the values does: 0 is not -0.
value_keys <- function(vector) {
  if (is.list(vector)) {
    return(vapply(unclass(vector), function(value) paste(serialize(value, NULL), collapse = ""), ""))
  }
  if (inherits(vector, "integer64")) {
    return(as.character(vector))
  }
  attributes(vector) <- NULL
  if (is.double(vector)) sprintf("%a", vector) else as.character(vector)
}
