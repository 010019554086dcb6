// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Scalars as text and back: ISO 8601 for times, the shortest text that gives the same number back
/// for floats.
public final class Texts {

  private static final Pattern MOMENT =
      Pattern.compile(
          "(?:(\\d{4})-(\\d{1,2})-(\\d{1,2})|(\\d{4})(\\d{2})(\\d{2}))?"
              + "(?:(?:^|[T ]\\s*)(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?)?"
              + "\\s*(Z|z|[+-]\\d{2}:?\\d{2})?");

  private Texts() {}

  /// The text of a value, a carrier of `SqlValue`.
  public static String of(Object value) {
    return switch (value) {
      case Boolean bool -> bool ? "1" : "0";
      case BigDecimal number -> number.toPlainString();
      case Double number -> withoutPointZero(number.toString());
      case Float number -> withoutPointZero(number.toString());
      case LocalDateTime time -> dateTime(time, shortest(time.get(ChronoField.NANO_OF_SECOND)));
      case LocalTime time -> time(time, shortest(time.get(ChronoField.NANO_OF_SECOND)));
      case OffsetDateTime time ->
          offsetDateTime(time, shortest(time.get(ChronoField.NANO_OF_SECOND)));
      case ByteBuffer bytes ->
          "0x" + HexFormat.of().withUpperCase().formatHex(Casts.toArray(bytes));
      default -> value.toString();
    };
  }

  private static String withoutPointZero(String number) {
    return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
  }

  private static int shortest(int nano) {
    int digits = 9;
    int rest = nano;
    while (digits > 0 && rest % 10 == 0) {
      rest /= 10;
      digits--;
    }
    return digits;
  }

  public static String dateTime(LocalDateTime time, int digits) {
    return "%04d-%02d-%02d %s"
        .formatted(
            time.getYear(),
            time.getMonthValue(),
            time.getDayOfMonth(),
            time(time.toLocalTime(), digits));
  }

  public static String time(LocalTime time, int digits) {
    String whole = "%02d:%02d:%02d".formatted(time.getHour(), time.getMinute(), time.getSecond());
    return digits == 0
        ? whole
        : whole + "." + "%09d".formatted(time.get(ChronoField.NANO_OF_SECOND)).substring(0, digits);
  }

  public static String offsetDateTime(OffsetDateTime time, int digits) {
    ZoneOffset offset = time.getOffset();
    int minutes = Math.abs(offset.getTotalSeconds() / 60);
    return "%s %s%02d:%02d"
        .formatted(
            dateTime(time.toLocalDateTime(), digits),
            offset.getTotalSeconds() < 0 ? "-" : "+",
            minutes / 60,
            minutes % 60);
  }

  /// A date, a time, both, or both with an offset, as the narrowest of `LocalDate`, `LocalTime`,
  /// `LocalDateTime` and `OffsetDateTime` that holds it.
  ///
  /// @throws DateTimeException when it is none
  static Object parseMoment(String text) {
    Matcher matcher = MOMENT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new DateTimeException("no date or time");
    }
    boolean compact = matcher.group(4) != null;
    boolean hasDate = compact || matcher.group(1) != null;
    boolean hasTime = matcher.group(7) != null;
    LocalDate date =
        hasDate
            ? LocalDate.of(
                number(matcher, compact ? 4 : 1),
                number(matcher, compact ? 5 : 2),
                number(matcher, compact ? 6 : 3))
            : LocalDate.of(1900, 1, 1);
    LocalTime time =
        hasTime
            ? LocalTime.of(
                number(matcher, 7), number(matcher, 8), number(matcher, 9), nano(matcher))
            : LocalTime.MIDNIGHT;
    if (matcher.group(11) != null && hasDate && hasTime) {
      return OffsetDateTime.of(
          date, time, ZoneOffset.of(matcher.group(11).toUpperCase(java.util.Locale.ROOT)));
    }
    if (matcher.group(11) != null || !(hasDate || hasTime)) {
      throw new DateTimeException("no date or time");
    }
    return hasDate && hasTime ? LocalDateTime.of(date, time) : hasDate ? date : time;
  }

  private static int number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int nano(Matcher matcher) {
    String fraction = matcher.group(10);
    return fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9));
  }

  /// A value for a message, cut when it is long.
  public static String quoted(Object value) {
    String text = of(value);
    int end = 64;
    if (text.length() > end) {
      end -= Character.isHighSurrogate(text.charAt(end - 1)) ? 1 : 0;
      text = text.substring(0, end) + "…";
    }
    return value instanceof String ? "'" + text + "'" : text;
  }
}
