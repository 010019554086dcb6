// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.embedded.sql.SqlTypeParser;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CastsTest {

  /// A value written with its kind: `l:5`, `d:1.5`, `f:1.5`, `n:1.50`, `s:text`, `b:true`,
  /// `x:0AFF`, `·` for a blank, `day:…`, `time:…`, `at:…`, `off:…`, `u:…`.
  private static Object value(String text) {
    int colon = text.indexOf(':');
    String rest = text.substring(colon + 1).replace('·', ' ');
    return switch (text.substring(0, colon)) {
      case "l" -> Long.valueOf(rest);
      case "d" -> Double.valueOf(rest);
      case "f" -> Float.valueOf(rest);
      case "n" -> new BigDecimal(rest);
      case "s" -> rest;
      case "b" -> Boolean.valueOf(rest);
      case "x" -> ByteBuffer.wrap(HexFormat.of().parseHex(rest)).asReadOnlyBuffer();
      case "day" -> LocalDate.parse(rest);
      case "time" -> LocalTime.parse(rest);
      case "at" -> LocalDateTime.parse(rest);
      case "off" -> OffsetDateTime.parse(rest);
      case "u" -> UUID.fromString(rest);
      default -> throw new IllegalArgumentException(text);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "b:true | bit | b:true",
        "l:7 | bit | b:true",
        "d:0 | bit | b:false",
        "s:TRUE | bit | b:true",
        "s:0 | bit | b:false",
        "l:255 | tinyint | l:255",
        "l:-32768 | smallint | l:-32768",
        "l:2147483647 | int | l:2147483647",
        "d:2.9 | int | l:2",
        "d:-2.9 | int | l:-2",
        "n:2.99 | bigint | l:2",
        "s:·12· | int | l:12",
        "b:true | int | l:1",
        "d:9007199254740993 | bigint | l:9007199254740992",
        "s:9223372036854775807 | bigint | l:9223372036854775807",
        "n:1.005 | decimal(10,2) | n:1.01",
        "n:-1.005 | decimal(10,2) | n:-1.01",
        "d:2.675 | decimal(10,2) | n:2.68",
        "f:0.1 | decimal(10,3) | n:0.100",
        "s:1e2 | decimal(5,1) | n:100.0",
        "l:99 | decimal(2,0) | n:99",
        "n:1.00005 | money | n:1.0001",
        "s:214748.3647 | smallmoney | n:214748.3647",
        "d:NaN | float | d:NaN",
        "d:-Infinity | real | f:-Infinity",
        "f:1.5 | float | d:1.5",
        "d:0.1 | real | f:0.1",
        "n:0.1 | float | d:0.1",
        "s:-1.5e3 | float | d:-1500",
        "at:2020-02-29T23:59:59 | date | day:2020-02-29",
        "s:20200229 | date | day:2020-02-29",
        "s:2020-2-9 | date | day:2020-02-09",
        "at:2020-01-01T00:00:00.001 | datetime | at:2020-01-01T00:00:00",
        "at:2020-01-01T00:00:00.002 | datetime | at:2020-01-01T00:00:00.003",
        "at:2020-01-01T00:00:00.005 | datetime | at:2020-01-01T00:00:00.007",
        "at:2020-01-01T00:00:00.009 | datetime | at:2020-01-01T00:00:00.010",
        "at:2020-12-31T23:59:59.999 | datetime | at:2021-01-01T00:00:00",
        "day:1753-01-01 | datetime | at:1753-01-01T00:00",
        "at:2020-01-01T10:00:29.999 | smalldatetime | at:2020-01-01T10:00",
        "at:2020-01-01T10:00:30 | smalldatetime | at:2020-01-01T10:01",
        "at:2020-01-01T00:00:00.1234567 | datetime2(7) | at:2020-01-01T00:00:00.1234567",
        "at:2020-01-01T00:00:00.125 | datetime2(2) | at:2020-01-01T00:00:00.13",
        "s:2020-01-01 10:00:00.5 | datetime2(0) | at:2020-01-01T10:00:01",
        "s:2020-01-01T10:00 | datetime2(0) | at:2020-01-01T10:00",
        "off:2020-01-01T10:00:00+02:00 | datetime2(0) | at:2020-01-01T10:00",
        "s:2020-01-01 10:00:00 +02:00 | datetimeoffset(0) | off:2020-01-01T10:00+02:00",
        "day:2020-01-01 | datetimeoffset(0) | off:2020-01-01T00:00Z",
        "time:10:00:00.96 | time(1) | time:10:00:01",
        "at:2020-01-01T10:11:12 | time(0) | time:10:11:12",
        "s:23:59 | time(7) | time:23:59",
        "l:5 | varchar(1) | s:5",
        "d:1 | varchar(5) | s:1",
        "d:0.1 | varchar(5) | s:0.1",
        "n:1.50 | varchar(5) | s:1.50",
        "b:false | varchar(1) | s:0",
        "s:é | varchar(2) | s:é",
        "s:𝔘 | nvarchar(2) | s:𝔘",
        "s:é | char(3) | s:é·",
        "s:é | nchar(3) | s:é··",
        "s: | char(2) | s:··",
        "at:2020-01-01T10:00:00.5 | varchar(30) | s:2020-01-01 10:00:00.5",
        "x:0A | varbinary(1) | x:0A",
        "x:0A | binary(3) | x:0A0000",
        "x: | varbinary(max) | x:",
        "s:{04030201-0605-0807-090a-0b0c0d0e0f10} | uniqueidentifier |"
            + " u:04030201-0605-0807-090a-0b0c0d0e0f10",
        "u:04030201-0605-0807-090a-0b0c0d0e0f10 | varchar(36) |"
            + " s:04030201-0605-0807-090a-0b0c0d0e0f10"
      })
  void cast_givesWhatSqlServerGives(String from, String type, String to) {
    assertEquals(value(to), Casts.cast(value(from), SqlTypeParser.parse(type)), from + type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "l:256 | tinyint | OVERFLOW",
        "l:-1 | tinyint | OVERFLOW",
        "l:32768 | smallint | OVERFLOW",
        "l:2147483648 | int | OVERFLOW",
        "l:-2147483649 | int | OVERFLOW",
        "d:9.3e18 | bigint | OVERFLOW",
        "n:9223372036854775808 | bigint | OVERFLOW",
        "d:NaN | int | NOT_FINITE",
        "d:Infinity | decimal(10,2) | NOT_FINITE",
        "f:NaN | bit | NOT_FINITE",
        "d:NaN | nvarchar(max) | NOT_FINITE",
        "f:-Infinity | varchar(20) | NOT_FINITE",
        "s:abc | int | MALFORMED",
        "s:1.5 | int | MALFORMED",
        "s: | int | MALFORMED",
        "s:1e999999 | decimal(5,2) | MALFORMED",
        "n:99.995 | decimal(4,2) | OVERFLOW",
        "l:100 | decimal(2,0) | OVERFLOW",
        "n:922337203685477.5808 | money | OVERFLOW",
        "n:214748.3648 | smallmoney | OVERFLOW",
        "d:1e300 | real | OVERFLOW",
        "s:1e400 | float | OVERFLOW",
        "day:1752-12-31 | datetime | OUT_OF_RANGE",
        "at:9999-12-31T23:59:59.999 | datetime | OUT_OF_RANGE",
        "day:1899-12-31 | smalldatetime | OUT_OF_RANGE",
        "at:2079-06-06T23:59:30 | smalldatetime | OUT_OF_RANGE",
        "at:9999-12-31T23:59:59.99 | datetime2(1) | OUT_OF_RANGE",
        "day:0000-01-01 | date | OUT_OF_RANGE",
        "time:23:59:59.6 | time(0) | OUT_OF_RANGE",
        "off:2020-01-01T10:00:00+15:00 | datetimeoffset(0) | OUT_OF_RANGE",
        "s:2020-02-30 | date | MALFORMED",
        "s:23:59:60 | time(0) | MALFORMED",
        "s:2020-01-01 23:59:60 | datetime2(0) | MALFORMED",
        "s:ab | varchar(1) | TOO_LONG",
        "s:é | varchar(1) | TOO_LONG",
        "s:𝔘 | nvarchar(1) | TOO_LONG",
        "s:abc | char(2) | TOO_LONG",
        "l:300 | varchar(2) | TOO_LONG",
        "x:0AFF | varbinary(1) | TOO_LONG",
        "x:0AFF | binary(1) | TOO_LONG",
        "s:a | varbinary(1) | NO_CONVERSION",
        "x:0A | varchar(5) | NO_CONVERSION",
        "day:2020-01-01 | int | NO_CONVERSION",
        "l:1 | date | NO_CONVERSION",
        "time:10:00 | date | NO_CONVERSION",
        "l:1 | uniqueidentifier | NO_CONVERSION",
        "s:x | uniqueidentifier | MALFORMED"
      })
  void cast_failsRatherThanChangeTheValue(String from, String type, CastException.Reason reason) {
    var failure =
        assertThrows(CastException.class, () -> Casts.cast(value(from), SqlTypeParser.parse(type)));
    assertEquals(reason, failure.reason(), failure.detail());
  }
}
