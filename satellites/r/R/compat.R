# SPDX-License-Identifier: Apache-2.0
#
# SQL Server's documented mapping of types, with its losses, for requests that ask for it: bigint and decimals become doubles, dates
# and moments POSIXct in GMT; on the way back NaN and the infinities become NULL. What the original refuses is refused.

is_compat <- function() identical(state$request$type_mapping, "compat")

# The exact columns of an input as SQL Server would give them to a script.
compat_columns <- function(columns, fields) {
  Map(compat_column, columns, fields[[3L]], fields[[4L]], fields[[1L]], USE.NAMES = FALSE)
}

compat_column <- function(column, kind, type, name) {
  zero <- if (inherits(column, "launchpad_text")) Position(function(bytes) any(bytes == as.raw(0)), unclass(column)) else NA
  if (!is.na(zero)) {
    fail("TYPE_UNSUPPORTED", sprintf("'%s', row %d: a zero byte, which R's text cannot hold; use exact", name, zero), name, zero)
  }
  switch(kind,
    null = , bool = column,
    # -2^31 is R's NA.
    integer = if (is.integer(column)) column else suppressWarnings(as.integer(as.character(column))),
    bigint = , decimal = , double = as.double(column),
    text = as.character(column),
    uuid = toupper(column),
    date = , timestamp = structure(as.double(as.POSIXct(column)), class = c("POSIXct", "POSIXt"), tzone = "GMT"),
    fail("TYPE_UNSUPPORTED", sprintf("'%s' is of the type %s, which the type mapping compat does not have for columns in R; use exact", name, type), name)
  )
}

# The same for a parameter, which may be binary, too.
compat_parameter <- function(column, kind, type, name) {
  if (kind == "binary") column else compat_column(column, kind, type, name)
}

# A result column, or an output parameter, as SQL Server would take it.
compat_returned <- function(column) {
  if (is.double(column) && !is.object(column)) column[!is.finite(column)] <- NA
  column
}
