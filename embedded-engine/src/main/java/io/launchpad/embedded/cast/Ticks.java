// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/// Times as counts: of 100 ns since 0001-01-01, and of a unit since 1970.
public final class Ticks {

  public static final long PER_SECOND = 10_000_000L;
  public static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final long EPOCH_SECOND_OF_YEAR_1 = LocalDate.of(1, 1, 1).toEpochDay() * 86_400L;

  private static final LocalDateTime NANOS_MIN = LocalDateTime.of(1677, 9, 22, 0, 0);
  private static final LocalDateTime NANOS_MAX = LocalDateTime.of(2262, 4, 11, 0, 0);

  private Ticks() {}

  public static boolean fitsNanoseconds(LocalDateTime time) {
    return !time.isBefore(NANOS_MIN) && time.isBefore(NANOS_MAX);
  }

  public static long of(LocalDateTime time) {
    long second = time.toEpochSecond(ZoneOffset.UTC) - EPOCH_SECOND_OF_YEAR_1;
    return second * PER_SECOND + time.get(ChronoField.NANO_OF_SECOND) / 100;
  }

  public static LocalDateTime toDateTime(long ticks) {
    long second = Math.floorDiv(ticks, PER_SECOND) + EPOCH_SECOND_OF_YEAR_1;
    int nano = (int) Math.floorMod(ticks, PER_SECOND) * 100;
    return LocalDateTime.ofEpochSecond(second, nano, ZoneOffset.UTC);
  }

  /// A count of units since 1970, of which `perSecond` make a second.
  public static LocalDateTime ofUnit(long value, long perSecond) {
    long second = Math.floorDiv(value, perSecond);
    long rest = Math.floorMod(value, perSecond);
    return LocalDateTime.ofEpochSecond(
        second, (int) (rest * (NANOS_PER_SECOND / perSecond)), ZoneOffset.UTC);
  }

  public static long toUnit(LocalDateTime time, long perSecond) {
    return Math.addExact(
        Math.multiplyExact(time.toEpochSecond(ZoneOffset.UTC), perSecond),
        time.get(ChronoField.NANO_OF_SECOND) / (NANOS_PER_SECOND / perSecond));
  }

  public static LocalTime timeOfUnit(long value, long perSecond) {
    return LocalTime.ofNanoOfDay(Math.multiplyExact(value, NANOS_PER_SECOND / perSecond));
  }

  public static long timeToUnit(LocalTime time, long perSecond) {
    return time.toNanoOfDay() / (NANOS_PER_SECOND / perSecond);
  }
}
