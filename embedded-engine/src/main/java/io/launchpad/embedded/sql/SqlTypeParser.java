// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.SyntaxErrors;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.ClockType.Kind;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.TextType;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads SQL Server's type names, with their aliases and arguments.
public final class SqlTypeParser {

  private static final Map<String, FixedType> FIXED =
      Map.ofEntries(
          Map.entry("bit", FixedType.BIT),
          Map.entry("tinyint", FixedType.TINYINT),
          Map.entry("smallint", FixedType.SMALLINT),
          Map.entry("int", FixedType.INT),
          Map.entry("integer", FixedType.INT),
          Map.entry("bigint", FixedType.BIGINT),
          Map.entry("money", FixedType.MONEY),
          Map.entry("smallmoney", FixedType.SMALLMONEY),
          Map.entry("real", FixedType.REAL),
          Map.entry("date", FixedType.DATE),
          Map.entry("datetime", FixedType.DATETIME),
          Map.entry("smalldatetime", FixedType.SMALLDATETIME),
          Map.entry("uniqueidentifier", FixedType.UNIQUEIDENTIFIER));

  /// SQL Server's types that have no place in variables, parameters and results of scripts.
  private static final Set<String> FOREIGN =
      Set.of(
          "cursor",
          "timestamp",
          "rowversion",
          "sql_variant",
          "text",
          "ntext",
          "image",
          "vector",
          "table",
          "hierarchyid",
          "geometry",
          "geography");

  private SqlTypeParser() {}

  public static SqlType parse(String text) {
    var cursor = new TokenCursor(text);
    SqlType type = parse(cursor);
    if (!cursor.atEnd()) {
      throw SyntaxErrors.syntax(cursor.peek(), "nothing more is expected after the type");
    }
    return type;
  }

  /// The type a text names; nothing when it names none that is known.
  public static Optional<SqlType> tryParse(String text) {
    try {
      return Optional.of(parse(text));
    } catch (StatementFailure _) {
      return Optional.empty();
    }
  }

  /// The type at the cursor; an unknown name is error 2715.
  public static SqlType parse(TokenCursor cursor) {
    Token name = cursor.expectName("a data type");
    if (cursor.peek().isSymbol(".") && name.value().equalsIgnoreCase("sys")) {
      cursor.next();
      name = cursor.expectName("a data type");
    }
    Token first = name;
    return known(first, cursor).orElseThrow(() -> StatementErrors.unknownType(first));
  }

  /// The type at the cursor if SQL Server has one of that name and it can be used here, else
  /// nothing and the cursor where it was.
  public static Optional<SqlType> tryParse(TokenCursor cursor) {
    int start = cursor.index();
    if (!cursor.peek().isName()) {
      return Optional.empty();
    }
    Optional<SqlType> type = known(cursor.next(), cursor).filter(t -> !(t instanceof ForeignType));
    if (type.isEmpty()) {
      cursor.moveTo(start);
    }
    return type;
  }

  private static Optional<SqlType> known(Token token, TokenCursor cursor) {
    String name = token.value().toLowerCase(Locale.ROOT);
    FixedType fixed = FIXED.get(name);
    if (fixed != null) {
      return Optional.of(fixed);
    }
    if (FOREIGN.contains(name)) {
      return Optional.of(new ForeignType(name));
    }
    try {
      return withArguments(name, cursor);
    } catch (IllegalArgumentException e) {
      throw StatementErrors.typeArguments(token, String.valueOf(e.getMessage()));
    }
  }

  private static Optional<SqlType> withArguments(String name, TokenCursor cursor) {
    return Optional.ofNullable(
        switch (name) {
          case "float" -> floatingPoint(cursor, 53);
          case "double" -> {
            cursor.acceptWord("precision");
            yield FixedType.FLOAT;
          }
          case "decimal", "dec", "numeric" -> decimal(cursor);
          case "time" -> new ClockType(Kind.TIME, argument(cursor, ClockType.DIGITS_MAX));
          case "datetime2" -> new ClockType(Kind.DATETIME2, argument(cursor, ClockType.DIGITS_MAX));
          case "datetimeoffset" ->
              new ClockType(Kind.DATETIMEOFFSET, argument(cursor, ClockType.DIGITS_MAX));
          case "char", "character" -> text(cursor, varying(cursor), false);
          case "varchar" -> text(cursor, true, false);
          case "nchar" -> text(cursor, varying(cursor), true);
          case "nvarchar" -> text(cursor, true, true);
          case "national" -> {
            if (!cursor.acceptWord("char") && !cursor.acceptWord("character")) {
              throw SyntaxErrors.syntax(cursor.peek(), "CHAR or CHARACTER is expected here");
            }
            yield text(cursor, varying(cursor), true);
          }
          case "xml" -> TextType.XML;
          case "json" -> TextType.JSON;
          case "sysname" -> new TextType(TextType.Kind.NVARCHAR, 128);
          case "binary" -> {
            boolean varying = varying(cursor);
            yield new BinaryType(!varying, length(cursor, varying));
          }
          case "varbinary" -> new BinaryType(false, length(cursor, true));
          default -> null;
        });
  }

  private static boolean varying(TokenCursor cursor) {
    return cursor.acceptWord("varying");
  }

  private static SqlType text(TokenCursor cursor, boolean varying, boolean national) {
    TextType.Kind kind =
        national
            ? varying ? TextType.Kind.NVARCHAR : TextType.Kind.NCHAR
            : varying ? TextType.Kind.VARCHAR : TextType.Kind.CHAR;
    return new TextType(kind, length(cursor, varying));
  }

  private static SqlType floatingPoint(TokenCursor cursor, int mantissaMax) {
    int mantissa = argument(cursor, mantissaMax);
    if (mantissa < 1 || mantissa > mantissaMax) {
      throw new IllegalArgumentException("float(" + mantissa + ")");
    }
    return mantissa <= 24 ? FixedType.REAL : FixedType.FLOAT;
  }

  private static SqlType decimal(TokenCursor cursor) {
    if (!cursor.acceptSymbol("(")) {
      return DecimalType.DEFAULT;
    }
    int precision = cursor.expectCount("the precision");
    int scale = cursor.acceptSymbol(",") ? cursor.expectCount("the scale") : 0;
    cursor.expectSymbol(")");
    return new DecimalType(precision, scale);
  }

  private static int argument(TokenCursor cursor, int otherwise) {
    if (!cursor.acceptSymbol("(")) {
      return otherwise;
    }
    int value = cursor.expectCount("a number");
    cursor.expectSymbol(")");
    return value;
  }

  /// A length in parentheses; without one it is 1, as in SQL Server's declarations.
  private static int length(TokenCursor cursor, boolean maxAllowed) {
    if (!cursor.acceptSymbol("(")) {
      return 1;
    }
    int length;
    if (maxAllowed && cursor.acceptWord("max")) {
      length = TextType.MAX;
    } else {
      length = cursor.expectCount("a length");
    }
    cursor.expectSymbol(")");
    return length;
  }
}
