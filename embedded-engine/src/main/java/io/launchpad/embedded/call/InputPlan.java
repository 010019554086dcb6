// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.OrderColumn;
import io.launchpad.embedded.duck.DuckSql;
import io.launchpad.embedded.duck.DuckTypes;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBConnection;

/// The SQL that reads the input of a call: its query, sorted for partitions, with the types Arrow
/// cannot carry exactly cast to ones it can.
final class InputPlan {

  private record Column(String name, String type) {}

  private final DuckSql query;
  private final List<Column> columns;
  private final List<Integer> partition;
  private final List<String> order;

  private InputPlan(
      DuckSql query, List<Column> columns, List<Integer> partition, List<String> order) {
    this.query = query;
    this.columns = columns;
    this.partition = partition;
    this.order = order;
  }

  /// Compiles a query that is read as it comes, and checks its columns.
  static InputPlan compile(DuckDBConnection connection, DuckSql query) throws SQLException {
    return compile(connection, query, List.of(), List.of());
  }

  /// Compiles a query, without running it, and checks its columns and those its rows are sorted by.
  static InputPlan compile(
      DuckDBConnection connection,
      DuckSql query,
      List<String> partitionBy,
      List<OrderColumn> orderBy)
      throws SQLException {
    List<Column> columns = describe(connection, query);
    var partition = new ArrayList<Integer>();
    var order = new ArrayList<String>();
    for (String name : partitionBy) {
      int index = indexOf(columns, name);
      if (index < 0) {
        throw CallErrors.partitionColumnUnknown(name);
      }
      partition.add(index);
      order.add("c" + index + " ASC NULLS FIRST");
    }
    for (OrderColumn column : orderBy) {
      int index = indexOf(columns, column.name());
      if (index < 0) {
        throw CallErrors.orderColumnUnknown(column.name());
      }
      order.add("c" + index + (column.descending() ? " DESC NULLS LAST" : " ASC NULLS FIRST"));
    }
    return new InputPlan(query, columns, partition, order);
  }

  private static List<Column> describe(DuckDBConnection connection, DuckSql query)
      throws SQLException {
    var columns = new ArrayList<Column>();
    try (PreparedStatement statement = connection.prepareStatement(query.text())) {
      ResultSetMetaData metadata = statement.getMetaData();
      for (int i = 1; i <= metadata.getColumnCount(); i++) {
        var column = new Column(metadata.getColumnName(i), metadata.getColumnTypeName(i));
        requireCarried(column);
        columns.add(column);
      }
    }
    return columns;
  }

  private static void requireCarried(Column column) {
    String type = column.type();
    if (type.equals("BIT")
        || type.equals("TIME WITH TIME ZONE")
        || type.equals("BIGNUM")
        || type.startsWith("UNION")) {
      throw CallErrors.inputColumnType(column.name(), type);
    }
  }

  /// The one column of that name, or -1 when there is none or more than one.
  private static int indexOf(List<Column> columns, String name) {
    int found = -1;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  /// What DuckDB calls the types of the columns.
  List<String> types() {
    return columns.stream().map(Column::type).toList();
  }

  /// The names of the partition columns as the query gives them.
  List<String> partitionColumns() {
    return partition.stream().map(i -> columns.get(i).name()).toList();
  }

  /// Everything, under the query's own column names.
  DuckSql all() {
    boolean asIs = order.isEmpty() && columns.stream().noneMatch(InputPlan::isHuge);
    return asIs
        ? query
        : new DuckSql("SELECT " + named() + " FROM " + numbered(), query.parameters());
  }

  /// Everything into a new table, in order, under the names c0, c1, ….
  DuckSql into(String table) {
    return new DuckSql(
        "CREATE TABLE %s AS SELECT * FROM %s".formatted(table, numbered()), query.parameters());
  }

  /// All rows of such a table, under the query's own column names.
  DuckSql all(String table) {
    return new DuckSql("SELECT %s FROM %s ORDER BY rowid".formatted(named(), table), List.of());
  }

  /// A range of rows of such a table, under the query's own column names.
  DuckSql range(String table, long from, long to) {
    return new DuckSql(
        "SELECT %s FROM %s WHERE rowid >= %d AND rowid < %d".formatted(named(), table, from, to),
        List.of());
  }

  /// The first row of such a table at or after one that begins a partition.
  DuckSql partitionStart(String table, long from) {
    String changed =
        partition.stream()
            .map(i -> "a.c%d IS DISTINCT FROM b.c%d".formatted(i, i))
            .collect(Collectors.joining(" OR "));
    return new DuckSql(
        "SELECT min(b.rowid) FROM %s AS b JOIN %s AS a ON a.rowid = b.rowid - 1 WHERE b.rowid >= %d AND (%s)"
            .formatted(table, table, from, changed),
        List.of());
  }

  boolean isPartitioned() {
    return !partition.isEmpty();
  }

  private String named() {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> "%s AS %s".formatted(expression(i), DuckTypes.quote(columns.get(i).name())))
        .collect(Collectors.joining(", "));
  }

  private String expression(int index) {
    return isHuge(columns.get(index)) ? "CAST(c%d AS DECIMAL(38,0))".formatted(index) : "c" + index;
  }

  /// DuckDB exports its 128-bit integers as a decimal of 38 digits without looking whether they
  /// have more.
  private static boolean isHuge(Column column) {
    return column.type().equals("HUGEINT") || column.type().equals("UHUGEINT");
  }

  private String numbered() {
    String names =
        IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    String sorted = order.isEmpty() ? "" : " ORDER BY " + String.join(", ", order);
    return "(%s) AS input(%s)%s".formatted(query.text(), names, sorted);
  }
}
