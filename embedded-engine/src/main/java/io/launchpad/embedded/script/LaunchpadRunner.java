// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import io.launchpad.client.DelegatingReader;
import io.launchpad.client.Execution;
import io.launchpad.client.ExecutionListener;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptOutput;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.type.SqlValue;
import io.launchpad.protocol.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Runs scripts in a launchpad service.
public final class LaunchpadRunner implements ScriptRunner {

  private final LaunchpadClient client;
  private final BufferAllocator allocator;
  private final String principal;

  /// @param client stays the caller's
  /// @param principal the user for whom everything is run
  public LaunchpadRunner(LaunchpadClient client, BufferAllocator allocator, String principal) {
    this.client = client;
    this.allocator = allocator;
    this.principal = principal;
  }

  @Override
  public List<ScriptRun> start(ScriptCall call, List<List<ArrowReader>> tasks, Printer printer) {
    List<List<ScriptInput>> inputs = tasks.stream().map(readers -> inputs(call, readers)).toList();
    List<Listener> listeners = tasks.stream().map(_ -> new Listener(printer)).toList();
    try (VectorSchemaRoot parameters = ParameterRow.write(call.parameters(), allocator)) {
      boolean none = call.parameters().isEmpty();
      List<Execution> executions =
          client.executeParallel(
              request(call), inputs, none ? null : parameters, List.copyOf(listeners));
      return IntStream.range(0, executions.size())
          .<ScriptRun>mapToObj(i -> new Run(executions.get(i), listeners.get(i).errors()))
          .toList();
    } catch (ScriptException e) {
      throw failed(e, lastErrors(e));
    }
  }

  private static List<ScriptInput> inputs(ScriptCall call, List<ArrowReader> readers) {
    return IntStream.range(0, readers.size())
        .mapToObj(i -> ScriptInput.stable(call.inputNames().get(i), readers.get(i)))
        .toList();
  }

  private ScriptRequest request(ScriptCall call) {
    ScriptRequestBuilder request =
        ScriptRequest.builder(principal, call.language(), call.script())
            .requestId(call.requestId())
            .inputName(call.inputNames().getFirst())
            .outputs(
                call.outputNames().stream()
                    .map(ScriptOutput::undeclared)
                    .toArray(ScriptOutput[]::new))
            .typeMapping(call.typeMapping())
            .inputFormat(call.inputFormat())
            .rowsPerRead(call.rowsPerRead())
            .partitionColumns(call.partitionColumns());
    call.deadline().ifPresent(request::deadline);
    return request.build();
  }

  private static ScriptFailedException failed(ScriptException e, String details) {
    return new ScriptFailedException(e.error().code().number(), e.error().message(), details);
  }

  private static String lastErrors(ScriptException e) {
    return StandardCharsets.UTF_8.decode(e.error().stderrTail().asReadOnlyBuffer()).toString();
  }

  /// Hands on what is printed.
  private record Listener(Printer printer, PrintedErrors errors) implements ExecutionListener {

    Listener(Printer printer) {
      this(printer, new PrintedErrors());
    }

    @Override
    public void printed(Message.Output output) {
      String dropped =
          output.droppedBytes() == 0
              ? ""
              : "[%d bytes more were printed and dropped]\n".formatted(output.droppedBytes());
      boolean error = output.channel() == Message.OutputChannel.STDERR;
      if (error) {
        errors.add(output.text());
      }
      printer.printed(error, output.text() + dropped);
    }
  }

  /// One task.
  private final class Run implements ScriptRun {

    private final Execution execution;
    private final PrintedErrors printed;

    Run(Execution execution, PrintedErrors printed) {
      this.execution = execution;
      this.printed = printed;
    }

    @Override
    public ArrowReader results(int output) {
      return new Results(allocator, this, output);
    }

    /// The failure with what the script left to say: its traceback, else what it wrote to stderr
    /// last, unless that has been printed.
    private ScriptFailedException failed(ScriptException e) {
      if (!e.error().tracebackText().isEmpty()) {
        return LaunchpadRunner.failed(e, e.error().tracebackText());
      }
      String last = lastErrors(e);
      if (last.isBlank()) {
        return LaunchpadRunner.failed(e, "");
      }
      awaitOutput();
      return LaunchpadRunner.failed(e, printed.hold(last) ? "" : last);
    }

    /// Results fail at once, while the listener may still be told what came before.
    private void awaitOutput() {
      try {
        var _ = execution.await();
      } catch (ScriptException _) {
        // It is the failure that is being reported.
      }
    }

    @Override
    public Map<String, SqlValue> outputs() {
      try {
        return execution.outputParameters().map(ParameterRow::read).orElse(Map.of());
      } catch (ScriptException e) {
        throw failed(e);
      } catch (IOException e) {
        throw new ScriptFailedException(
            EngineError.ENGINE_ERROR.number(), String.valueOf(e.getMessage()), "");
      }
    }

    @Override
    public void cancel(String reason) {
      execution.cancel(reason);
    }

    @Override
    public void close() {
      execution.close();
    }
  }

  /// An output; the last one ends only when the whole execution has succeeded.
  private static final class Results extends DelegatingReader {

    private final Run run;
    private final boolean last;

    Results(BufferAllocator allocator, Run run, int output) {
      super(allocator, run.execution.outputs().get(output));
      this.run = run;
      this.last = output == run.execution.outputs().size() - 1;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
      try {
        return super.getVectorSchemaRoot();
      } catch (ScriptException e) {
        throw run.failed(e);
      }
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      try {
        if (super.loadNextBatch()) {
          return true;
        }
        if (last) {
          var _ = run.execution.await();
        }
        return false;
      } catch (ScriptException e) {
        throw run.failed(e);
      }
    }
  }
}
