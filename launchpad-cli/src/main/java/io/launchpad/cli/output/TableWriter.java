// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import io.launchpad.cli.output.Batches.Batch;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jline.utils.WCWidth;
import org.jspecify.annotations.Nullable;

/// Result sets as aligned tables for a person.
///
/// The first {@value #ROWS_AHEAD} rows decide the width of the columns; later values that are wider
/// stand as they are, so that a result of any size streams through.
public final class TableWriter implements ResultWriter {
  private static final int ROWS_AHEAD = 1_000;
  private static final int WIDTH_MAX = 60;
  private static final String ELLIPSIS = "…";

  private final PrintWriter out;

  public TableWriter(PrintWriter out) {
    this.out = out;
  }

  @Override
  public long write(ArrowReader result) throws IOException {
    Table table = new Table(result.getVectorSchemaRoot().getSchema().getFields());
    Batches.forEach(result, table::add);
    table.end();
    return table.rows;
  }

  @Override
  public void close() {
    out.flush();
  }

  /// One table being printed.
  private final class Table {
    private final List<Field> fields;
    private final List<List<String>> ahead = new ArrayList<>();
    private int @Nullable [] widths;
    private long rows;

    Table(List<Field> fields) {
      this.fields = fields;
    }

    void add(Batch batch) {
      for (int row = 0; row < batch.rows(); row++) {
        List<String> cells = new ArrayList<>(fields.size());
        for (FieldVector column : batch.columns()) {
          cells.add(cell(column, row));
        }
        rows++;
        if (widths != null) {
          line(cells, widths);
        } else {
          ahead.add(cells);
          if (ahead.size() == ROWS_AHEAD) {
            begin();
          }
        }
      }
    }

    void end() {
      if (widths == null) {
        begin();
      }
      out.println(rows == 1 ? "(1 row)" : String.format("(%,d rows)", rows));
      out.println();
      out.flush();
    }

    private void begin() {
      int[] decided = new int[fields.size()];
      for (int i = 0; i < decided.length; i++) {
        decided[i] = Math.max(1, width(shown(fields.get(i).getName())));
        for (List<String> cells : ahead) {
          decided[i] = Math.max(decided[i], width(cells.get(i)));
        }
      }
      widths = decided;
      line(fields.stream().map(f -> shown(f.getName())).toList(), decided);
      StringBuilder rule = new StringBuilder();
      for (int width : decided) {
        rule.append(rule.isEmpty() ? "" : " ").append("-".repeat(width));
      }
      out.println(rule);
      ahead.forEach(cells -> line(cells, decided));
      ahead.clear();
    }

    private void line(List<String> cells, int[] decided) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < cells.size(); i++) {
        String cell = cells.get(i);
        String padding = " ".repeat(Math.max(0, decided[i] - width(cell)));
        line.append(i == 0 ? "" : " ");
        line.append(isNumber(fields.get(i)) ? padding + cell : cell + padding);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static String cell(FieldVector column, int row) {
    if (!column.isNull(row)
        && column.getObject(row) instanceof byte[] bytes
        && bytes.length > WIDTH_MAX / 2) {
      return describe(bytes);
    }
    String text = CellText.of(column, row);
    return text == null ? "NULL" : shown(text);
  }

  private static String describe(byte[] bytes) {
    return String.format(
        "<%s, %,d bytes>", Picture.is(bytes) ? "PNG picture" : "binary", bytes.length);
  }

  /// Text on one line, without what would move the cursor, and not wider than a table bears.
  private static String shown(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(WIDTH_MAX + 1L)
        .forEach(c -> {
          switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> line.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c);
          }
        });
    String shown = line.toString();
    if (shown.codePointCount(0, shown.length()) <= WIDTH_MAX) {
      return shown;
    }
    return shown.substring(0, shown.offsetByCodePoints(0, WIDTH_MAX - 1)) + ELLIPSIS;
  }

  private static int width(String text) {
    return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
  }

  private static boolean isNumber(Field field) {
    return switch (field.getType()) {
      case ArrowType.Int _ -> field.getDictionary() == null;
      case ArrowType.FloatingPoint _, ArrowType.Decimal _ -> true;
      default -> false;
    };
  }
}
