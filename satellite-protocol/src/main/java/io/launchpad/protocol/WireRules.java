// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Checks and cuts that all message mappings share.
final class WireRules {
  private WireRules() {}

  /// Refuses a text longer than a name may be.
  static String name(String field, String value) {
    return text(field, value, Limits.NAME_BYTES);
  }

  static String text(String field, String value, int bytesMax) {
    // A char is at most three bytes and at least one: most texts need no encoding to be judged.
    if (value.length() > bytesMax
        || (value.length() * 3L > bytesMax
            && value.getBytes(StandardCharsets.UTF_8).length > bytesMax)) {
      throw ProtocolException.violation("%s is longer than %d bytes", field, bytesMax);
    }
    return value;
  }

  static List<String> names(String field, List<String> values) {
    list(field, values);
    values.forEach(value -> name(field, value));
    return values;
  }

  static <T> List<T> list(String field, List<T> values) {
    if (values.size() > Limits.LIST_ENTRIES) {
      throw ProtocolException.violation(
          "%s has %d entries; at most %d are allowed", field, values.size(), Limits.LIST_ENTRIES);
    }
    return values;
  }

  /// A count or size, which Protocol Buffers hands out as a signed long.
  static long count(String field, long value) {
    if (value < 0) {
      throw ProtocolException.violation("%s is larger than 2^63-1", field);
    }
    return value;
  }

  static int smallCount(String field, int value) {
    if (value < 0) {
      throw ProtocolException.violation("%s is larger than 2^31-1", field);
    }
    return value;
  }

  static int stream(String field, int value) {
    if (value < 1 || value > Limits.STREAM_NUMBER_MAX) {
      throw ProtocolException.violation("%s %s is no stream number", field, value);
    }
    return value;
  }

  static ProtocolException unspecified(String field) {
    return ProtocolException.violation("%s is missing or unknown", field);
  }

  /// The text within a number of UTF-8 bytes, cut in the middle, where a reader misses it least.
  static String cut(String value, int bytesMax) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= bytesMax) {
      return value;
    }
    String mark = "\n… " + (bytes.length - bytesMax) + " bytes left out …\n";
    int keep = Math.max(0, bytesMax - mark.getBytes(StandardCharsets.UTF_8).length - 8);
    int head = boundary(bytes, keep / 2);
    int tail = boundary(bytes, bytes.length - (keep - keep / 2));
    return new String(bytes, 0, head, StandardCharsets.UTF_8)
        + mark
        + new String(bytes, tail, bytes.length - tail, StandardCharsets.UTF_8);
  }

  private static int boundary(byte[] utf8, int at) {
    int position = at;
    while (position < utf8.length && (utf8[position] & 0xC0) == 0x80) {
      position++;
    }
    return position;
  }
}
