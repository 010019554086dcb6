// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// What became of the session that used a lease, as its holder saw it.
public enum Outcome {
  COMPLETED,
  FAILED,
  CANCELLED,
  /// The lease was closed without a word: a defect of the holder.
  ABANDONED
}
