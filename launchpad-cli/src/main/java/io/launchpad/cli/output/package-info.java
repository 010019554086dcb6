// SPDX-License-Identifier: Apache-2.0
/// How result sets are written for people and programs: aligned tables, CSV, JSON, Arrow, Parquet,
/// and pictures as files.
///
/// Works on Arrow batches as they come; only the table looks ahead, and only at its first rows.
@NullMarked
package io.launchpad.cli.output;

import org.jspecify.annotations.NullMarked;
