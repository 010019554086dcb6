// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.TypeVectors.extension;
import static io.launchpad.bxl.TypeVectors.field;
import static io.launchpad.bxl.TypeVectors.value;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.launchpad.bxl.TypeVectors.Value;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Dates, times, moments and spans.
final class TimeTypeVectors {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final LocalDateTime YEAR_1 = LocalDateTime.of(1, 1, 1, 0, 0);
  private static final long NANOS_PER_DAY = 86_400_000_000_000L;

  /// Moments around which clocks are changed: Berlin's gap and overlap, New York's, half an hour on
  /// Lord Howe, and the day that Apia left out.
  private static final List<String> CHANGES =
      List.of(
          "2024-03-31T00:59:59.999999Z",
          "2024-03-31T01:00:00Z",
          "2024-10-27T00:30:00Z",
          "2024-10-27T01:30:00Z",
          "2024-03-10T07:00:00Z",
          "2024-11-03T05:30:00Z",
          "2024-11-03T06:30:00Z",
          "2024-10-05T15:30:00Z",
          "2024-04-06T15:15:00Z",
          "2011-12-30T10:00:00Z");

  private TimeTypeVectors() {}

  static void addTo(TypeVectors vectors) {
    vectors.add("sql-date", "date", field("date32"), dates());
    for (int digits = 0; digits <= 9; digits++) {
      boolean fine = digits > 6;
      vectors.add(
          "sql-time-" + digits,
          "time(%d)".formatted(digits),
          field(fine ? "time64(ns)" : "time64(us)"),
          times(digits, fine ? 1 : 1000));
    }
    vectors.add("sql-time-ticks", "time(7)", extension("launchpad.time", "int64"), times(7, 100));
    vectors.add(
        "sql-datetime",
        "datetime",
        field("timestamp(us)"),
        moments(
            ChronoUnit.MICROS,
            "1753-01-01T00:00:00",
            "9999-12-31T23:59:59.996667",
            "1900-01-01T00:00:00.003333",
            "1969-12-31T23:59:59.996667",
            "1970-01-01T00:00:00"));
    vectors.add(
        "sql-smalldatetime",
        "smalldatetime",
        field("timestamp(us)"),
        moments(
            ChronoUnit.MICROS,
            "1900-01-01T00:00:00",
            "2079-06-06T23:59:00",
            "1969-12-31T23:59:00",
            "1970-01-01T00:00:00"));
    for (int digits : new int[] {0, 3, 6}) {
      vectors.add(
          "sql-datetime2-" + digits,
          "datetime2(%d)".formatted(digits),
          field("timestamp(us)"),
          datetime2(digits));
    }
    vectors.add(
        "sql-datetime2-7",
        "datetime2(7)",
        field("timestamp(ns)"),
        moments(
            ChronoUnit.NANOS,
            "1677-09-21T00:12:43.145224200",
            "2262-04-11T23:47:16.854775800",
            "1969-12-31T23:59:59.999999900",
            "1970-01-01T00:00:00.000000100",
            "2024-02-29T23:59:59.999999900"));
    vectors.add(
        "sql-datetime2-ticks",
        "datetime2(7)",
        extension("launchpad.datetime2", "int64"),
        ticks(
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59.999999900",
            "0001-01-01T00:00:00.000000100",
            "1582-10-10T12:00:00",
            "1969-12-31T23:59:59.999999900"));
    vectors.add("sql-datetimeoffset", "datetimeoffset(7)", offsetField(), offsets());
    String[] zones = {
      "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "+05:30"
    };
    for (String zone : zones) {
      vectors.add(
          "sql-timestamptz-"
              + zone.replaceAll(".*/", "")
                  .replace("+05:30", "offset")
                  .replace('_', '-')
                  .toLowerCase(java.util.Locale.ROOT),
          "timestamp with time zone",
          field("timestamp(us,%s)".formatted(zone)),
          CHANGES.stream().map(TimeTypeVectors::instant).toList());
    }
    vectors.add(
        "sql-interval",
        "interval",
        field("interval(month_day_nano)"),
        List.of(
            span("zero", 0, 0, 0),
            span("each its own sign", -1, 31, -1),
            span("no whole microsecond", 1, 2, 999),
            span("longest", Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE),
            span("most negative", Integer.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE),
            span("more than a day in hours", 0, 0, 25 * 3_600_000_000_000L)));
    vectors.add(
        "sql-interval-day-to-second",
        "interval day to second",
        field("duration(us)"),
        List.of(
            value("zero", "0"),
            value("one microsecond back", "-1"),
            value("longest", Long.toString(Long.MAX_VALUE)),
            value("a day", "86400000000")));
  }

