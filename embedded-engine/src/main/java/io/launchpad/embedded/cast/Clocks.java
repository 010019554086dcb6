// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

import io.launchpad.embedded.cast.CastException.Reason;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/// Casts to dates and times: SQL Server's ranges and roundings.
final class Clocks {

  private static final LocalDateTime DATETIME_MIN = LocalDateTime.of(1753, 1, 1, 0, 0);
  private static final LocalDateTime SMALL_MIN = LocalDateTime.of(1900, 1, 1, 0, 0);
  private static final LocalDateTime SMALL_END = LocalDateTime.of(2079, 6, 7, 0, 0);

  private static final long[] NANOS_PER_UNIT = {
    1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100
  };

  private Clocks() {}

  static Object cast(Object value, ClockType target) {
    return switch (target.kind()) {
      case TIME -> time(value, target);
      case DATETIME2 -> datetime2(value, target);
      case DATETIMEOFFSET -> datetimeoffset(value, target);
    };
  }

  static Object date(Object value) {
    LocalDate date =
        value instanceof LocalDate plain ? plain : local(value, FixedType.DATE).toLocalDate();
    requireYears(date.atStartOfDay(), value, FixedType.DATE);
    return date;
  }

  /// To the nearest 1/300 s, in the three milliseconds .000, .003 and .007 that SQL Server shows
  /// for it.
  static Object datetime(Object value) {
    LocalDateTime time = local(value, FixedType.DATETIME);
    long nanoOfDay = time.toLocalTime().toNanoOfDay();
    long units = Math.floorDiv(nanoOfDay * 3 + 5_000_000, 10_000_000);
    LocalDateTime rounded =
        time.toLocalDate().atStartOfDay().plusNanos((units * 10 + 1) / 3 * 1_000_000);
    if (rounded.isBefore(DATETIME_MIN)) {
      throw outOfRange(value, FixedType.DATETIME);
    }
    requireYears(rounded, value, FixedType.DATETIME);
    return rounded;
  }

  static Object smalldatetime(Object value) {
    LocalDateTime time = local(value, FixedType.SMALLDATETIME);
    LocalDateTime rounded = time.plusSeconds(30).truncatedTo(ChronoUnit.MINUTES);
    if (rounded.isBefore(SMALL_MIN) || !rounded.isBefore(SMALL_END)) {
      throw outOfRange(value, FixedType.SMALLDATETIME);
    }
    return rounded;
  }

  private static Object datetime2(Object value, ClockType target) {
    LocalDateTime rounded = round(local(value, target), target.digits());
    requireYears(rounded, value, target);
    return rounded;
  }

  private static Object datetimeoffset(Object value, ClockType target) {
    Object moment = moment(value, target);
    OffsetDateTime time =
        moment instanceof OffsetDateTime offset
            ? offset
            : local(moment, target).atOffset(ZoneOffset.UTC);
    if (Math.abs(time.getOffset().getTotalSeconds()) > 14 * 3600
        || time.getOffset().getTotalSeconds() % 60 != 0) {
      throw outOfRange(value, target);
    }
    LocalDateTime rounded = round(time.toLocalDateTime(), target.digits());
    requireYears(rounded, value, target);
    OffsetDateTime result = rounded.atOffset(time.getOffset());
    requireYears(result.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(), value, target);
    return result;
  }

  private static Object time(Object value, ClockType target) {
    Object moment = moment(value, target);
    LocalTime time =
        switch (moment) {
          case LocalTime plain -> plain;
          case LocalDate _ -> LocalTime.MIDNIGHT;
          default -> local(moment, target).toLocalTime();
        };
    LocalDateTime rounded = round(LocalDate.EPOCH.atTime(time), target.digits());
    if (!rounded.toLocalDate().equals(LocalDate.EPOCH)) {
      throw outOfRange(value, target);
    }
    return rounded.toLocalTime();
  }

  private static LocalDateTime round(LocalDateTime time, int digits) {
    long unit = NANOS_PER_UNIT[digits];
    long rest = time.get(ChronoField.NANO_OF_SECOND) % unit;
    LocalDateTime down = time.minusNanos(rest);
    return rest * 2 >= unit ? down.plusNanos(unit) : down;
  }

  /// A text as the moment it says; anything else as it is.
  private static Object moment(Object value, SqlType target) {
    if (!(value instanceof String text)) {
      return value;
    }
    try {
      return Texts.parseMoment(text);
    } catch (DateTimeException e) {
      throw Casts.malformed(text, target);
    }
  }

  private static LocalDateTime local(Object value, SqlType target) {
    return switch (moment(value, target)) {
      case LocalDateTime time -> time;
      case LocalDate date -> date.atStartOfDay();
      case OffsetDateTime time -> time.toLocalDateTime();
      default -> throw Casts.noConversion(value, target);
    };
  }

  private static void requireYears(LocalDateTime time, Object value, SqlType target) {
    if (time.getYear() < 1 || time.getYear() > 9999) {
      throw outOfRange(value, target);
    }
  }

  private static CastException outOfRange(Object value, SqlType target) {
    return new CastException(
        Reason.OUT_OF_RANGE,
        "%s is out of the range of %s".formatted(Texts.quoted(value), target.sql()));
  }
}
