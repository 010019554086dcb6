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
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.type.SqlValue;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
  public List<ScriptRun> start(ScriptCall call, List<ArrowReader> inputs, Printer printer) {
    List<List<ScriptInput>> tasks =
        inputs.isEmpty()
            ? List.of(List.of())
            : inputs.stream()
                .map(reader -> List.of(ScriptInput.stable(call.inputName(), reader)))
                .toList();
    var listener = new Listener(printer);
    try (VectorSchemaRoot parameters = ParameterRow.write(call.parameters(), allocator)) {
      boolean none = call.parameters().isEmpty();
      return client
          .executeParallel(
              request(call),
              tasks,
              none ? null : parameters,
              Collections.nCopies(tasks.size(), listener))
          .stream()
          .<ScriptRun>map(Run::new)
          .toList();
    } catch (ScriptException e) {
      throw failed(e);
    }
  }

  private ScriptRequest request(ScriptCall call) {
    ScriptRequestBuilder request =
        ScriptRequest.builder(principal, call.language(), call.script())
            .requestId(call.requestId())
            .inputName(call.inputName())
            .outputs(ScriptOutput.undeclared(call.outputName()))
            .rowsPerRead(call.rowsPerRead())
            .partitionColumns(call.partitionColumns());
    call.deadline().ifPresent(request::deadline);
    return request.build();
  }

  private static ScriptFailedException failed(ScriptException e) {
    ErrorInfo error = e.error();
    String stderr = StandardCharsets.UTF_8.decode(error.stderrTail().asReadOnlyBuffer()).toString();
    String details = error.tracebackText().isEmpty() ? stderr : error.tracebackText();
    return new ScriptFailedException(error.code().number(), error.message(), details);
  }

  /// Hands on what is printed.
  private record Listener(Printer printer) implements ExecutionListener {
    @Override
    public void printed(Message.Output output) {
      String dropped =
          output.droppedBytes() == 0
              ? ""
              : "[%d bytes more were printed and dropped]\n".formatted(output.droppedBytes());
      printer.printed(output.channel() == Message.OutputChannel.STDERR, output.text() + dropped);
    }
  }

  /// One task.
  private final class Run implements ScriptRun {

    private final Execution execution;

    Run(Execution execution) {
      this.execution = execution;
    }

    @Override
    public ArrowReader results() {
      return new Results(allocator, execution);
    }

    @Override
    public Map<String, SqlValue> outputs() {
      try {
        return execution.outputParameters().map(ParameterRow::read).orElse(Map.of());
      } catch (ScriptException e) {
        throw failed(e);
      } catch (IOException e) {
        throw new ScriptFailedException(
            StatementFailure.ENGINE_ERROR, String.valueOf(e.getMessage()), "");
      }
    }

    @Override
    public void cancel() {
      execution.cancel("the engine's user cancelled the statement");
    }

    @Override
    public void close() {
      execution.close();
    }
  }

  /// The main output, which ends only when the whole execution has succeeded.
  private static final class Results extends DelegatingReader {

    private final Execution execution;

    Results(BufferAllocator allocator, Execution execution) {
      super(allocator, execution.outputs().getFirst());
      this.execution = execution;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
      try {
        return super.getVectorSchemaRoot();
      } catch (ScriptException e) {
        throw failed(e);
      }
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      try {
        if (super.loadNextBatch()) {
          return true;
        }
        var _ = execution.await();
        return false;
      } catch (ScriptException e) {
        throw failed(e);
      }
    }
  }
}
