// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.ProtocolException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/// The way to launchpad for a SQL engine: a pool of connections on which scripts are executed.
///
/// ```java
/// try (var client = LaunchpadClient.open(config, allocator);
///     Execution run = client.execute(request, List.of(ScriptInput.of("InputDataSet", rows)))) {
///   ArrowReader output = run.outputs().getFirst();
///   while (output.loadNextBatch()) {
///     consume(output.getVectorSchemaRoot());
///   }
///   run.await();
/// }
/// ```
///
/// Thread-safe. Nothing is connected before the first execution.
public final class LaunchpadClient implements AutoCloseable {
  private static final int LOOP_THREADS = 2;

  private final ClientConfig config;
  private final BufferAllocator allocator;
  private final NetworkLoops loops;
  private final ConnectionPool pool;

  private LaunchpadClient(ClientConfig config, BufferAllocator allocator) {
    this.config = config;
    this.allocator = allocator;
    loops = NetworkLoops.start("launchpad-client", LOOP_THREADS);
    pool = new ConnectionPool(config, loops);
  }

  /// Makes a client.
  ///
  /// @param allocator parent of the memory of all executions; stays the caller's
  public static LaunchpadClient open(ClientConfig config, BufferAllocator allocator) {
    return new LaunchpadClient(config, allocator);
  }

  /// Runs a script without parameters that nobody listens to.
  public Execution execute(ScriptRequest request, List<ScriptInput> inputs) throws ScriptException {
    return execute(request, inputs, null, ExecutionListener.NONE);
  }

  /// Runs a script. Returns when the request is under way; blocks only for a connection.
  ///
  /// @param inputs the first is the main input
  /// @param parameters one row; field metadata `launchpad:direction` says `in`, `out` or `inout`;
  ///   null for no parameters. Not used after this returns, unless its buffers are changed in place
  public Execution execute(
      ScriptRequest request,
      List<ScriptInput> inputs,
      @Nullable VectorSchemaRoot parameters,
      ExecutionListener listener)
      throws ScriptException {
    return executeParallel(request, List.of(inputs), parameters, List.of(listener)).getFirst();
  }

  /// Runs the N tasks of one request at the same time, each with inputs of its own. launchpad
  /// admits all or none.
  ///
  /// @param inputsOfTasks the inputs of each task
  /// @param listeners one for each task
  public List<Execution> executeParallel(
      ScriptRequest request,
      List<List<ScriptInput>> inputsOfTasks,
      @Nullable VectorSchemaRoot parameters,
      List<ExecutionListener> listeners)
      throws ScriptException {
    if (listeners.size() != inputsOfTasks.size()) {
      throw new IllegalArgumentException("as many listeners as tasks are needed");
    }
    String requestId =
        request.requestId().isEmpty() ? UUID.randomUUID().toString() : request.requestId();
    List<Lease> leases = pool.borrow(inputsOfTasks.size());
    List<Execution> started = new ArrayList<>();
    try {
      for (int task = 0; task < leases.size(); task++) {
        started.add(
            start(
                request,
                requestId,
                task,
                leases,
                inputsOfTasks.get(task),
                parameters,
                listeners.get(task)));
      }
      return started;
    } catch (IOException | RuntimeException e) {
      leases.subList(started.size(), leases.size()).forEach(Lease::release);
      started.forEach(Execution::close);
      throw switch (e) {
        case ScriptException script -> script;
        case ProtocolException bad -> ScriptException.of(bad.error(), bad);
        default -> ScriptException.of(ErrorCode.BAD_REQUEST, "the request cannot be sent: " + e, e);
      };
    }
  }

  private Execution start(
      ScriptRequest request,
      String requestId,
      int task,
      List<Lease> leases,
      List<ScriptInput> inputs,
      @Nullable VectorSchemaRoot parameterRow,
      ExecutionListener listener)
      throws IOException {
    Lease lease = leases.get(task);
    BufferAllocator memory =
        allocator.newChildAllocator("execution " + requestId + "/" + task, 0, Long.MAX_VALUE);
    boolean checksums = lease.connection().peer().capabilities().contains("crc32c");
    BxlWriterOptions options = BxlWriterOptions.DEFAULT.withChecksums(checksums);
    try (var prepared = new Prepared(inputs, parameterRow, options, memory)) {
      var plan =
          new ExecutePlan(request, requestId, task, leases.size(), inputs, prepared.parameters());
      var execution = new Execution(plan, config, memory, lease, request, listener);
      var begun = new CompletableFuture<@Nullable Void>();
      boolean there =
          lease
              .connection()
              .execute(() -> {
                try {
                  lease.attach(execution);
                  execution.begin(inputs, prepared, options, request.deadline());
                  begun.complete(null);
                } catch (RuntimeException e) {
                  begun.completeExceptionally(e);
                }
              });
      if (!there) {
        execution.lost(ProtocolException.of(ErrorCode.CONNECTION_LOST, "the client was closed"));
        begun.complete(null);
      }
      try {
        begun.join();
      } catch (CompletionException e) {
        execution.close();
        throw e;
      }
      return execution;
    } catch (IOException | RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /// Closes the connections. Executions that have not ended have failed when this returns, and
  /// later ones fail.
  @Override
  public void close() {
    pool.close();
    loops.close();
  }
}
