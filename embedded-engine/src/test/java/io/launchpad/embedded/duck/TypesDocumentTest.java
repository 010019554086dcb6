// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.type.SqlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// docs/types.md says of each type of T-SQL how this engine sends it and what it keeps it as.
class TypesDocumentTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "bit : bit",
        "tinyint : tinyint",
        "smallint : smallint",
        "int : int",
        "bigint : bigint",
        "real : real",
        "float : float",
        "decimal(1–38,s) : decimal(38,10)",
        "money : money",
        "smallmoney : smallmoney",
        "char(n), nchar(n) : nchar(3)",
        "varchar(n), nvarchar(n) : varchar(10)",
        "varchar(max), nvarchar(max) : nvarchar(max)",
        "binary(n) : binary(3)",
        "varbinary(n) : varbinary(10)",
        "varbinary(max) : varbinary(max)",
        "uniqueidentifier : uniqueidentifier",
        "xml : xml",
        "json : json",
        "date : date",
        "time(0–6) : time(3)",
        "time(7–9) : time(7)",
        "datetime, smalldatetime : datetime",
        "datetime, smalldatetime : smalldatetime",
        "datetime2(0–6) : datetime2(6)",
        "datetime2(7) from 1677 to 2262 : datetime2(7)",
        "datetimeoffset(0–7) : datetimeoffset(7)",
      })
  void type_isSentAndKeptAsTheDocumentSays(String row, String sql) throws IOException {
    String line =
        Files.readAllLines(Path.of(System.getProperty("launchpad.root", ".."), "docs", "types.md"))
            .stream()
            .filter(l -> l.startsWith("| " + row + " |"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no row for " + row));
    String[] cells = line.split("\\|", -1);
    SqlType type = SqlTypeParser.parse(sql);
    String carrier = "`" + spelling(ArrowTypes.field("x", type, true)) + "`";
    assertTrue((cells[2] + cells[4]).contains(carrier), () -> carrier + " is not in " + line);
    String kept = "`" + DuckTypes.name(type).replace("38,10", "p,s") + "`";
    boolean moment = kept.equals("`TIMESTAMP WITH TIME ZONE`");
    assertTrue(cells[4].contains(moment ? "`TIMESTAMPTZ`" : kept), () -> kept + ": " + line);
  }

  private static String spelling(Field field) {
    return ArrowTypes.extensionOf(field).orElseGet(() -> spelling(field.getType()));
  }

  private static String spelling(ArrowType type) {
    return switch (type) {
      case ArrowType.Int integer ->
          (integer.getIsSigned() ? "int" : "uint") + integer.getBitWidth();
      case ArrowType.FloatingPoint real ->
          real.getPrecision().name().equals("DOUBLE") ? "float64" : "float32";
      case ArrowType.Decimal decimal when decimal.getPrecision() == 38 -> "decimal128(p,s)";
      case ArrowType.Decimal decimal ->
          "decimal128(%d,%d)".formatted(decimal.getPrecision(), decimal.getScale());
      case ArrowType.Date _ -> "date32";
      case ArrowType.Time time -> "time64(%s)".formatted(unit(time.getUnit().name()));
      case ArrowType.Timestamp stamp -> "timestamp(%s)".formatted(unit(stamp.getUnit().name()));
      default -> type.getTypeID().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String unit(String name) {
    return name.equals("NANOSECOND") ? "ns" : "us";
  }
}
