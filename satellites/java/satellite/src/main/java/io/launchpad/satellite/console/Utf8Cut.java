// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.console;

import java.nio.charset.StandardCharsets;

/// Parts of texts that are bounded in UTF-8 bytes and never end inside a character.
final class Utf8Cut {
  private static final int CONTINUATION_MASK = 0xC0;
  private static final int CONTINUATION = 0x80;

  private Utf8Cut() {}

  /// The beginning of a text, of at most so many bytes.
  static String first(String text, int bytesMax) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= bytesMax) {
      return text;
    }
    int end = bytesMax;
    while (end > 0 && isInside(utf8[end])) {
      end--;
    }
    return new String(utf8, 0, end, StandardCharsets.UTF_8);
  }

  /// The end of a text, of at most so many bytes.
  static String last(String text, int bytesMax) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= bytesMax) {
      return text;
    }
    int start = utf8.length - bytesMax;
    while (start < utf8.length && isInside(utf8[start])) {
      start++;
    }
    return new String(utf8, start, utf8.length - start, StandardCharsets.UTF_8);
  }

  private static boolean isInside(byte next) {
    return (next & CONTINUATION_MASK) == CONTINUATION;
  }
}
