// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// What a worker is started for.
public enum StartPurpose {
  /// To be parked, for a request of which nobody knows yet: whatever is done beforehand saves that
  /// request the time.
  PARKING,

  /// For a request that waits already: whatever is done beforehand makes it wait longer.
  REQUEST
}
