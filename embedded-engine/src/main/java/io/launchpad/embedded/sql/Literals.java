// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import io.launchpad.embedded.type.TextType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Constants of T-SQL as typed values.
public final class Literals {

  private Literals() {}

  /// The value of a constant: one token, or a sign and a number.
  public static Optional<SqlValue> constant(List<Token> significant) {
    return switch (significant.size()) {
      case 1 -> constant(significant.getFirst());
      case 2 -> signed(significant.getFirst(), significant.getLast());
      default -> Optional.empty();
    };
  }

  private static Optional<SqlValue> constant(Token token) {
    return switch (token.kind()) {
      case STRING, NATIONAL_STRING ->
          Optional.of(new SqlValue(TextType.NVARCHAR_MAX, token.value()));
      case BINARY -> Optional.of(new SqlValue(BinaryType.VARBINARY_MAX, bytes(token)));
      case NUMBER -> number(token, false);
      case WORD ->
          token.isWord("NULL")
              ? Optional.of(SqlValue.nullOf(TextType.NVARCHAR_MAX))
              : Optional.empty();
      case QUOTED_NAME,
          BRACKET_NAME,
          FOREIGN_STRING,
          VARIABLE,
          SYSTEM_VARIABLE,
          SYMBOL,
          COMMENT,
          SPACE,
          END ->
          Optional.empty();
    };
  }

  private static Optional<SqlValue> signed(Token sign, Token token) {
    boolean minus = sign.isSymbol("-");
    return token.kind() == Token.Kind.NUMBER && (minus || sign.isSymbol("+"))
        ? number(token, minus)
        : Optional.empty();
  }

  private static Optional<SqlValue> number(Token token, boolean minus) {
    String digits = token.text().replace("_", "");
    if (digits.indexOf('e') >= 0 || digits.indexOf('E') >= 0) {
      double value = Double.parseDouble(digits);
      return Optional.of(new SqlValue(FixedType.FLOAT, minus ? -value : value));
    }
    var exact = new BigDecimal(digits.endsWith(".") ? digits + "0" : digits);
    if (exact.precision() > DecimalType.PRECISION_MAX
        || exact.scale() > DecimalType.PRECISION_MAX) {
      return Optional.empty();
    }
    BigDecimal value = minus ? exact.negate() : exact;
    if (digits.indexOf('.') < 0 && value.precision() <= 18) {
      return Optional.of(new SqlValue(FixedType.BIGINT, value.longValueExact()));
    }
    int scale = value.scale();
    return Optional.of(
        new SqlValue(
            new DecimalType(Math.max(value.precision(), Math.max(scale, 1)), scale), value));
  }

  /// `0xABC` is `0x0ABC`, as in SQL Server.
  static ByteBuffer bytes(Token binary) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hexDigits(binary))).asReadOnlyBuffer();
  }

  public static String hexDigits(Token binary) {
    String digits = binary.text().substring(2);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }
}
