// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// Whose business an error is.
public enum ErrorCategory {
  /// The script, its data or the request: the caller can mend it.
  USER,
  /// A limit or a shortage: trying later or with another limit may help.
  RESOURCE,
  /// launchpad, a satellite or the connection between them.
  INTERNAL
}
