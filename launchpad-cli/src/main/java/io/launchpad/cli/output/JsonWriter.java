// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/// Result sets as JSON: an array of objects for each, one below the other.
///
/// Integers, decimals and finite floats are JSON numbers with all their digits; everything else
/// that JSON has no type for is the text that CSV shows.
public final class JsonWriter implements ResultWriter {
  private final JsonGenerator json;

  public JsonWriter(Writer out) throws IOException {
    json = new JsonFactory().createGenerator(out).setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public long write(ArrowReader result) throws IOException {
    List<String> names = Batches.distinct(Batches.labels(result));
    long[] rows = {0};
    json.writeStartArray();
    Batches.forEach(
        result,
        batch -> {
          for (int row = 0; row < batch.rows(); row++) {
            json.writeRaw(rows[0] + row == 0 ? "\n" : "");
            json.writeStartObject();
            for (int i = 0; i < names.size(); i++) {
              json.writeFieldName(names.get(i));
              value(batch.columns().get(i), row);
            }
            json.writeEndObject();
          }
          rows[0] += batch.rows();
        });
    json.writeEndArray();
    json.writeRaw("\n");
    json.flush();
    return rows[0];
  }

  private void value(FieldVector column, int row) throws IOException {
    @Nullable String text = CellText.of(column, row);
    if (text == null) {
      json.writeNull();
    } else if (column instanceof BitVector bits) {
      json.writeBoolean(bits.get(row) != 0);
    } else if (isNumber(column, row)) {
      json.writeNumber(text);
    } else {
      json.writeString(text);
    }
  }

  private static boolean isNumber(FieldVector column, int row) {
    if (column.getField().getMetadata().containsKey("ARROW:extension:name")) {
      return false;
    }
    return switch (column.getField().getType()) {
      case ArrowType.Int _, ArrowType.Decimal _ -> true;
      case ArrowType.FloatingPoint _ ->
          column.getObject(row) instanceof Number n && Double.isFinite(n.doubleValue());
      default -> false;
    };
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
