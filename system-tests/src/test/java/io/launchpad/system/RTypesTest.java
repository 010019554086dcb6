// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values of an engine's types through an R script and back: the same ones, whatever R holds them
/// in.
final class RTypesTest {
  private static ServiceUnderTest service;
  private static SqlSession sql;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.ofR().with("runtime.r.parked-min", 2));
    sql = new SqlSession(service);
  }

  @AfterAll
  static void end() throws Exception {
    sql.close();
    service.awaitIdle();
    service.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          true                                                         | logical
          200::smallint                                                | integer
          (-32768)::smallint                                           | integer
          2147483647::int                                              | integer
          (-2147483648)::int                                           | integer64
          9223372036854775807::bigint                                  | integer64
          9007199254740993::bigint                                     | integer64
          (-9223372036854775808)::bigint                               | launchpad_decimal
          0.5::real                                                    | numeric
          1.7976931348623157e308::double                               | numeric
          5e-324::double                                               | numeric
          9999999999999999999999999999999999.9999::decimal(38,4)       | launchpad_decimal
          (-0.01)::decimal(9,2)                                        | launchpad_decimal
          'Zürich 日本語 🙂'                                             | character
          ''                                                           | character
          unhex('FF0010')                                              | list
          '0001-01-01'::date                                           | Date
          '9999-12-31'::date                                           | Date
          '2024-02-29 23:59:59.999999'::timestamp                      | POSIXct
          '1969-12-31 23:59:59.999'::timestamp_ms                      | POSIXct
          '9999-12-31 23:59:59.999999'::timestamp                      | launchpad_datetime2
          '2024-02-29 23:59:59.123456789'::timestamp_ns                | launchpad_datetime2
          '23:59:59.999999'::time                                      | hms
          '6f9619ff-8b86-d011-b42d-00c04fc964ff'::uuid                 | character
          [1, NULL, 3]                                                 | list
          {'a': 1, 'b': 'x'}                                           | list
          """)
  void value_comesBackAsItWas(String value, String kind) {
    String plain = "SELECT %s AS v UNION ALL SELECT NULL".formatted(value);
    var expected = sql.run(plain).succeeded();
    var told =
        sql.run(
            """
            EXEC sp_execute_external_script @language = N'R',
              @script = N'cat(class(InputDataSet$v)[1]); OutputDataSet <- InputDataSet',
              @input_data_1 = N'%s'
            """
                .formatted(plain.replace("'", "''")));
    assertEquals(expected, told.succeeded());
    assertEquals(kind, told.printed().strip());
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity", "-0.0"})
  void floatThatIsNoOrdinaryNumber_comesBack(String value) {
    var rows =
        sql.run(
                """
                EXEC sp_execute_external_script @language = N'R', @script = N'OutputDataSet <- InputDataSet',
                  @input_data_1 = N'SELECT ''%s''::double AS v'
                """
                    .formatted(value))
            .succeeded();
    assertEquals(List.of(List.of(value)), rows);
  }
}
