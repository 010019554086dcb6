// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.apache.arrow.vector.PeriodDuration;
import org.apache.arrow.vector.types.TimeUnit;

/// Java's dates and times as counts of a unit. Fractions of a second are rounded as CAST does.
final class Moments {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_TICK = 100;
  private static final BigInteger SECONDS_BEFORE_EPOCH =
      BigInteger.valueOf(-LocalDate.of(1, 1, 1).toEpochDay() * 86_400L);

  private Moments() {}

  static int day(Object value) throws DoesNotFit {
    long day =
        switch (value) {
          case LocalDate date -> date.toEpochDay();
          case java.sql.Date date -> date.toLocalDate().toEpochDay();
          case LocalDateTime moment when moment.toLocalTime().equals(LocalTime.MIDNIGHT) ->
              moment.toLocalDate().toEpochDay();
          case LocalDateTime _ -> throw new DoesNotFit("not a whole day");
          default -> throw Exact.kind(value, "a LocalDate");
        };
    if (day != (int) day) {
      throw new DoesNotFit("out of range");
    }
    return (int) day;
  }

  /// A time of day in units of so many nanoseconds.
  static long timeOfDay(Object value, long unit) throws DoesNotFit {
    LocalTime time =
        switch (value) {
          case LocalTime local -> local;
          case java.sql.Time sql -> sql.toLocalTime();
          default -> throw Exact.kind(value, "a LocalTime");
        };
    long rounded = (time.toNanoOfDay() + unit / 2) / unit;
    if (rounded > LocalTime.MAX.toNanoOfDay() / unit) {
      throw new DoesNotFit("rounded to the next day");
    }
    return rounded;
  }

  /// A timestamp as a count since 1970.
  static long timestamp(Object value, TimeUnit unit, boolean zoned) throws DoesNotFit {
    return later(since1970(value, zoned), nanosOf(unit));
  }

  /// 100 ns ticks since the year 1.
  static long ticks(Object value, boolean zoned) throws DoesNotFit {
    BigInteger nanos =
        since1970(value, zoned)
            .add(SECONDS_BEFORE_EPOCH.multiply(BigInteger.valueOf(NANOS_PER_SECOND)));
    return later(nanos, NANOS_PER_TICK);
  }

  static int offsetMinutes(Object value) throws DoesNotFit {
    ZoneOffset offset =
        switch (value) {
          case OffsetDateTime moment -> moment.getOffset();
          case ZonedDateTime moment -> moment.getOffset();
          case Instant _ -> ZoneOffset.UTC;
          default -> throw Exact.kind(value, "an OffsetDateTime");
        };
    if (offset.getTotalSeconds() % 60 != 0) {
      throw new DoesNotFit("the offset has seconds");
    }
    return offset.getTotalSeconds() / 60;
  }

  private static BigInteger since1970(Object value, boolean zoned) throws DoesNotFit {
    Instant moment =
        zoned
            ? switch (value) {
              case Instant instant -> instant;
              case OffsetDateTime offset -> offset.toInstant();
              case ZonedDateTime zone -> zone.toInstant();
              default -> throw Exact.kind(value, "an Instant, OffsetDateTime or ZonedDateTime");
            }
            : switch (value) {
              case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
              case LocalDate date -> date.atStartOfDay().toInstant(ZoneOffset.UTC);
              case java.sql.Timestamp sql -> sql.toLocalDateTime().toInstant(ZoneOffset.UTC);
              default -> throw Exact.kind(value, "a LocalDateTime");
            };
    return nanos(moment.getEpochSecond(), moment.getNano());
  }

  static long duration(Object value, TimeUnit unit) throws DoesNotFit {
    if (!(value instanceof Duration duration)) {
      throw Exact.kind(value, "a Duration");
    }
    return narrow(nanos(duration.getSeconds(), duration.getNano()), nanosOf(unit));
  }

  @SuppressWarnings("JavaPeriodGetDays") // The months are what it returns.
  static int months(Object value) throws DoesNotFit {
    if (!(value instanceof Period period)) {
      throw Exact.kind(value, "a Period of months");
    }
    if (period.getDays() != 0 || period.toTotalMonths() != (int) period.toTotalMonths()) {
      throw new DoesNotFit("not a number of months");
    }
    return (int) period.toTotalMonths();
  }

  static PeriodDuration interval(Object value) throws DoesNotFit {
    return switch (value) {
      case PeriodDuration both -> both;
      case Period period -> new PeriodDuration(period, Duration.ZERO);
      case Duration duration -> new PeriodDuration(Period.ZERO, duration);
      default -> throw Exact.kind(value, "a Period, Duration or PeriodDuration");
    };
  }

  static long nanosOf(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> NANOS_PER_SECOND;
      case MILLISECOND -> 1_000_000;
      case MICROSECOND -> 1_000;
      case NANOSECOND -> 1;
    };
  }

  /// Of a moment: a half goes to the later one, before 1970 as after it.
  private static long later(BigInteger nanos, long unit) throws DoesNotFit {
    return fitting(
        new BigDecimal(nanos.add(BigInteger.valueOf(unit / 2)))
            .divide(BigDecimal.valueOf(unit), 0, RoundingMode.FLOOR)
            .toBigInteger());
  }

  /// Of a span: a half goes away from zero.
  static long narrow(BigInteger nanos, long unit) throws DoesNotFit {
    return fitting(
        new BigDecimal(nanos)
            .divide(BigDecimal.valueOf(unit), 0, RoundingMode.HALF_UP)
            .toBigInteger());
  }

  private static long fitting(BigInteger rounded) throws DoesNotFit {
    if (rounded.bitLength() >= Long.SIZE) {
      throw new DoesNotFit("out of range");
    }
    return rounded.longValue();
  }

  static BigInteger nanos(long seconds, long nanos) {
    return BigInteger.valueOf(seconds)
        .multiply(BigInteger.valueOf(NANOS_PER_SECOND))
        .add(BigInteger.valueOf(nanos));
  }
}
