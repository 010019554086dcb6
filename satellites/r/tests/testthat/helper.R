# SPDX-License-Identifier: Apache-2.0

ns <- asNamespace("launchpad")

# The source tree, where the vectors of the format stand; empty when the package is tested without it.
root <- Sys.getenv("LAUNCHPAD_VECTORS")

call_c <- function(name, ...) do.call(.Call, list(ns[[paste0("C_", name)]], ...))

nul_sign <- "\ue000"

bxl_vectors <- function(malformed) {
  files <- sort(list.files(file.path(root, "bxl-codec", "vectors"), "[.]json$", full.names = TRUE))
  vectors <- lapply(files, function(file) {
    # R's text ends at NUL: another character stands for it.
    lines <- readLines(file, warn = FALSE, encoding = "UTF-8")
    text <- gsub("(?<!\\\\)((\\\\\\\\)*)\\\\u0000", paste0("\\1", nul_sign), lines, perl = TRUE)
    c(jsonlite::fromJSON(paste(text, collapse = "\n"), simplifyVector = FALSE), name = sub("[.]json$", "", basename(file)))
  })
  Filter(function(vector) is.null(vector$error) != malformed, vectors)
}

vector_bytes <- function(name) {
  file <- file.path(root, "bxl-codec", "vectors", paste0(name, ".bxl"))
  readBin(file, "raw", file.size(file))
}

reader <- function(bytes) call_c("reader_of_bytes", bytes)

# All rows of a stream as a list of columns.
columns_of <- function(bytes) {
  open <- reader(bytes)
  call_c("reader_take", open, call_c("reader_fill", open, Inf))
}

rows_of <- function(bytes) call_c("reader_fill", reader(bytes), Inf)

# The stream of some columns: of their natural types, or of those of a reader's schema.
stream_of <- function(columns, schema = NULL, rows = NROW(columns[[1L]]), names = as.character(seq_along(columns))) {
  writer <- call_c("writer", NULL, schema, 268435456)
  if (is.null(schema)) call_c("writer_bind", writer, columns, names)
  call_c("writer_write", writer, columns, rows)
  call_c("writer_finish", writer)
  call_c("writer_bytes", writer)
}

# A column after the way out and in, of its natural type.
there_and_back <- function(column) columns_of(stream_of(list(column)))[[1L]]

# A column as the type of the first column of a vector of the format.
as_type_of <- function(vector, column) {
  columns_of(stream_of(list(column), reader(vector_bytes(vector))))[[1L]]
}
