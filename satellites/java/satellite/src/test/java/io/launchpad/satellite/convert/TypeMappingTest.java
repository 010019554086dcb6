// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.sdk.Columns;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.Test;

/// What docs/types.md says of `compat` in Java.
final class TypeMappingTest {
  private static final TypeMapping COMPAT = TypeMapping.of("compat");

  @Test
  void values_areOfTheClassesOfTheOriginal() {
    assertEquals(java.sql.Date.valueOf("9999-12-31"), COMPAT.shown(LocalDate.parse("9999-12-31")));
    assertEquals(
        java.sql.Timestamp.valueOf("2024-01-02 03:04:05.1234567"),
        COMPAT.shown(LocalDateTime.parse("2024-01-02T03:04:05.1234567")));
    assertEquals(
        "00112233-4455-6677-8899-AABBCCDDEEFF",
        COMPAT.shown(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")));
    assertEquals(9_007_199_254_740_993L, COMPAT.shown(9_007_199_254_740_993L));
    assertNull(COMPAT.shown(null));
  }

  @Test
  void exact_changesNothing() throws Exception {
    LocalDate day = LocalDate.EPOCH;
    assertEquals(day, TypeMapping.of("").shown(day));
    assertEquals(Double.NaN, TypeMapping.of("exact").returned(Double.NaN));
    TypeMapping.EXACT.check(Columns.time("t"));
  }

  @Test
  void typesThatTheOriginalRefuses_areRefused() throws Exception {
    Field list =
        new Field(
            "c", FieldType.nullable(ArrowType.List.INSTANCE), List.of(Columns.int32("$data$")));
    for (Field field : List.of(Columns.time("c"), Columns.instant("c"), list)) {
      var refused = assertThrows(SatelliteException.class, () -> COMPAT.check(field));
      assertEquals(ErrorCode.TYPE_UNSUPPORTED, refused.error().code());
      assertTrue(refused.error().message().contains("'c'"), refused.error().message());
    }
    for (Field field :
        List.of(Columns.bool("c"), Columns.uuid("c"), Columns.dateTime("c"), Columns.date("c"))) {
      COMPAT.check(field);
    }
  }

  @Test
  void whatIsNoNumber_comesBackAsNull() {
    assertNull(COMPAT.returned(Double.NEGATIVE_INFINITY));
    assertNull(COMPAT.returned(Float.NaN));
    assertEquals(-0.0, COMPAT.returned(-0.0));
    try (var allocator = new RootAllocator();
        var ints = new IntVector("i", allocator);
        var column = new Float8Vector("c", allocator)) {
      column.allocateNew(4);
      column.set(0, 1.5);
      column.set(1, Double.NaN);
      column.setNull(2);
      column.set(3, -0.0);
      column.setValueCount(4);
      ints.setValueCount(4);
      assertTrue(COMPAT.returned(ints, 4, allocator).isEmpty());
      assertTrue(TypeMapping.EXACT.returned(column, 4, allocator).isEmpty());
      try (FieldVector sent = COMPAT.returned(column, 4, allocator).orElseThrow()) {
        assertEquals(1.5, sent.getObject(0));
        assertNull(sent.getObject(1));
        assertNull(sent.getObject(2));
        assertEquals(-0.0, sent.getObject(3));
      }
    }
  }
}
