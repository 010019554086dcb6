// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.EngineConfig;
import io.launchpad.embedded.script.LaunchpadRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every SQL type from a table through a script back into a table, and as a parameter.
final class SqlTypesTest {
  private static ServiceUnderTest service;
  private static Engine engine;
  private static EmbeddedEngine sql;

  /// Types of T-SQL with their boundaries as text.
  static final Map<String, List<String>> TSQL =
      Map.ofEntries(
          Map.entry("bit", List.of("0", "1")),
          Map.entry("tinyint", List.of("0", "255")),
          Map.entry("smallint", List.of("-32768", "32767", "0")),
          Map.entry("int", List.of("-2147483648", "-2147483647", "2147483647", "0")),
          Map.entry(
              "bigint",
              List.of(
                  "-9223372036854775808",
                  "9223372036854775807",
                  "9007199254740993",
                  "-9007199254740993",
                  "9007199254740991")),
          Map.entry("real", List.of("0", "-0.0", "1e-45", "3.4028235e38", "0.1")),
          Map.entry(
              "float", List.of("0", "-0.0", "4.9e-324", "1.7976931348623157e308", "0.1", "1e-310")),
          Map.entry("decimal(1,0)", List.of("-9", "9", "0")),
          Map.entry("decimal(38,0)", List.of("9".repeat(38), "-" + "9".repeat(38), "0")),
          Map.entry("decimal(38,10)", List.of("9".repeat(28) + ".0000000001", "-0.0000000001")),
          Map.entry("numeric(38,38)", List.of("0." + "9".repeat(38), "-0." + "9".repeat(38))),
          Map.entry("money", List.of("-922337203685477.5808", "922337203685477.5807", "0.0001")),
          Map.entry("smallmoney", List.of("-214748.3648", "214748.3647")),
          Map.entry("char(5)", List.of("abcde", "a    ", "     ")),
          Map.entry("nchar(3)", List.of("äöü", "a  ")),
          Map.entry("varchar(8000)", List.of("", " ", "x".repeat(8000), "é", "NA", "NULL")),
          Map.entry("nvarchar(4000)", List.of("🙂", "e\u0301", "\u00e9", "👩‍👩‍👧‍👦", "\ufeffa")),
          Map.entry("varchar(max)", List.of("x".repeat(9000), "")),
          Map.entry("nvarchar(max)", List.of("🙂".repeat(70_000), "\r\n\t'")),
          Map.entry("binary(3)", List.of("\\x00\\xFF\\x00")),
          Map.entry("varbinary(8000)", List.of("", "\\x00", "\\x80\\xC0\\xF5\\xFF")),
          Map.entry("varbinary(max)", List.of("", "\\x00\\xFF".repeat(70_000))),
          Map.entry("date", List.of("0001-01-01", "9999-12-31", "1582-10-10", "1970-01-01")),
          Map.entry("time(0)", List.of("00:00:00", "23:59:59")),
          Map.entry("time(6)", List.of("23:59:59.999999", "00:00:00.000001")),
          Map.entry("time(7)", List.of("23:59:59.9999999", "00:00:00.0000001")),
          Map.entry("datetime", List.of("1753-01-01 00:00:00", "9999-12-31 23:59:59.997")),
          Map.entry("smalldatetime", List.of("1900-01-01 00:00:00", "2079-06-06 23:59:00")),
          Map.entry("datetime2(0)", List.of("0001-01-01 00:00:00", "9999-12-31 23:59:59")),
          Map.entry(
              "datetime2(6)",
              List.of(
                  "0001-01-01 00:00:00.000001",
                  "9999-12-31 23:59:59.999999",
                  "2024-03-31 02:30:00")),
          Map.entry(
              "datetime2(7)",
              List.of("1900-01-01 00:00:00.0000001", "2262-04-10 23:59:59.9999999")),
          Map.entry(
              "uniqueidentifier",
              List.of(
                  "00000000-0000-0000-0000-000000000000",
                  "ffffffff-ffff-ffff-ffff-ffffffffffff",
                  "00112233-4455-6677-8899-aabbccddeeff")),
          Map.entry("xml", List.of("<a/>", "<é>🙂&#x2028;</é>")),
          Map.entry("json", List.of("null", "{\"a\": [1, 12345678901234567890.1]}")));

