// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.satellite.convert.CellWriter;
import io.launchpad.sdk.Columns;
import io.launchpad.sdk.Values;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

final class BatchTest {
  private static Field of(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  /// As chunks and partitions cut them.
  @Test
  void slice_holdsItsRowsOfEveryNesting() throws Exception {
    Field pair = of("pair", new ArrowType.FixedSizeList(2), Columns.int32("$data$"));
    Field struct = of("struct", ArrowType.Struct.INSTANCE, pair);
    Field list = of("list", ArrowType.List.INSTANCE, of("$data$", ArrowType.Struct.INSTANCE, pair));
    Field large =
        of("large", ArrowType.LargeList.INSTANCE, of("$data$", ArrowType.Struct.INSTANCE, pair));
    var dictionaries = DictionarySet.of(Map.of());
    try (var allocator = new RootAllocator()) {
      var rows = VectorSchemaRoot.create(new Schema(List.of(struct, list, large)), allocator);
      rows.allocateNew();
      for (int row = 0; row < 20; row++) {
        CellWriter.set(rows.getVector(0), row, value(row));
        CellWriter.set(rows.getVector(1), row, List.of(value(row), value(-row)));
        CellWriter.set(rows.getVector(2), row, List.of(Map.of("pair", List.of(row, row))));
      }
      rows.setRowCount(20);
      try (var batch = new Batch(rows, dictionaries);
          Batch slice = batch.slice(7, 5)) {
        assertEquals(5, slice.rowCount());
        for (int row = 0; row < 5; row++) {
          int from = row + 7;
          assertEquals(value(from), Values.get(slice.rows().getVector(0), row, dictionaries));
          assertEquals(
              List.of(value(from), value(-from)),
              Values.get(slice.rows().getVector(1), row, dictionaries));
          assertEquals(
              List.of(Map.of("pair", List.of(from, from))),
              Values.get(slice.rows().getVector(2), row, dictionaries));
        }
      }
    }
  }

  private static Map<String, Object> value(int row) {
    return Map.of("pair", List.of(row, row + 1));
  }
}
