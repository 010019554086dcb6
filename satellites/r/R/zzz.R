# SPDX-License-Identifier: Apache-2.0

.onLoad <- function(libname, pkgname) {
  .Call(C_set_namespace, topenv())
}
