// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.DriverManager;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          255::utinyint                             | 255
          18446744073709551615::ubigint             | 18446744073709551615
          true                                      | 1
          [255::utinyint, NULL]                     | [255, NULL]
          [DATE '2024-02-29']                       | [2024-02-29]
          array_value(65535::usmallint, 0::usmallint) | [65535, 0]
          {'a': TIME '23:59:59.5', 'b': [1.50]}     | {a: 23:59:59.500000, b: [1.50]}
          [[TIMESTAMP '2024-02-29 12:00:00'], []]   | [[2024-02-29 12:00:00.000000], []]
          map {'k': 200::utinyint}                  | [{key: k, value: 200}]
          """)
  void text_isTheValueAtEveryLevel(String value, String expected) throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement();
        var rows = (DuckDBResultSet) statement.executeQuery("SELECT " + value);
        var reader = (ArrowReader) rows.arrowExportStream(allocator, 16)) {
      assertTrue(reader.loadNextBatch());
      assertEquals(expected, CellText.of(reader.getVectorSchemaRoot().getVector(0), 0));
    }
  }
}