  private static List<Value> dates() {
    List<Value> values = new ArrayList<>();
    String[] days = {
      "0001-01-01",
      "9999-12-31",
      "1970-01-01",
      "1969-12-31",
      "1900-01-01",
      "1582-10-10",
      "1753-01-01",
      "2000-02-29"
    };
    for (String day : days) {
      values.add(value(day, LocalDate.parse(day).toEpochDay()));
    }
    return values;
  }

  /// @param unit nanoseconds in one of the field's units
  private static List<Value> times(int digits, long unit) {
    long step = 1;
    for (int i = digits; i < 9; i++) {
      step *= 10;
    }
    return List.of(
        value("midnight", "0"),
        value("smallest", Long.toString(step / unit)),
        value("noon", Long.toString(NANOS_PER_DAY / 2 / unit)),
        value("last", Long.toString((NANOS_PER_DAY - step) / unit)));
  }

  private static List<Value> datetime2(int digits) {
    String nines = digits == 0 ? "" : "." + "9".repeat(digits);
    return moments(
        ChronoUnit.MICROS,
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59" + nines,
        "1969-12-31T23:59:59" + nines,
        "1970-01-01T00:00:00",
        "1582-10-10T12:00:00",
        "2024-02-29T23:59:59" + nines,
        // In many zones there is no such time.
        "2024-03-31T02:30:00");
  }

  private static List<Value> moments(ChronoUnit unit, String... moments) {
    List<Value> values = new ArrayList<>();
    LocalDateTime epoch = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);
    for (String moment : moments) {
      values.add(value(moment, Long.toString(unit.between(epoch, LocalDateTime.parse(moment)))));
    }
    return values;
  }

  private static List<Value> ticks(String... moments) {
    List<Value> values = new ArrayList<>();
    for (String moment : moments) {
      values.add(value(moment, Long.toString(ticks(LocalDateTime.parse(moment)))));
    }
    return values;
  }

  /// 100 ns since the year 1.
  private static long ticks(LocalDateTime moment) {
    return ChronoUnit.SECONDS.between(YEAR_1, moment) * 10_000_000
        + moment.get(ChronoField.NANO_OF_SECOND) / 100;
  }

  private static Value instant(String moment) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(moment));
    return value(moment, Long.toString(micros));
  }

  private static ObjectNode offsetField() {
    ObjectNode field = extension("launchpad.datetimeoffset", "struct");
    field
        .putArray("children")
        .add(JSON.objectNode().put("name", "ticks").put("type", "int64").put("nullable", false))
        .add(
            JSON.objectNode()
                .put("name", "offset_minutes")
                .put("type", "int16")
                .put("nullable", false));
    return field;
  }

  private static List<Value> offsets() {
    List<Value> values = new ArrayList<>();
    values.add(offset("0001-01-01T00:00:00", 0));
    values.add(offset("9999-12-31T23:59:59.999999900", 0));
    // The local times are the first and the last: in UTC they are on other days, but in range.
    values.add(offset("0001-01-01T14:00:00", -840));
    values.add(offset("9999-12-31T09:59:59.999999900", 840));
    values.add(offset("2024-03-31T00:30:00", 60));
    values.add(offset("2024-03-31T01:30:00", 120));
    values.add(offset("2024-10-27T00:30:00", 120));
    values.add(offset("2024-10-27T01:30:00", 60));
    values.add(offset("1969-12-31T23:59:59.999999900", -1));
    values.add(offset("2024-02-29T12:00:00.123456700", 345));
    return values;
  }

  private static Value offset(String utc, int minutes) {
    ObjectNode json =
        JSON.objectNode()
            .put("ticks", Long.toString(ticks(LocalDateTime.parse(utc))))
            .put("offset_minutes", minutes);
    return new Value("%sZ at %d minutes".formatted(utc, minutes), json);
  }

  private static Value span(String label, int months, int days, long nanoseconds) {
    return new Value(label, JSON.arrayNode().add(months).add(days).add(Long.toString(nanoseconds)));
  }
}
