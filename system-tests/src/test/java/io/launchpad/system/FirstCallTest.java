// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/// One whole call: engine, service, satellite and back.
final class FirstCallTest {

  @Test
  void call_bringsRowsParametersAndPrintsBack() throws Exception {
    String script =
        """
        print("rows:", len(InputDataSet))
        OutputDataSet = InputDataSet.assign(value=InputDataSet.value * 2 + offset)
        note = f"{note} and back"
        """;
    try (var service = ServiceUnderTest.start()) {
      try (var engine = Engine.of(service.transport());
          var rows = GeneratedRows.count(engine, 3);
          VectorSchemaRoot parameters = parameters(engine);
          Call call =
              engine.start(Engine.request(script).build(), List.of(rows.input()), parameters)) {
        Outcome.Success success = call.finish().success();
        assertEquals(
            List.of(List.of(0L, 0L, 7.0), List.of(1L, 0L, 8.0), List.of(2L, 0L, 9.0)),
            success.rows());
        assertEquals("rows: 3\n", success.printed());
        assertEquals(Map.of("note", "there and back"), call.outputParameters());
        assertEquals(1, success.result().runs());
        assertTrue(success.result().times().runMicros() > 0);
      }
      service.awaitIdle();
    }
  }

  private static VectorSchemaRoot parameters(Engine engine) {
    var root =
        VectorSchemaRoot.create(
            new Schema(
                List.of(
                    field("offset", new ArrowType.Int(32, true), "in"),
                    field("note", ArrowType.Utf8.INSTANCE, "inout"))),
            engine.allocator());
    ((IntVector) root.getVector("offset")).setSafe(0, 7);
    ((VarCharVector) root.getVector("note"))
        .setSafe(0, "there".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    root.setRowCount(1);
    return root;
  }

  private static Field field(String name, ArrowType type, String direction) {
    return new Field(
        name, new FieldType(true, type, null, Map.of("launchpad:direction", direction)), List.of());
  }
}
