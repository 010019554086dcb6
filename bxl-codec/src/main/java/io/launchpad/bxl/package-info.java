// SPDX-License-Identifier: Apache-2.0
/// Reading, writing and validating BXL: the columnar frame format of `FORMAT.md`, Arrow IPC inside.
///
/// Start at [BxlWriter] to produce a stream, at [BxlStreamReader] to consume one, and at
/// [BxlValidator] to pass one on without trusting it.
///
/// Knows nothing of sockets, sessions or processes; its interface speaks `ByteBuffer` and
/// `ArrowBuf`.
@NullMarked
package io.launchpad.bxl;

import org.jspecify.annotations.NullMarked;
