// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.sdk.Table;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/// Rows of an input in memory of their own, with the dictionaries they need.
final class Batch implements AutoCloseable {
  private final VectorSchemaRoot rows;
  private final DictionarySet dictionaries;

  /// Takes over both.
  Batch(VectorSchemaRoot rows, DictionarySet dictionaries) {
    this.rows = rows;
    this.dictionaries = dictionaries;
  }

  VectorSchemaRoot rows() {
    return rows;
  }

  DictionarySet dictionaries() {
    return dictionaries;
  }

  int rowCount() {
    return rows.getRowCount();
  }

  Table.Part part() {
    return new Table.Part(rows, dictionaries);
  }

  /// Some of the rows. Shares the memory of their values and keeps it when this is closed.
  Batch slice(int from, int count) {
    List<FieldVector> vectors = new ArrayList<>();
    for (FieldVector vector : rows.getFieldVectors()) {
      // Not the transfer pair that makes its own vector: that one knows no struct of fixed-size
      // lists.
      FieldVector part = vector.getField().createVector(vector.getAllocator());
      vector.makeTransferPair(part).splitAndTransfer(from, count);
      vectors.add(part);
    }
    return new Batch(
        new VectorSchemaRoot(rows.getSchema().getFields(), vectors, count), dictionaries.retain());
  }

  @Override
  public void close() {
    rows.close();
    dictionaries.release();
  }
}
