# SPDX-License-Identifier: Apache-2.0
#
# What C asks of R about nested values and factors, where R's own c() and factor() know the classes. Called by name from src/.

# Rows of a list column one after the other. `keep_lists`: the elements of the rows are values themselves.
joined <- function(rows, keep_lists) {
  rows <- rows[lengths(rows) > 0L]
  if (length(rows) == 0L) {
    return(if (keep_lists) list() else logical())
  }
  if (all(vapply(rows, is.factor, NA))) {
    return(unlist(rows))
  }
  do.call(c, unname(rows))
}

# Rows of a list of structs: data frames, or lists of named lists, one row after the other.
joined_rows <- function(rows, keep_lists) {
  parts <- lapply(rows, function(row) if (is.data.frame(row)) rows_of_frame(row) else row)
  parts <- parts[lengths(parts) > 0L]
  if (length(parts) == 0L) list() else do.call(c, unname(parts))
}

rows_of_frame <- function(frame) {
  lapply(seq_len(nrow(frame)), function(i) {
    lapply(frame, function(column) if (is.list(column) && !is.object(column)) column[[i]] else column[i])
  })
}

# One field of rows that are named lists; `keep`: its values stay as they are, in a list.
field_of_rows <- function(rows, name, keep) {
  values <- lapply(rows, function(row) row[[name]])
  if (keep) {
    return(values)
  }
  missing <- lengths(values) == 0L
  if (all(missing)) {
    return(rep(NA, length(values)))
  }
  filler <- values[[which(!missing)[1L]]][NA_integer_]
  values[missing] <- list(filler)
  if (all(vapply(values, is.factor, NA))) unlist(values) else do.call(c, unname(values))
}

column_named <- function(frame, name, keep) frame[[name]]

# Lists with names as columns, to see what types they have.
transposed <- function(rows) {
  rows <- rows[lengths(rows) > 0L]
  names <- unique(unlist(lapply(rows, names)))
  structure(lapply(names, function(name) {
    values <- lapply(rows, function(row) row[[name]])
    plain <- all(vapply(values, function(value) length(value) <= 1L && !is.list(value) && !is.raw(value), NA))
    field_of_rows(rows, name, !plain)
  }), names = names)
}

# All elements of a list column, to see what type they have.
all_elements <- function(rows) {
  if (any(vapply(rows, is.data.frame, NA))) {
    return(do.call(rbind, rows[vapply(rows, is.data.frame, NA)]))
  }
  joined(rows, all(vapply(rows, function(row) is.null(row) || is.list(row) && !is.object(row), NA)))
}

# Elements of fixed-size lists with as many NA for each null row.
spread <- function(values, nulls, size) {
  at <- rep(NA_integer_, length(nulls) * size)
  if (any(!nulls) && size > 0L) {
    slots <- as.vector(outer(seq_len(size), (which(!nulls) - 1L) * size, `+`))
    at[slots] <- seq_along(slots)
  }
  if (is.list(values) && !is.object(values)) {
    filled <- vector("list", length(at))
    filled[!is.na(at)] <- values[at[!is.na(at)]]
    return(filled)
  }
  values[at]
}

# ---- factors -----------------------------------------------------------------------------------

# Codes of batches over their own levels as one factor.
factor_of <- function(levels, codes, ordered, empty) {
  all <- unique(unlist(levels))
  if (is.null(all)) all <- character()
  codes <- Map(function(own, code) if (identical(own, all)) code else match(own, all)[code], levels, codes)
  values <- unlist(codes)
  structure(
    if (is.null(values)) integer() else values,
    levels = all, class = if (ordered) c("ordered", "factor") else "factor"
  )
}

# Codes over entries that cannot be levels: the values themselves.
values_of <- function(entries, codes, ordered, empty) {
  parts <- Map(function(entry, code) entry[code], entries, codes)
  if (length(parts) == 0L) empty else if (length(parts) == 1L) parts[[1L]] else do.call(c, unname(parts))
}

unique_values <- function(vector, unused) {
  values <- unique(vector)
  values[!is.na(values)]
}

codes_of <- function(vector, unused) match(vector, unique_values(vector))
