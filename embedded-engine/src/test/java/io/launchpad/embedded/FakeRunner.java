// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.client.DelegatingReader;
import io.launchpad.embedded.script.ScriptCall;
import io.launchpad.embedded.script.ScriptRun;
import io.launchpad.embedded.script.ScriptRunner;
import io.launchpad.embedded.type.SqlValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// A runner whose script is a piece of Java. Keeps the calls it was given.
final class FakeRunner implements ScriptRunner {

  /// What the script does. The default of everything else is what a script that does nothing gives.
  interface Script {
    /// Runs it.
    ///
    /// @param input empty without input
    ArrowReader run(ScriptCall call, Optional<ArrowReader> input, Printer output)
        throws IOException;

    /// One of several outputs, the main one first; further ones only where this is overridden.
    default ArrowReader output(
        ScriptCall call, List<ArrowReader> inputs, int output, Printer printer) throws IOException {
      if (output > 0) {
        throw new IOException("this script has one output");
      }
      return run(call, inputs.stream().findFirst(), printer);
    }

    default Map<String, SqlValue> outputs(ScriptCall call) {
      var outputs = new HashMap<String, SqlValue>();
      for (ScriptCall.Parameter parameter : call.parameters()) {
        if (parameter.direction() == ScriptCall.Direction.INOUT) {
          outputs.put(parameter.name(), parameter.value());
        }
      }
      return outputs;
    }

    default void cancel() {}
  }

  final List<ScriptCall> calls = Collections.synchronizedList(new ArrayList<>());
  volatile Script script;

  FakeRunner(Script script) {
    this.script = script;
  }

  /// `OutputDataSet = InputDataSet`
  static Script identity(BufferAllocator allocator) {
    return (_, input, _) ->
        input.<ArrowReader>map(r -> new Passed(allocator, r)).orElseGet(() -> Rows.none(allocator));
  }

  @Override
  public List<ScriptRun> start(ScriptCall call, List<List<ArrowReader>> tasks, Printer printer) {
    calls.add(call);
    return tasks.stream().map(inputs -> run(call, inputs, printer)).toList();
  }

  private ScriptRun run(ScriptCall call, List<ArrowReader> inputs, Printer printer) {
    Script running = script;
    return new ScriptRun() {
      private final List<ArrowReader> results = new ArrayList<>();

      @Override
      public ArrowReader results(int output) {
        try {
          results.add(running.output(call, inputs, output, printer));
          return results.getLast();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public Map<String, SqlValue> outputs() {
        return running.outputs(call);
      }

      @Override
      public void cancel(String reason) {
        running.cancel();
      }

      @Override
      public void close() {
        try {
          for (ArrowReader result : results) {
            result.close();
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  /// The batches of another reader, which stays open.
  static final class Passed extends DelegatingReader {

    Passed(BufferAllocator allocator, ArrowReader source) {
      super(allocator, source);
    }

    @Override
    public void close() {
      // Nothing of its own.
    }
  }
}
