// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.Execution;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Whole numbers that a script gives back as OUTPUT parameters.
final class OutNumbers {
  private static final FieldType TYPE =
      new FieldType(true, new ArrowType.Int(64, true), null, Map.of("launchpad:direction", "out"));

  private OutNumbers() {}

  /// The parameters as a request declares them.
  static VectorSchemaRoot declared(BufferAllocator allocator, String... names) {
    List<Field> fields = Stream.of(names).map(name -> new Field(name, TYPE, List.of())).toList();
    var root = VectorSchemaRoot.create(new Schema(fields), allocator);
    root.getFieldVectors().forEach(vector -> vector.setNull(0));
    root.setRowCount(1);
    return root;
  }

  /// What a script that has ended gave for the parameter at this place.
  static long value(Execution ended, int place) throws IOException {
    VectorSchemaRoot row = ended.outputParameters().orElseThrow();
    return ((BigIntVector) row.getVector(place)).get(0);
  }
}
