// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.BoundParameter;
import io.launchpad.embedded.call.BoundCall.OrderColumn;
import io.launchpad.embedded.call.ParameterDeclarations.Declaration;
import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.Statement;
import io.launchpad.embedded.sql.Statement.Argument;
import io.launchpad.embedded.sql.Statement.Value;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import io.launchpad.embedded.type.TextType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Matches the arguments of `sp_execute_external_script` with its parameters and with those of
/// `@params`.
final class CallBinder {

  static final String LANGUAGE = "@language";
  static final String SCRIPT = "@script";
  static final String INPUT = "@input_data_1";
  static final String INPUT_NAME = "@input_data_1_name";
  static final String ORDER_BY = "@input_data_1_order_by_columns";
  static final String PARTITION_BY = "@input_data_1_partition_by_columns";
  static final String OUTPUT_NAME = "@output_data_1_name";
  static final String PARALLEL = "@parallel";
  static final String PARAMS = "@params";
  static final String ROWS_PER_READ = "@r_rowsPerRead";

  /// In the order in which they are given by position.
  static final List<String> OWN =
      List.of(
          LANGUAGE,
          SCRIPT,
          INPUT,
          INPUT_NAME,
          ORDER_BY,
          PARTITION_BY,
          OUTPUT_NAME,
          PARALLEL,
          PARAMS);

  private final Variables variables;
  private final Map<String, Argument> own = new LinkedHashMap<>();
  private final Map<String, Argument> declared = new LinkedHashMap<>();
  private final List<Argument> positionalExtra = new ArrayList<>();

  private CallBinder(Variables variables) {
    this.variables = variables;
  }

  static BoundCall bind(Statement.Execute execute, Variables variables) {
    if (!execute.procedure().equalsIgnoreCase(CallErrors.PROCEDURE)) {
      throw CallErrors.unknownProcedure(execute.procedure()).at(execute.at());
    }
    try {
      var binder = new CallBinder(variables);
      binder.sort(execute.arguments());
      return binder.bind(execute);
    } catch (StatementFailure e) {
      throw e.at(execute.at());
    }
  }

