# SPDX-License-Identifier: Apache-2.0
#
# Carriers: SQL values that R's own vectors would lose something of. They are text in the one exact form that src/calendar.c
# and src/r_values.c read and write, with a class; NA is NULL.

#' Exact decimal numbers
#'
#' A vector of exact decimals, as columns of `decimal`, `numeric` and `money` arrive. Arithmetic gives ordinary doubles.
#'
#' @param x Numbers as text, or anything `as.character` makes text of.
decimal <- function(x) {
  text <- as.character(x)
  wrong <- !is.na(text) & !grepl("^-?[0-9]+([.][0-9]+)?$", text)
  if (any(wrong)) stop("not a decimal number: ", text[wrong][1L])
  structure(text, class = c("launchpad_decimal", "launchpad_carrier"))
}

restored <- function(values, like) {
  kept <- attributes(like)
  `attributes<-`(values, c(list(names = names(values)), kept[setdiff(names(kept), c("names", "dim", "dimnames"))]))
}

`[.launchpad_carrier` <- function(x, ...) restored(unclass(x)[...], x)

`[[.launchpad_carrier` <- function(x, ...) restored(unclass(x)[...], x)

c.launchpad_carrier <- function(...) {
  parts <- list(...)
  restored(do.call(c, unname(lapply(parts, unclass))), parts[[1L]])
}

rep.launchpad_carrier <- function(x, ...) restored(rep(unclass(x), ...), x)

unique.launchpad_carrier <- function(x, ...) restored(unique(unclass(x), ...), x)

as.character.launchpad_carrier <- function(x, ...) {
  attributes(x) <- NULL
  x
}

format.launchpad_carrier <- function(x, ...) format(as.character(x), ...)

print.launchpad_carrier <- function(x, ...) {
  print(as.character(x), quote = FALSE, ...)
  invisible(x)
}

as.data.frame.launchpad_carrier <- function(x, ...) as.data.frame.vector(x, ...)

is.na.launchpad_text <- function(x) vapply(unclass(x), is.null, NA)

# The zero bytes are shown as R would write them.
as.character.launchpad_text <- function(x, ...) {
  vapply(unclass(x), FUN.VALUE = "", function(bytes) {
    if (is.null(bytes)) {
      return(NA_character_)
    }
    zero <- bytes == as.raw(0)
    parts <- split(bytes, factor(cumsum(zero), levels = 0:sum(zero)))
    text <- vapply(parts, function(part) rawToChar(part[part != as.raw(0)]), "")
    shown <- paste(text, collapse = "\\0")
    Encoding(shown) <- "UTF-8"
    shown
  })
}

format.launchpad_text <- function(x, ...) format(as.character(x), ...)

# ---- arithmetic --------------------------------------------------------------------------------

as.double.launchpad_decimal <- function(x, ...) as.double(as.character(x))

as.integer.launchpad_decimal <- function(x, ...) as.integer(as.double(x))

number_of <- function(x) if (inherits(x, "launchpad_decimal")) as.double(x) else x

Ops.launchpad_decimal <- function(e1, e2) {
  if (missing(e2)) get(.Generic)(number_of(e1)) else get(.Generic)(number_of(e1), number_of(e2))
}

Math.launchpad_decimal <- function(x, ...) get(.Generic)(as.double(x), ...)

Summary.launchpad_decimal <- function(..., na.rm = FALSE) {
  do.call(.Generic, c(lapply(list(...), number_of), na.rm = na.rm))
}

mean.launchpad_decimal <- function(x, ...) mean(as.double(x), ...)

# ---- times -------------------------------------------------------------------------------------

as.POSIXct.launchpad_datetime2 <- function(x, tz = "UTC", ...) {
  as.POSIXct(as.character(x), tz = "UTC", format = "%Y-%m-%d %H:%M:%OS")
}

as.POSIXct.launchpad_datetimeoffset <- function(x, tz = "UTC", ...) {
  text <- as.character(x)
  at <- regexpr(" [+-][0-9:]+$", text)
  clock <- as.POSIXct(substr(text, 1L, at - 1L), tz = "UTC", format = "%Y-%m-%d %H:%M:%OS")
  offset <- substring(text, at + 1L)
  sign <- ifelse(startsWith(offset, "-"), -1, 1)
  minutes <- as.numeric(substr(offset, 2L, 3L)) * 60 + as.numeric(substr(offset, 5L, 6L))
  structure(clock - sign * minutes * 60, tzone = tz)
}

as.Date.launchpad_datetime2 <- function(x, ...) as.Date(substr(as.character(x), 1L, 10L))
