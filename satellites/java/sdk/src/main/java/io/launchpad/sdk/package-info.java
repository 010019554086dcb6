// SPDX-License-Identifier: Apache-2.0
/// What a Java script of Launchpad is written with: implement [Executor], take columns, rows or
/// Arrow vectors of an [Input], and write columns, rows or Arrow vectors to an [Output].
///
/// Depends on Arrow's vectors and nothing else. None of it may be used by several threads at once.
@NullMarked
package io.launchpad.sdk;

import org.jspecify.annotations.NullMarked;