  private void sort(List<Argument> arguments) {
    boolean named = false;
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      if (argument.name() == null) {
        if (named) {
          throw CallErrors.positionalAfterNamed(i + 1).at(argument.at());
        }
        if (i < OWN.size()) {
          own.put(OWN.get(i), argument);
        } else {
          positionalExtra.add(argument);
        }
      } else {
        named = true;
        put(argument.name(), argument);
      }
    }
  }

  private void put(String name, Argument argument) {
    String key = key(name);
    Map<String, Argument> into = OWN.contains(key) ? own : declared;
    if (into.putIfAbsent(key, argument) != null) {
      throw CallErrors.suppliedTwice(name).at(argument.at());
    }
  }

  private BoundCall bind(Statement.Execute execute) {
    String language = required(LANGUAGE);
    String script = required(SCRIPT);
    String inputName = text(INPUT_NAME).filter(s -> !s.isBlank()).orElse("InputDataSet");
    String outputName = text(OUTPUT_NAME).filter(s -> !s.isBlank()).orElse("OutputDataSet");
    List<Declaration> declarations = ParameterDeclarations.parse(text(PARAMS).orElse(""));
    takeMore(declarations);
    MoreArguments more = MoreArguments.read(this::text, inputName, outputName);
    requireFree(declarations, inputName, more);
    List<BoundParameter> parameters = parameters(declarations);
    int rowsPerRead = rowsPerRead(parameters);
    List<String> partition = ColumnList.names(text(PARTITION_BY).orElse(""), PARTITION_BY);
    List<OrderColumn> order = ColumnList.ordered(text(ORDER_BY).orElse(""), ORDER_BY);
    requireConsistent(partition, order, rowsPerRead);
    boolean parallel = parallel();
    if (parallel
        && rowsPerRead > 0
        && !(execute.resultSets() instanceof Statement.ResultSets.Declared)) {
      throw CallErrors.parallelNeedsSchema();
    }
    Optional<String> query = text(INPUT).filter(s -> !InputQuery.isBlank(s));
    if (query.isEmpty() && !more.inputs().isEmpty()) {
      throw CallErrors.inputWithoutFirst(more.inputs().getFirst().argument());
    }
    if (more.outputs().size() > 1 && (rowsPerRead > 0 || !partition.isEmpty())) {
      throw CallErrors.outputsInPieces();
    }
    return new BoundCall(
        language,
        script,
        query,
        inputName,
        more.inputs(),
        more.outputs(),
        parameters.stream().filter(p -> !isRowsPerRead(p.name())).toList(),
        rowsPerRead,
        partition,
        order,
        parallel,
        more.typeMapping(),
        more.inputFormat());
  }

  /// Finds the arguments that only this engine has among those that are not SQL Server's.
  private void takeMore(List<Declaration> declarations) {
    Set<String> parameters =
        declarations.stream().map(d -> key(d.name())).collect(Collectors.toSet());
    for (String name : List.copyOf(declared.keySet())) {
      Argument argument = declared.get(name);
      if (argument != null && MoreArguments.isOne(name) && !parameters.contains(name)) {
        own.put(name, argument);
        declared.remove(name);
      }
    }
  }

  private static void requireFree(
      List<Declaration> declarations, String inputName, MoreArguments more) {
    for (Declaration declaration : declarations) {
      String bare = declaration.name().substring(1);
      if (OWN.contains(key(declaration.name()))) {
        throw CallErrors.nameReserved(declaration.name());
      }
      Stream.of(
              Stream.of(inputName),
              more.inputs().stream().map(BoundCall.NamedQuery::name),
              more.outputs().stream())
          .flatMap(names -> names)
          .filter(bare::equalsIgnoreCase)
          .findFirst()
          .ifPresent(_ -> {
            throw CallErrors.nameClash(declaration.name(), bare);
          });
    }
  }

  private static void requireConsistent(
      List<String> partition, List<OrderColumn> order, int rowsPerRead) {
    if (partition.isEmpty() && !order.isEmpty()) {
      throw CallErrors.orderWithoutPartition();
    }
    for (OrderColumn column : order) {
      if (partition.stream().anyMatch(column.name()::equalsIgnoreCase)) {
        throw CallErrors.columnInBothLists(column.name());
      }
    }
    if (rowsPerRead > 0 && !partition.isEmpty()) {
      throw CallErrors.rowsPerReadWithPartitions();
    }
  }

  private List<BoundParameter> parameters(List<Declaration> declarations) {
    if (positionalExtra.size() > declarations.size()) {
      throw CallErrors.tooManyArguments();
    }
    for (int i = 0; i < positionalExtra.size(); i++) {
      put(declarations.get(i).name(), positionalExtra.get(i));
    }
    var bound = new ArrayList<BoundParameter>();
    for (Declaration declaration : declarations) {
      bound.add(parameter(declaration, declared.remove(key(declaration.name()))));
    }
    for (Map.Entry<String, Argument> left : declared.entrySet()) {
      String name = String.valueOf(left.getValue().name());
      throw CallErrors.unknownArgument(name).at(left.getValue().at());
    }
    return bound;
  }

  private BoundParameter parameter(Declaration declaration, @Nullable Argument argument) {
    String name = declaration.name();
    if (argument == null || argument.value() instanceof Value.Default) {
      throw CallErrors.parameterNotSupplied(name);
    }
    if (argument.output() && !declaration.output()) {
      throw CallErrors.notDeclaredOutput(name).at(argument.at());
    }
    Optional<String> target =
        argument.output() && argument.value() instanceof Value.Variable(String variable)
            ? Optional.of(variable)
            : Optional.empty();
    SqlValue value = value(argument);
    try {
      SqlValue cast = Casts.cast(value, declaration.type());
      return new BoundParameter(
          name.substring(1), declaration.output(), cast, target, argument.at());
    } catch (CastException e) {
      throw CallErrors.argumentValue(name, declaration.type(), e).at(argument.at());
    }
  }

  private static int rowsPerRead(List<BoundParameter> parameters) {
    for (BoundParameter parameter : parameters) {
      if (isRowsPerRead(parameter.name())) {
        if (parameter.output()) {
          throw CallErrors.nameReserved(ROWS_PER_READ);
        }
        if (!(parameter.value().value() instanceof Long rows)
            || rows < 1
            || rows > Integer.MAX_VALUE) {
          throw CallErrors.rowsPerRead().at(parameter.at());
        }
        return rows.intValue();
      }
    }
    return 0;
  }

  private static boolean isRowsPerRead(String name) {
    return ROWS_PER_READ.substring(1).equalsIgnoreCase(name);
  }

  private boolean parallel() {
    Argument argument = own.get(PARALLEL);
    if (argument == null || argument.value() instanceof Value.Default) {
      return false;
    }
    try {
      return Casts.cast(value(argument), FixedType.BIT).value() instanceof Boolean on && on;
    } catch (CastException e) {
      throw CallErrors.argumentType(PARALLEL, "bit").at(argument.at());
    }
  }

  private String required(String name) {
    return text(name).orElseThrow(() -> CallErrors.missingArgument(name));
  }

  /// A text argument; nothing when it is absent, NULL or DEFAULT.
  private Optional<String> text(String name) {
    Argument argument = own.get(name);
    if (argument == null || argument.value() instanceof Value.Default) {
      return Optional.empty();
    }
    if (argument.output()) {
      throw CallErrors.notDeclaredOutput(name).at(argument.at());
    }
    SqlValue value = value(argument);
    if (!value.isNull() && !(value.value() instanceof String)) {
      throw CallErrors.argumentType(name, "nvarchar(max)").at(argument.at());
    }
    return Optional.ofNullable((String) value.value());
  }

  private SqlValue value(Argument argument) {
    return switch (argument.value()) {
      case Value.Literal(SqlValue value) -> value;
      case Value.Variable(String name) -> variables.require(argument.at(), name);
      case Value.Default() -> SqlValue.nullOf(TextType.NVARCHAR_MAX);
    };
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
