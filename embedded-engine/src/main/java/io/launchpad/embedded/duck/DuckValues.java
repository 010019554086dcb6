// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.cast.Texts;
import io.launchpad.embedded.cast.Ticks;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.SqlValue;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Scalars bound to a DuckDB statement.
///
/// A parameter stands in the text as `CAST($n AS type)`, so what DuckDB has no exact binding for
/// travels as text.
public final class DuckValues {

  /// How DuckDB writes a parameter in the label it makes of an expression.
  private static final Pattern LABEL =
      Pattern.compile("CAST\\(\\$(\\d{1,4}) AS [A-Z_ ]+(?:\\([0-9, ]+\\))?\\)");

  private DuckValues() {}

  /// A label with the variables' names in the place of the parameters they became.
  public static String label(String label, List<String> variables) {
    return LABEL
        .matcher(label)
        .replaceAll(match -> {
          int index = Integer.parseInt(match.group(1)) - 1;
          String shown = index < variables.size() ? variables.get(index) : match.group();
          return Matcher.quoteReplacement(shown);
        });
  }

  /// The type of the cast. A `datetime2(7)` outside the range of nanoseconds is taken to
  /// microseconds when it has no more.
  static String typeName(SqlValue value) {
    if (value.value() instanceof LocalDateTime time
        && value.type() instanceof ClockType clock
        && clock.finerThanMicroseconds()
        && time.get(ChronoField.NANO_OF_SECOND) % 1000 == 0
        && !Ticks.fitsNanoseconds(time)) {
      return "TIMESTAMP";
    }
    return DuckTypes.name(value.type());
  }

  static void bind(PreparedStatement statement, List<SqlValue> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      bind(statement, i + 1, values.get(i).value());
    }
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setObject(index, null);
      case Boolean bool -> statement.setBoolean(index, bool);
      case Long number -> statement.setLong(index, number);
      case Float number -> statement.setFloat(index, number);
      case Double number -> statement.setDouble(index, number);
      case ByteBuffer bytes -> statement.setBytes(index, Casts.toArray(bytes));
      case BigDecimal number -> statement.setString(index, number.toPlainString());
      case OffsetDateTime time -> statement.setString(index, withoutSpace(time));
      case LocalDateTime time -> statement.setString(index, Texts.dateTime(time, 9));
      case LocalDate date -> statement.setString(index, date.toString());
      case LocalTime time -> statement.setString(index, Texts.time(time, 9));
      case UUID uuid -> statement.setString(index, uuid.toString());
      case String text -> statement.setString(index, text);
      default -> throw new IllegalArgumentException("no scalar: " + value.getClass());
    }
  }

  /// DuckDB takes no space before an offset.
  private static String withoutSpace(OffsetDateTime time) {
    return Texts.offsetDateTime(time, 7).replace(" +", "+").replace(" -", "-");
  }
}
