// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.EngineConfig;
import io.launchpad.embedded.script.LaunchpadRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [SqlTypesTest] for Java: every SQL type with its boundaries, as the columns of one table and the
/// parameters of one call, since a virtual machine serves one call.
@Timeout(300)
final class JavaSqlTypesTest {
  private static final Map<String, List<String>> TSQL = new TreeMap<>(SqlTypesTest.TSQL);
  private static final Map<String, List<String>> ALL = all();

  private static ServiceUnderTest service;
  private static Engine engine;
  private static EmbeddedEngine sql;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS.with("runtime.python.parked-min", 1));
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

  private static Map<String, List<String>> all() {
    var all = new TreeMap<>(SqlTypesTest.TSQL);
    all.putAll(SqlTypesTest.DUCKDB);
    return all;
  }

  private static Statements run(String text) {
    return Statements.run(sql, text);
  }

  private static String columns(Map<String, List<String>> types) {
    var columns = new ArrayList<>(List.of("i int NOT NULL"));
    for (String type : types.keySet()) {
      columns.add("v%d %s".formatted(columns.size(), type));
    }
    return String.join(", ", columns);
  }

  /// Tables `src`, with a row of each type's first values, one of NULLs, one of their second
  /// values, and so on, and `dst`, without a row.
  private static int tables(Map<String, List<String>> types) {
    run("DROP TABLE IF EXISTS src; DROP TABLE IF EXISTS dst");
    run("CREATE TABLE src (%1$s); CREATE TABLE dst (%1$s)".formatted(columns(types)));
    var rows = new ArrayList<String>();
    int most = types.values().stream().mapToInt(List::size).max().orElseThrow();
    for (int number = 0; number < most; number++) {
      var row = new ArrayList<>(List.of(Integer.toString(rows.size())));
      for (List<String> values : types.values()) {
        row.add(number < values.size() ? Statements.literal(values.get(number)) : "NULL");
      }
      rows.add("(" + String.join(", ", row) + ")");
      rows.add("(%d%s)".formatted(rows.size(), ", NULL".repeat(types.size())));
    }
    run("INSERT INTO src VALUES " + String.join(", ", rows));
    return rows.size();
  }

  private static void assertSame(int rows, Map<String, List<String>> types) {
    assertEquals(List.of("[" + rows + "]"), run("SELECT count(*) FROM dst").rows);
    int number = 0;
    for (String type : types.keySet()) {
      number++;
      Statements compared =
          run(
              """
              SELECT i, src.v%1$d, dst.v%1$d FROM src FULL JOIN dst USING (i)
              WHERE NOT (src.v%1$d IS NOT DISTINCT FROM dst.v%1$d
                AND CAST(src.v%1$d AS VARCHAR) IS NOT DISTINCT FROM CAST(dst.v%1$d AS VARCHAR))
              """
                  .formatted(number));
      assertEquals(List.of(), compared.rows, type);
    }
  }

  private static String exec(String way, String rest) {
    return """
    INSERT INTO dst EXEC sp_execute_external_script N'Java', N%s, N'SELECT * FROM src ORDER BY i',
      @input_data_1_name = N'%s'%s
    """
        .formatted(Statements.literal(JavaRandomRoundTripTest.COPY), way, rest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrow", "columns", "rows"})
  void columns_goThroughAScriptIntoATable(String way) {
    int rows = tables(ALL);
    run(exec(way, ""));
    assertSame(rows, ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrow", "columns", "rows"})
  void columns_areWhatTheirResultSetDeclares(String way) {
    int rows = tables(TSQL);
    run(exec(way, " WITH RESULT SETS ((" + columns(TSQL) + "))"));
    assertSame(rows, TSQL);
  }

  @Test
  void columns_goThroughChunksAndPartitions() {
    int rows = tables(ALL);
    run(exec("columns", ", @params = N'@r_rowsPerRead int', @r_rowsPerRead = 2"));
    assertSame(rows, ALL);
    run("DELETE FROM dst");
    run(exec("rows", ", @input_data_1_partition_by_columns = N'i'"));
    assertSame(rows, ALL);
  }

  @Test
  void parameters_comeBackAsTheyWent() {
    int most = TSQL.values().stream().mapToInt(List::size).max().orElseThrow();
    for (int number = 0; number < most; number++) {
      var types = new ArrayList<String>();
      var literals = new ArrayList<String>();
      for (var type : TSQL.entrySet()) {
        List<String> values = type.getValue();
        boolean binary = type.getKey().contains("binary");
        types.add(type.getKey());
        literals.add(
            binary
                ? List.of("0x00FF80", "0x", "NULL").get(number % 3)
                : number < values.size() ? Statements.literal(values.get(number)) : "NULL");
      }
      assertParameters(types, literals);
    }
  }

  @Test
  void offsets_stayWithTheirMoments() {
    List<String> literals =
        List.of(
            "'0001-01-01 00:00:00.0000001 +00:00'",
            "'9999-12-31 23:59:59.9999999 +14:00'",
            "'2024-03-31 02:30:00.1234567 +01:00'",
            "'2024-10-27 02:30:00 -14:00'",
            "NULL");
    assertParameters(literals.stream().map(_ -> "datetimeoffset(7)").toList(), literals);
  }

  @Test
  void compat_mapsTypesAsSqlServerDoes() {
    Statements told =
        run(
            """
            DECLARE @day date = '9999-12-31', @nan float
            EXEC sp_execute_external_script N'Java', N'
            import io.launchpad.sdk.*;
            void main() throws Exception {
              var call = Call.current();
              var table = call.input().table();
              var names = new java.util.ArrayList<String>();
              for (Column column : table.columns()) names.add(column.get(0).getClass().getSimpleName());
              names.add(call.parameters().get("day").getClass().getSimpleName());
              call.parameters().set("day", call.parameters().get("day"));
              call.parameters().set("nan", Double.NaN);
              try (RowWriter rows = call.output().rows("classes", "d", "u")) {
                rows.add(String.join(" ", names), Double.POSITIVE_INFINITY, table.column("u").get(0));
              }
            }', N'SELECT CAST(9007199254740993 AS bigint) AS b, CAST(1.5 AS decimal(10,2)) AS d,
                  CAST(''2024-01-02'' AS date) AS day, CAST(''2024-01-02 03:04:05'' AS timestamp) AS t,
                  CAST(''00112233-4455-6677-8899-aabbccddeeff'' AS uuid) AS u',
              @params = N'@day date OUTPUT, @nan float OUTPUT', @day = @day OUTPUT, @nan = @nan OUTPUT,
              @type_mapping = N'compat'
            WITH RESULT SETS ((classes nvarchar(max), d float, u uniqueidentifier));
            SELECT CAST(@day AS varchar(10)) AS day, @nan AS nan
            """);
    assertEquals(2, told.rows.size());
    String first = told.rows.getFirst();
    assertTrue(first.startsWith("[Long BigDecimal Date Timestamp String Date, null, "), first);
    assertEquals("[9999-12-31, null]", told.rows.getLast());
  }

  @Test
  void compat_refusesWhatTheOriginalRefuses() {
    var told = new Statements();
    sql.execute(
        """
        EXEC sp_execute_external_script N'Java', N'
        void main() throws Exception { io.launchpad.sdk.Call.current().input().table(); }',
          N'SELECT CAST(''01:02:03'' AS time) AS t', @type_mapping = N'compat'
        """,
        told);
    assertEquals(1, told.errors.size());
    assertTrue(
        told.errors.getFirst().message().contains("'t' is of the type time"),
        told.errors.toString());
  }

  /// The comparison is Python's, whose carriers compare what they hold.
  private static void assertParameters(List<String> types, List<String> literals) {
    String declared = each(types, "@x%1$d %2$s = %3$s, @y%1$d %2$s", literals);
    String out = each(types, "@a%1$d %2$s, @b%1$d %2$s OUTPUT", literals);
    String in = each(types, "@a%1$d %2$s, @b%1$d %2$s", literals);
    String copied = each(types, "@a%1$d = @x%1$d, @b%1$d = @y%1$d OUTPUT", literals);
    String compared = each(types, "@a%1$d = @x%1$d, @b%1$d = @y%1$d", literals);
    Statements told =
        run(
            """
            DECLARE %s
            EXEC sp_execute_external_script N'Java', N'
            void main() {
              var parameters = io.launchpad.sdk.Call.current().parameters();
              for (String name : parameters.names()) {
                if (name.startsWith("a")) parameters.set("b" + name.substring(1), parameters.get(name));
              }
            }', @params = N'%s', %s
            EXEC sp_execute_external_script N'Python', N'
            pairs = [(n, repr(globals()[f"a{n}"]), repr(globals()[f"b{n}"])) for n in range(%d)]
            OutputDataSet = pandas.DataFrame({"differs": [f"{n}: {a[:80]} became {b[:80]}" for n, a, b in pairs if a != b]},
              dtype=str)', @params = N'%s', %s
            """
                .formatted(declared, out, copied, types.size(), in, compared));
    assertEquals(List.of(), told.rows, types.toString());
  }

  private static String each(List<String> types, String pattern, List<String> literals) {
    return IntStream.range(0, types.size())
        .mapToObj(i -> pattern.formatted(i, types.get(i), literals.get(i)))
        .collect(Collectors.joining(", "));
  }
}
