// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.security.MessageDigest;

/// Bytes that must not be printed: the text form says only how many there are.
public final class Secret {
  /// Shorter ones can be guessed from a recorded handshake.
  static final int LENGTH_MIN = 16;

  private final byte[] bytes;

  public Secret(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "(secret of " + bytes.length + " bytes)";
  }
}
