// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// How an engine is to show who it is.
public enum AuthMethod {
  /// Known from the transport, or not needed.
  NONE,
  SHARED_SECRET
}