  /// Types that only tables have, as columns.
  static final Map<String, List<String>> DUCKDB =
      Map.ofEntries(
          Map.entry("float8", List.of("nan", "inf", "-inf")),
          Map.entry("float4", List.of("nan", "inf", "-inf")),
          Map.entry("hugeint", List.of("9".repeat(38), "-" + "9".repeat(38))),
          Map.entry("time_ns", List.of("23:59:59.999999999")),
          Map.entry("timestamptz", List.of("2024-03-31 01:30:00+01", "0001-01-02 00:00:00+00")),
          Map.entry("interval", List.of("-1 month 31 days 00:00:00.000001", "25 hours", "0 days")),
          Map.entry("enum('', 'a', '🙂', 'NA')", List.of("", "🙂", "NA")),
          Map.entry("integer[]", List.of("[]", "[NULL]", "[-2147483648, 1]")),
          Map.entry("bigint[]", List.of("[9007199254740993, NULL]", "[]")),
          Map.entry("float8[]", List.of("[nan, NULL, inf]")),
          Map.entry("integer[][]", List.of("[[], NULL, [1, NULL]]")),
          Map.entry(
              "struct(a integer, b varchar, c decimal(38,10))",
              List.of("{'a': -2147483648, 'b': 🙂, 'c': 0.0000000001}", "{'a': NULL}")),
          Map.entry("map(varchar, bigint)", List.of("{}", "{z=9007199254740993, a=NULL}")));

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(ScriptLanguage.settings(3));
    engine = Engine.of(service.transport());
    sql =
        EmbeddedEngine.open(
            EngineConfig.inMemory(),
            engine.allocator(),
            new LaunchpadRunner(engine.client(), engine.allocator(), "alice"));
  }

  @AfterAll
  static void end() throws Exception {
    sql.close();
    engine.close();
    service.close();
  }

  static Stream<Arguments> tsql() {
    return ScriptLanguage.ofManyCalls().stream()
        .flatMap(l -> TSQL.keySet().stream().sorted().map(type -> Arguments.of(l, type)));
  }

  static Stream<Arguments> all() {
    Stream<Arguments> duckdb =
        ScriptLanguage.ofManyCalls().stream()
            .flatMap(l -> DUCKDB.keySet().stream().sorted().map(type -> Arguments.of(l, type)));
    return Stream.concat(tsql(), duckdb);
  }

  private static List<String> values(String type) {
    return TSQL.containsKey(type) ? TSQL.get(type) : DUCKDB.getOrDefault(type, List.of());
  }

  private static Statements run(String text) {
    return Statements.run(sql, text);
  }

  /// Tables `src`, with every value twice and NULLs between, and `dst`, without a row.
  private static int tables(String type) {
    run("DROP TABLE IF EXISTS src; DROP TABLE IF EXISTS dst");
    run("CREATE TABLE src (i int, v %1$s); CREATE TABLE dst (i int, v %1$s)".formatted(type));
    var rows = new ArrayList<String>();
    for (String value : values(type)) {
      rows.add("(%d, %s)".formatted(rows.size(), Statements.literal(value)));
      rows.add("(%d, NULL)".formatted(rows.size()));
    }
    run("INSERT INTO src VALUES " + String.join(", ", rows));
    return rows.size();
  }

  private static void assertSame(int rows) {
    String same =
        "src.v IS NOT DISTINCT FROM dst.v AND CAST(src.v AS VARCHAR) IS NOT DISTINCT FROM"
            + " CAST(dst.v AS VARCHAR)";
    Statements compared =
        run("SELECT i, src.v, dst.v FROM src FULL JOIN dst USING (i) WHERE NOT (" + same + ")");
    assertEquals(List.of(), compared.rows);
    assertEquals(List.of("[" + rows + "]"), run("SELECT count(*) FROM dst").rows);
  }

  private static String exec(ScriptLanguage language, String query) {
    return "INSERT INTO dst EXEC sp_execute_external_script N'%s', N%s, N'%s'"
        .formatted(language, Statements.literal(language.identity()), query);
  }

  @ParameterizedTest
  @MethodSource("all")
  void column_goesThroughAScriptIntoATable(ScriptLanguage language, String type) {
    int rows = tables(type);
    run(exec(language, "SELECT * FROM src"));
    assertSame(rows);
    run("DELETE FROM dst");
    run(exec(language, "SELECT * FROM src WHERE v IS NOT NULL"));
    assertEquals(List.of("[" + rows / 2 + "]"), run("SELECT count(v) FROM dst").rows);
  }

  @ParameterizedTest
  @MethodSource("tsql")
  void column_isWhatItsResultSetDeclares(ScriptLanguage language, String type) {
    int rows = tables(type);
    run(
        exec(language, "SELECT * FROM src")
            + " WITH RESULT SETS ((i int NOT NULL, v "
            + type
            + "))");
    assertSame(rows);
  }

  @ParameterizedTest
  @MethodSource("tsql")
  void column_goesThroughChunksAndPartitions(ScriptLanguage language, String type) {
    int rows = tables(type);
    run(
        exec(language, "SELECT * FROM src ORDER BY i")
            + ", @params = N'@r_rowsPerRead int', @r_rowsPerRead = 2");
    assertSame(rows);
    run("DELETE FROM dst");
    run(exec(language, "SELECT * FROM src") + ", @input_data_1_partition_by_columns = N'i'");
    assertSame(rows);
  }

  @ParameterizedTest
  @MethodSource("tsql")
  void parameter_comesBackAsItWent(ScriptLanguage language, String type) {
    for (String value : values(type)) {
      if (!type.contains("binary")) {
        assertParameter(language, type, Statements.literal(value));
      }
    }
    if (type.contains("binary")) {
      assertParameter(language, type, "0x00FF80");
    }
    assertParameter(language, type, "NULL");
  }

  @ParameterizedTest
  @MethodSource("offsets")
  void offset_staysWithTheMoment(ScriptLanguage language, String value) {
    assertParameter(language, "datetimeoffset(7)", Statements.literal(value));
  }

  static Stream<Arguments> offsets() {
    return ScriptLanguage.ofManyCalls().stream()
        .flatMap(l ->
            Stream.of(
                    "0001-01-01 00:00:00.0000001 +00:00",
                    "9999-12-31 23:59:59.9999999 +14:00",
                    "2024-03-31 02:30:00.1234567 +01:00",
                    "2024-10-27 02:30:00 -14:00")
                .map(value -> Arguments.of(l, value)));
  }

  /// The comparison is Python's, whose carriers compare what they hold.
  private static void assertParameter(ScriptLanguage language, String type, String literal) {
    Statements compared =
        run(
            """
            DECLARE @x %1$s = %2$s, @y %1$s
            EXEC sp_execute_external_script N'%3$s', N'%4$s',
              @params = N'@a %1$s, @b %1$s OUTPUT', @a = @x, @b = @y OUTPUT
            EXEC sp_execute_external_script N'Python', N'
            OutputDataSet = pandas.DataFrame({"same": [repr(a) == repr(b)], "a": [repr(a)[:80]], "b": [repr(b)[:80]]})',
              @params = N'@a %1$s, @b %1$s', @a = @x, @b = @y
            """
                .formatted(type, literal, language, language.copy()));
    assertTrue(compared.rows.getFirst().startsWith("[true, "), compared.rows.toString());
  }

  @Test
  void hugeintOf39Digits_isAnErrorAndNotAnotherNumber() {
    var told = new Statements();
    sql.execute(
        "EXEC sp_execute_external_script N'Python', N'OutputDataSet = InputDataSet',"
            + " N'SELECT 170141183460469231731687303715884105727::HUGEINT AS x'",
        told);
    assertEquals(1, told.errors.size());
    assertTrue(told.errors.getFirst().message().contains("DECIMAL(38,0)"), told.errors.toString());
  }

  @Test
  void resultOf39Digits_isAnErrorOfTheStatement() {
    run("DROP TABLE IF EXISTS dst; CREATE TABLE dst (d decimal(38,0))");
    var told = new Statements();
    sql.execute(
        """
        INSERT INTO dst EXEC sp_execute_external_script N'Python', N'
        import decimal
        OutputDataSet = pandas.DataFrame({"d": [decimal.Decimal(10 ** 38)]})'
        """,
        told);
    assertEquals(1, told.errors.size());
    String message = told.errors.getFirst().message();
    assertTrue(message.contains("decimals have at most 38 digits here"), message);
    assertEquals(List.of("[0]"), run("SELECT count(*) FROM dst").rows);
  }

  @Test
  void metadata_travelsWithTheColumns() {
    Statements told =
        run(
            """
            EXEC sp_execute_external_script N'Python', N'
            schema = InputDataSet.schema
            OutputDataSet = pandas.DataFrame({"t": [f.metadata[b"launchpad:sql_type"].decode() for f in schema]})',
              N'SELECT CAST(1 AS decimal(10,2)) AS d, true AS b, [1] AS l, now() AS t, ''x'' AS v',
              @input_format = N'arrow'
            """);
    assertEquals(
        List.of(
            "[decimal(10,2)]",
            "[bit]",
            "[integer[]]",
            "[timestamp with time zone]",
            "[nvarchar(max)]"),
        told.rows);
  }

  @Test
  void compat_mapsTypesAsSqlServerDoes() {
    Statements told =
        run(
            """
            EXEC sp_execute_external_script N'Python', N'
            OutputDataSet = pandas.DataFrame({"t": [str(t) for t in InputDataSet.dtypes], "f": float("inf")})',
              N'SELECT CAST(9007199254740993 AS bigint) AS b, CAST(1.5 AS decimal(10,2)) AS d',
              @type_mapping = N'compat'
            """);
    assertEquals(List.of("[float64, null]", "[float64, null]"), told.rows);
  }

  @Test
  void exampleOfCalls_givesItsTwoResults() throws Exception {
    Path document = Path.of(System.getProperty("launchpad.root"), "docs", "calls.md");
    String example = Files.readString(document).split("```sql\n", 2)[1].split("```", 2)[0];
    run(
        """
        CREATE TABLE orders (customer int, amount decimal(38, 2))
        INSERT INTO orders VALUES (1, 1.10), (1, 2.20), (2, 5.00), (9, 0.01)
        CREATE TABLE customers (customer int, country nvarchar(50))
        INSERT INTO customers VALUES (1, 'Österreich'), (2, 'Perú')
        """);
    assertEquals(List.of("[Perú, 5.00]", "[Österreich, 3.30]", "[9, 0.01]"), run(example).rows);
  }

  @Test
  void severalInputsAndOutputs_largerThanEveryWindow() {
    Statements told =
        run(
            """
            EXEC sp_execute_external_script N'Python', N'
            OutputDataSet = more
            second = InputDataSet
            third = pandas.DataFrame({"n": [len(more), len(InputDataSet)]})',
              N'SELECT i AS a FROM range(3000000) r(i)',
              @input_data_2 = N'SELECT i AS b FROM range(2000000) r(i)', @input_data_2_name = N'more',
              @output_data_2_name = N'second', @output_data_3_name = N'third'
            """);
    assertEquals(List.of(2_000_000L, 3_000_000L, 2L), told.counts);
    assertEquals("[3000000]", told.rows.getLast());
  }
}
