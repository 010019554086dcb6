// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.BoundParameter;
import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.convert.ResultErrors;
import io.launchpad.embedded.convert.ResultSetConversion;
import io.launchpad.embedded.convert.ResultSetConversion.Names;
import io.launchpad.embedded.duck.Cancellation;
import io.launchpad.embedded.script.ScriptCall;
import io.launchpad.embedded.script.ScriptCall.Direction;
import io.launchpad.embedded.script.ScriptRun;
import io.launchpad.embedded.script.ScriptRunner;
import io.launchpad.embedded.sql.Statement.ResultColumn;
import io.launchpad.embedded.sql.Statement.ResultSets;
import io.launchpad.embedded.type.SqlValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/// A call of a script under way: its tasks, its result as declared, its output parameters.
final class CallRun implements AutoCloseable {

  /// How many bytes of a task's result are kept while earlier tasks are being read.
  private static final long BYTES_AHEAD = 64L << 20;

  private final BufferAllocator allocator;
  private final BoundCall call;
  private final CallInput input;
  private final List<ScriptRun> runs = new ArrayList<>();
  private @Nullable ArrowReader result;
  private int resultSetsSent;

  private CallRun(BufferAllocator allocator, BoundCall call, CallInput input) {
    this.allocator = allocator;
    this.call = call;
    this.input = input;
  }

  /// Starts every task of a call.
  ///
  /// @param input closed by the run
  static CallRun start(
      BufferAllocator allocator,
      ScriptRunner runner,
      BoundCall call,
      CallInput input,
      CallLimits limits,
      ScriptMessages messages) {
    var run = new CallRun(allocator, call, input);
    try {
      run.runs.addAll(runner.start(run.scriptCall(limits), input.tasks(), messages));
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  private ScriptCall scriptCall(CallLimits limits) {
    List<ScriptCall.Parameter> parameters =
        call.parameters().stream()
            .map(p ->
                new ScriptCall.Parameter(
                    p.name(), p.output() ? Direction.INOUT : Direction.IN, p.value()))
            .toList();
    return new ScriptCall(
        UUID.randomUUID().toString(),
        call.language(),
        call.script(),
        inputNames(),
        call.outputNames(),
        parameters,
        call.rowsPerRead(),
        input.partitionColumns(),
        call.typeMapping(),
        call.inputFormat(),
        limits.deadline());
  }

  private List<String> inputNames() {
    var names = new ArrayList<String>();
    names.add(call.inputName());
    call.moreInputs().forEach(more -> names.add(more.name()));
    return names;
  }

  /// What to do with a result set, before the next one is asked for.
  interface Consumer {
    void consume(ArrowReader result) throws Exception;
  }

  /// Gives every result set the script has sent, as the call declares it, in the order of the
  /// outputs.
  void results(ResultSets resultSets, Names names, Consumer consumer) throws Exception {
    for (int output = 0; output < call.outputNames().size(); output++) {
      Optional<ArrowReader> next = result(output, resultSets, names);
      if (next.isPresent()) {
        consumer.consume(next.get());
        closeResult();
      }
    }
    if (resultSets instanceof ResultSets.Declared(List<List<ResultColumn>> sets)
        && sets.size() != resultSetsSent) {
      throw ResultErrors.missingResultSets(sets.size(), resultSetsSent);
    }
  }

  private Optional<ArrowReader> result(int output, ResultSets resultSets, Names names)
      throws IOException {
    var sources = new ArrayList<ArrowReader>();
    int sent = 0;
    for (ScriptRun run : runs) {
      ArrowReader results = run.results(output);
      sources.add(results);
      sent += results.getVectorSchemaRoot().getFieldVectors().isEmpty() ? 0 : 1;
    }
    if (sent == 0) {
      for (ArrowReader source : sources) {
        drain(source);
      }
      return Optional.empty();
    }
    resultSetsSent++;
    Optional<List<ResultColumn>> declared = declared(resultSets);
    int number = resultSetsSent;
    List<ResultSetConversion> conversions =
        sources.stream()
            .map(source -> new ResultSetConversion(allocator, source, declared, names, number))
            .toList();
    ArrowReader whole =
        conversions.size() == 1
            ? conversions.getFirst()
            : new ParallelResults(allocator, conversions, BYTES_AHEAD);
    result = whole;
    var _ = whole.getVectorSchemaRoot();
    return Optional.of(whole);
  }

  /// The columns declared for the result set that was sent last.
  private Optional<List<ResultColumn>> declared(ResultSets resultSets) {
    return switch (resultSets) {
      case ResultSets.Undefined() -> Optional.empty();
      case ResultSets.None() -> throw ResultErrors.unwantedResultSet();
      case ResultSets.Declared(List<List<ResultColumn>> sets) -> {
        if (sets.size() > call.outputNames().size() || sets.size() < resultSetsSent) {
          throw ResultErrors.missingResultSets(sets.size(), resultSetsSent);
        }
        yield Optional.of(sets.get(resultSetsSent - 1));
      }
    };
  }

  static void drain(ArrowReader reader) throws IOException {
    while (reader.loadNextBatch()) {
      reader.getVectorSchemaRoot().clear();
    }
  }

  /// The output parameters' values, of their declared types. All tasks must agree.
  Map<BoundParameter, SqlValue> outputs() {
    var values = new LinkedHashMap<BoundParameter, SqlValue>();
    for (ScriptRun run : runs) {
      Map<String, SqlValue> outputs = run.outputs();
      for (BoundParameter parameter : call.parameters()) {
        if (parameter.output()) {
          SqlValue value = output(parameter, outputs);
          SqlValue before = values.putIfAbsent(parameter, value);
          if (before != null && !before.equals(value)) {
            throw CallErrors.tasksDisagree("@" + parameter.name());
          }
        }
      }
    }
    return values;
  }

  private static SqlValue output(BoundParameter parameter, Map<String, SqlValue> outputs) {
    SqlValue value = outputs.get(parameter.name());
    if (value == null) {
      throw CallErrors.outputMissing("@" + parameter.name());
    }
    try {
      return Casts.cast(value, parameter.value().type());
    } catch (CastException e) {
      throw CallErrors.argumentValue("@" + parameter.name(), parameter.value().type(), e);
    }
  }

  void cancel(String reason) {
    runs.forEach(run -> run.cancel(reason));
  }

  /// Ends it however far it is: without waiting for an input that no script reads any more.
  @Override
  public void close() {
    cancel("the statement has ended");
    input.stop();
    runs.forEach(ScriptRun::close);
    closeResult();
    input.close();
  }

  private void closeResult() {
    ArrowReader open = result;
    result = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException | RuntimeException e) {
        Cancellation.log(e);
      }
    }
  }
}
