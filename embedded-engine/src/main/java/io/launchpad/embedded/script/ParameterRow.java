// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.arrow.CellReader;
import io.launchpad.embedded.arrow.CellWriter;
import io.launchpad.embedded.cast.Ticks;
import io.launchpad.embedded.script.ScriptCall.Direction;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.SqlValue;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Parameters as the protocol carries them: one row, a column for each, its metadata saying the SQL
/// type and the direction.
final class ParameterRow {

  private static final String DIRECTION = "launchpad:direction";

  private ParameterRow() {}

  /// The parameters as a row, which the caller closes.
  static VectorSchemaRoot write(List<ScriptCall.Parameter> parameters, BufferAllocator allocator) {
    var schema = new Schema(parameters.stream().map(ParameterRow::field).toList());
    VectorSchemaRoot row = VectorSchemaRoot.create(schema, allocator);
    try {
      for (int i = 0; i < parameters.size(); i++) {
        FieldVector vector = row.getVector(i);
        vector.setInitialCapacity(1);
        vector.allocateNew();
        Object value = parameters.get(i).value().value();
        if (value == null) {
          vector.setNull(0);
        } else {
          CellWriter.of(vector).write(0, value);
        }
      }
      row.setRowCount(1);
      return row;
    } catch (RuntimeException e) {
      row.close();
      throw e;
    }
  }

  private static Field field(ScriptCall.Parameter parameter) {
    SqlValue value = parameter.value();
    boolean beyondNanoseconds =
        value.value() instanceof LocalDateTime time
            && value.type() instanceof ClockType clock
            && clock.finerThanMicroseconds()
            && !Ticks.fitsNanoseconds(time);
    Field plain =
        beyondNanoseconds
            ? ArrowTypes.datetime2InTicks(parameter.name(), value.type())
            : ArrowTypes.field(parameter.name(), value.type(), true);
    var metadata = new HashMap<>(plain.getMetadata());
    metadata.put(DIRECTION, parameter.direction() == Direction.IN ? "in" : "inout");
    return new Field(
        plain.getName(), new FieldType(true, plain.getType(), null, metadata), plain.getChildren());
  }

  static Map<String, SqlValue> read(VectorSchemaRoot row) {
    var values = new HashMap<String, SqlValue>();
    for (FieldVector vector : row.getFieldVectors()) {
      SqlType type = ArrowTypes.sqlType(vector.getField());
      values.put(vector.getName(), new SqlValue(type, CellReader.of(vector).read(0)));
    }
    return values;
  }
}
