// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.util.Arrays;

/// A PNG file in a binary value, told by its signature (RFC 2083, section 12.12).
public final class Picture {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private Picture() {}

  /// Whether the value starts like a PNG file.
  public static boolean is(byte[] value) {
    return value.length > SIGNATURE.length
        && Arrays.equals(value, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }
}
