// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.util.regex.Pattern;

/// A number of bytes as people write it: `64KiB`, `4MiB`, `1GiB`, `512B`.
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})\\s*(B|KiB|MiB|GiB|TiB)");

  public static DataSize kib(long count) {
    return new DataSize(count << 10);
  }

  public static DataSize mib(long count) {
    return new DataSize(count << 20);
  }

  public static DataSize gib(long count) {
    return new DataSize(count << 30);
  }

  public static DataSize parse(String text) {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size with a unit (B, KiB, MiB, GiB, TiB): " + text);
    }
    int shift =
        switch (matcher.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case "TiB" -> 40;
          default -> 0;
        };
    long count = Long.parseLong(matcher.group(1));
    if (count > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("too large: " + text);
    }
    return new DataSize(count << shift);
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long count = bytes;
    while (unit < units.length - 1 && count != 0 && (count & 1023) == 0) {
      count >>= 10;
      unit++;
    }
    return count + units[unit];
  }
}
