// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.client.Execution;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/// An execution and what was heard of it.
record Call(Execution execution, Events events) implements AutoCloseable {
  Call {
    var _ = execution.result().whenComplete((_, failure) -> events.ended(failure));
  }

  /// Reads the outputs and waits for the end.
  Outcome finish() {
    var rows = new ArrayList<List<Object>>();
    try {
      for (ArrowReader output : execution.outputs()) {
        while (output.loadNextBatch()) {
          addRows(output.getVectorSchemaRoot(), rows);
        }
      }
      ScriptResult result = execution.await();
      return new Outcome.Success(result, rows, events.text());
    } catch (ScriptException e) {
      return new Outcome.Failure(awaitedFailure(e), events.text());
    } catch (IOException e) {
      throw new AssertionError("an output cannot be read", e);
    }
  }

  /// Everything printed has been heard when the execution has ended.
  private ScriptException awaitedFailure(ScriptException first) {
    try {
      execution.await();
      throw new AssertionError("reading failed and the execution did not", first);
    } catch (ScriptException e) {
      return e;
    }
  }

  static void addRows(VectorSchemaRoot batch, List<List<Object>> rows) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      var values = new Object[batch.getFieldVectors().size()];
      for (int column = 0; column < values.length; column++) {
        values[column] = batch.getVector(column).getObject(row);
      }
      rows.add(Arrays.asList(values));
    }
  }

  /// The values of the output parameters by name, as text; nulls are `null`.
  Map<String, String> outputParameters() throws IOException {
    var values = new TreeMap<String, String>();
    for (FieldVector vector : execution.outputParameters().orElseThrow().getFieldVectors()) {
      values.put(vector.getName(), String.valueOf(vector.getObject(0)));
    }
    return values;
  }

  @Override
  public void close() {
    execution.close();
  }
}
