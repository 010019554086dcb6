// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.duck.DuckTypes;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTypeParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int | int | INTEGER",
        "INTEGER | int | INTEGER",
        "bigint | bigint | BIGINT",
        "smallint | smallint | SMALLINT",
        "tinyint | tinyint | UTINYINT",
        "bit | bit | BOOLEAN",
        "float | float | DOUBLE",
        "float(24) | real | FLOAT",
        "float(25) | float | DOUBLE",
        "double precision | float | DOUBLE",
        "real | real | FLOAT",
        "decimal | decimal(18,0) | DECIMAL(18,0)",
        "dec(5) | decimal(5,0) | DECIMAL(5,0)",
        "numeric(38, 10) | decimal(38,10) | DECIMAL(38,10)",
        "money | money | DECIMAL(19,4)",
        "smallmoney | smallmoney | DECIMAL(10,4)",
        "date | date | DATE",
        "datetime | datetime | TIMESTAMP",
        "smalldatetime | smalldatetime | TIMESTAMP",
        "datetime2 | datetime2(7) | TIMESTAMP_NS",
        "datetime2(3) | datetime2(3) | TIMESTAMP",
        "time | time(7) | TIME_NS",
        "time(0) | time(0) | TIME",
        "datetimeoffset(2) | datetimeoffset(2) | TIMESTAMP WITH TIME ZONE",
        "char | char(1) | VARCHAR",
        "character varying(5) | varchar(5) | VARCHAR",
        "varchar(max) | varchar(max) | VARCHAR",
        "nchar(10) | nchar(10) | VARCHAR",
        "nvarchar(4000) | nvarchar(4000) | VARCHAR",
        "national character varying(3) | nvarchar(3) | VARCHAR",
        "sysname | nvarchar(128) | VARCHAR",
        "binary(4) | binary(4) | BLOB",
        "varbinary(max) | varbinary(max) | BLOB",
        "binary varying(3) | varbinary(3) | BLOB",
        "uniqueidentifier | uniqueidentifier | UUID",
        "[int] | int | INTEGER",
        "sys.int | int | INTEGER"
      })
  void parse_knowsTypeAndItsDuckDbName(String text, String sql, String duckDb) {
    SqlType type = SqlTypeParser.parse(text);
    assertEquals(sql, type.sql());
    assertEquals(duckDb, DuckTypes.name(type));
    assertEquals(type, SqlTypeParser.parse(type.sql()));
    assertEquals(type, ArrowTypes.sqlType(ArrowTypes.field("x", type, true)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "decimal(39,0)",
        "decimal(5,6)",
        "varchar(0)",
        "varchar(8001)",
        "nvarchar(4001)",
        "time(8)",
        "float(54)",
        "binary(9000)"
      })
  void parse_failsWithError1007WhenAnArgumentIsOutOfRange(String text) {
    var failure = assertThrows(StatementFailure.class, () -> SqlTypeParser.parse(text));
    assertEquals(1007, failure.error().number());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text", "sql_variant", "image", "geography", "hierarchyid", "cursor", "timestamp"})
  void parse_namesTypesThatCannotCross(String text) {
    assertEquals(new ForeignType(text), SqlTypeParser.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hugeint", "blob", "string"})
  void parse_knowsNoNamesOfDuckDb(String text) {
    var failure = assertThrows(StatementFailure.class, () -> SqlTypeParser.parse(text));
    assertEquals(2715, failure.error().number());
  }
}
