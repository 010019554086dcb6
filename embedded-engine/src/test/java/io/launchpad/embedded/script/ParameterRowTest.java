// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.embedded.script.ScriptCall.Direction;
import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.type.SqlValue;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

class ParameterRowTest {

  private static SqlValue value(String type, Object value) {
    return new SqlValue(SqlTypeParser.parse(type), value);
  }

  @Test
  void read_givesBackWhatWasWrittenForEveryType() {
    List<SqlValue> values =
        List.of(
            value("bit", true),
            value("tinyint", 255L),
            value("smallint", -1L),
            value("int", 5L),
            value("bigint", Long.MIN_VALUE),
            value("decimal(38,2)", new BigDecimal("-999999999999999999999999999999999999.99")),
            value("money", new BigDecimal("1.0000")),
            value("smallmoney", new BigDecimal("-1.5000")),
            value("real", 1.5f),
            value("float", Double.NaN),
            value("date", LocalDate.of(1, 1, 1)),
            value("datetime", LocalDateTime.of(1753, 1, 1, 0, 0)),
            value("smalldatetime", LocalDateTime.of(2079, 6, 6, 23, 59)),
            value("time(7)", LocalTime.of(1, 2, 3, 123_456_700)),
            value("time(3)", LocalTime.of(1, 2, 3)),
            value("datetime2(7)", LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_900)),
            value("datetime2(7)", LocalDateTime.of(2020, 1, 1, 0, 0, 0, 100)),
            value("datetime2(0)", LocalDateTime.of(1, 1, 1, 0, 0)),
            value("datetimeoffset(7)", OffsetDateTime.parse("2020-01-01T00:00:00.1234567-07:30")),
            value("uniqueidentifier", UUID.fromString("04030201-0605-0807-090a-0b0c0d0e0f10")),
            value("varchar(10)", "é"),
            value("nvarchar(max)", ""),
            value("nchar(2)", "a "),
            value("varbinary(max)", ByteBuffer.allocate(300_000).asReadOnlyBuffer()),
            value("binary(2)", ByteBuffer.allocate(2).asReadOnlyBuffer()));
    try (var allocator = new RootAllocator()) {
      for (SqlValue value : values) {
        for (SqlValue each : List.of(value, SqlValue.nullOf(value.type()))) {
          var parameter = new ScriptCall.Parameter("p", Direction.INOUT, each);
          try (VectorSchemaRoot row = ParameterRow.write(List.of(parameter), allocator)) {
            assertEquals(Map.of("p", each), ParameterRow.read(row));
            assertEquals(
                "inout", row.getVector(0).getField().getMetadata().get("launchpad:direction"));
          }
        }
      }
    }
  }
}
