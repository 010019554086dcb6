# SPDX-License-Identifier: Apache-2.0
library(testthat)
library(launchpad)

test_check("launchpad")
