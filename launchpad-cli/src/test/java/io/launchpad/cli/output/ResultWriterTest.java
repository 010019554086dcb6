// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultWriterTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.nullable("id", new ArrowType.Int(64, true)),
              Field.nullable("name", new ArrowType.Utf8()),
              Field.nullable("", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              Field.nullable("price", new ArrowType.Decimal(38, 2, 128)),
              Field.nullable("name", new ArrowType.Binary())));

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void everythingIsReleased() {
    allocator.close();
  }

  @Test
  void table_alignsNumbersRightAndTextLeft() throws IOException {
    assertEquals(
        """
                          id name           price name
        -------------------- -------- ---- ------ -----------------------
         9223372036854775807 Zoë 東京  1.5   3.10 0x0AFF
        -9223372036854775808 a\\nb,"q"  NaN -12.00 NULL
                        NULL NULL     NULL   NULL <PNG picture, 64 bytes>
        (3 rows)

        """,
        print(OutputFormat.TABLE, this::threeRows));
  }

  @Test
  void csv_tellsNullFromEmptyTextAndQuotes() throws IOException {
    String text = print(OutputFormat.CSV, this::threeRows);
    assertEquals("\"id\",\"name\",\"\",\"price\",\"name\"", text.lines().findFirst().orElseThrow());
    assertTrue(text.contains("\"9223372036854775807\",\"Zoë 東京\",\"1.5\",\"3.10\",\"0x0AFF\"\n"));
    assertTrue(text.contains("\"a\nb,\"\"q\"\"\",\"NaN\",\"-12.00\",\n"));
    assertTrue(text.contains("\n,,,,\"0x89504E47"));
  }

  @Test
  void json_keepsAllDigitsAndNamesEveryColumn() throws IOException {
    String text = print(OutputFormat.JSON, this::threeRows);
    assertTrue(
        text.contains(
            "{\"id\":9223372036854775807,\"name\":\"Zoë 東京\",\"column3\":1.5,\"price\":3.10,"
                + "\"name_2\":\"0x0AFF\"}"),
        text);
    assertTrue(text.contains("\"column3\":\"NaN\",\"price\":-12.00,\"name_2\":null}"), text);
  }

  @Test
  void arrow_isReadBackAsItWas() throws IOException {
    var out = new ByteArrayOutputStream();
    write(OutputFormat.ARROW, null, out, this::threeRows);
    try (var reader =
        new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), allocator)) {
      assertTrue(reader.loadNextBatch());
      assertEquals(SCHEMA, reader.getVectorSchemaRoot().getSchema());
      assertEquals(3, reader.getVectorSchemaRoot().getRowCount());
    }
  }

  @Test
  void parquet_isReadBackByDuckDb(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("it's.parquet");
    write(OutputFormat.PARQUET, file, new ByteArrayOutputStream(), this::threeRows);
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT count(*), max(id), sum(price) FROM '"
                        + file.toString().replace("'", "''")
                        + "'")) {
      assertTrue(rows.next());
      assertEquals(3, rows.getLong(1));
      assertEquals(Long.MAX_VALUE, rows.getLong(2));
      assertEquals("-8.90", rows.getBigDecimal(3).toPlainString());
    }
  }

  @Test
  void parquet_isRefusedWithoutAFile() {
    assertThrows(
        IOException.class,
        () -> OutputFormat.PARQUET.open(null, new ByteArrayOutputStream(), allocator));
  }

  @Test
  void everyFormat_holdsAnEmptyResult(@TempDir Path folder) throws IOException {
    for (OutputFormat format : OutputFormat.values()) {
      Path file = folder.resolve(format.name());
      assertEquals(
          0, write(format, file, new ByteArrayOutputStream(), root -> root.setRowCount(0)));
      assertTrue(Files.size(file) > 0, format.name());
    }
  }

  private String print(OutputFormat format, Consumer<VectorSchemaRoot> fill) throws IOException {
    var out = new ByteArrayOutputStream();
    write(format, null, out, fill);
    return out.toString(StandardCharsets.UTF_8);
  }

  private long write(
      OutputFormat format,
      @Nullable Path file,
      ByteArrayOutputStream out,
      Consumer<VectorSchemaRoot> fill)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
        var arrow = new ArrowStreamWriter(root, null, bytes)) {
      fill.accept(root);
      arrow.writeBatch();
    }
    try (ArrowReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator);
        ResultWriter writer = format.open(file, out, allocator)) {
      return writer.write(reader);
    }
  }

  private void threeRows(VectorSchemaRoot root) {
    var ids = (BigIntVector) root.getVector(0);
    ids.setSafe(0, Long.MAX_VALUE);
    ids.setSafe(1, Long.MIN_VALUE);
    var names = (VarCharVector) root.getVector(1);
    names.setSafe(0, "Zoë 東京".getBytes(StandardCharsets.UTF_8));
    names.setSafe(1, "a\nb,\"q\"".getBytes(StandardCharsets.UTF_8));
    var floats = (Float8Vector) root.getVector(2);
    floats.setSafe(0, 1.5);
    floats.setSafe(1, Double.NaN);
    var prices = (DecimalVector) root.getVector(3);
    prices.setSafe(0, 310);
    prices.setSafe(1, -1200);
    var blobs = (VarBinaryVector) root.getVector(4);
    blobs.setSafe(0, new byte[] {0x0A, (byte) 0xFF});
    byte[] picture = new byte[64];
    byte[] signature = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    System.arraycopy(signature, 0, picture, 0, signature.length);
    blobs.setSafe(2, picture);
    root.setRowCount(3);
  }
}
