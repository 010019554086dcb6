// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;

/// Argument checks whose message names the component and the value.
final class Checks {
  private Checks() {}

  static void notEmpty(String value, String name) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is empty");
    }
  }

  static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d, must be at least %d".formatted(name, value, least));
    }
  }

  static void atMost(long most, String mostName, long value, String name) {
    if (value > most) {
      throw new IllegalArgumentException(
          "%s is %d, must be at most %s (%d)".formatted(name, value, mostName, most));
    }
  }

  static void notNegative(Duration value, String name) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
    checkRange(value, name);
  }

  static void positive(Duration value, String name) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " is not positive: " + value);
    }
    checkRange(value, name);
  }

  /// Times are compared as differences of nanoseconds, which must not overflow.
  private static void checkRange(Duration value, String name) {
    if (value.toDays() > 3650) {
      throw new IllegalArgumentException(name + " is longer than ten years: " + value);
    }
  }
}
