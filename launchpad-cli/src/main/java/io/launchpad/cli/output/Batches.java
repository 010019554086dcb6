// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/// The batches of a result with their dictionary columns decoded.
final class Batches {
  private Batches() {}

  /// One batch: a column for each field of the result, all of `rows` values.
  record Batch(List<FieldVector> columns, int rows) {}

  /// What is done with a batch; its vectors must not be kept.
  interface Consumer {
    void accept(Batch batch) throws IOException;
  }

  /// The labels of the columns: those of the result, and for machine-readable formats made
  /// distinct.
  static List<String> labels(ArrowReader result) throws IOException {
    return result.getVectorSchemaRoot().getSchema().getFields().stream()
        .map(Field::getName)
        .toList();
  }

  /// Labels that a keyed format can hold: unnamed columns become `column1`, repeated ones get a
  /// number.
  static List<String> distinct(List<String> labels) {
    Set<String> seen = new HashSet<>();
    List<String> names = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      String wanted = labels.get(i).isEmpty() ? "column" + (i + 1) : labels.get(i);
      String name = wanted;
      for (int n = 2; !seen.add(name); n++) {
        name = wanted + "_" + n;
      }
      names.add(name);
    }
    return names;
  }

  static void forEach(ArrowReader result, Consumer consumer) throws IOException {
    VectorSchemaRoot root = result.getVectorSchemaRoot();
    while (result.loadNextBatch()) {
      List<FieldVector> decoded = new ArrayList<>();
      try {
        List<FieldVector> columns = new ArrayList<>();
        for (FieldVector vector : root.getFieldVectors()) {
          columns.add(decode(result, vector, decoded));
        }
        consumer.accept(new Batch(columns, root.getRowCount()));
      } finally {
        decoded.forEach(FieldVector::close);
      }
    }
  }

  private static FieldVector decode(
      ArrowReader result, FieldVector vector, List<FieldVector> decoded) {
    var encoding = vector.getField().getDictionary();
    if (encoding == null) {
      return vector;
    }
    FieldVector values =
        (FieldVector) DictionaryEncoder.decode(vector, result.lookup(encoding.getId()));
    decoded.add(values);
    return values;
  }
}
