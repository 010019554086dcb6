// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// What became of bytes that were handed to an [OutboundStream].
public enum SendOutcome {
  /// The socket has taken them.
  WRITTEN,
  /// The receiver does not want the stream any more, or the session is over.
  DISCARDED
}
