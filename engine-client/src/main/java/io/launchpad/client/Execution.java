// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlStreamReader;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.ProtocolException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/// One run of a script, from the moment it was asked for.
///
/// Read the outputs, then call [#await]: only when it returns are the results complete and to be
/// kept. Outputs may be read in any order and by different threads; while none is read the script
/// is held back, so an output nobody wants should be closed. Closing an execution that has not
/// ended cancels it.
public final class Execution implements AutoCloseable {
  private final ExecutePlan plan;
  private final ClientConfig config;
  private final BufferAllocator allocator;
  private final Lease lease;
  private final Hearing listener;
  private final Map<Integer, OutputQueue> queues = new LinkedHashMap<>();
  private final List<ArrowReader> outputs = new ArrayList<>();
  private final @Nullable ArrowReader outputParameters;
  private final List<InputPump> pumps = new ArrayList<>();
  private final CompletableFuture<ScriptResult> result = new CompletableFuture<>();
  private final CompletableFuture<Message.Exited> exited = new CompletableFuture<>();
  private final List<Runnable> timers = new ArrayList<>();
  private @Nullable VectorSchemaRoot outputParametersRow;
  private volatile boolean cancelled;
  private boolean terminated;
  private boolean closed;

  Execution(
      ExecutePlan plan,
      ClientConfig config,
      BufferAllocator allocator,
      Lease lease,
      ScriptRequest request,
      ExecutionListener hears) {
    this.plan = plan;
    this.config = config;
    this.allocator = allocator;
    this.lease = lease;
    listener = Hearing.of(plan.execute().requestId(), hears);
    for (int i = 0; i < plan.outputStreams().size(); i++) {
      outputs.add(reader(plan.outputStreams().get(i), request.outputs().get(i), false));
    }
    int stream = plan.outputParametersStream();
    outputParameters = stream == 0 ? null : reader(stream, ScriptOutput.undeclared(""), true);
  }

  private ArrowReader reader(int stream, ScriptOutput output, boolean kept) {
    var queue = new OutputQueue(allocator, kept);
    queues.put(stream, queue);
    BxlLimits limits = BxlLimits.DEFAULT;
    return new BxlStreamReader(
        allocator,
        queue,
        output
            .declared()
            .map(schema -> BxlValidator.expecting(schema, limits))
            .orElseGet(() -> new BxlValidator(limits)));
  }

  /// Opens the streams and asks; on the event loop.
  void begin(
      List<ScriptInput> inputs,
      Prepared prepared,
      BxlWriterOptions options,
      Optional<Duration> deadline) {
    Connection connection = lease.connection();
    queues.forEach((stream, queue) ->
        connection.openInbound(
            InboundSpec.frames(stream, (int) BxlLimits.DEFAULT.frameBytes()), queue));
    var asked = connection.send(plan.execute());
    plan.blobs()
        .forEach((stream, blob) ->
            InputPump.send(blob, connection.openOutbound(stream, FrameType.BLOB)));
    for (int i = 0; i < inputs.size(); i++) {
      var stream = connection.openOutbound(plan.inputStreams().get(i), FrameType.DATA);
      pumps.add(
          switch (inputs.get(i)) {
            case ScriptInput.Rows _ -> InputPump.send(prepared.takeFrames(i), stream);
            case ScriptInput.Batches batches ->
                InputPump.start(
                    batches.name(),
                    () -> InputPump.send(batches, options, allocator, stream),
                    e -> inputFailed(batches.name(), e));
          });
    }
    Parameters parameters = prepared.parameters();
    if (parameters != null && plan.parametersStream() != 0) {
      var stream = connection.openOutbound(plan.parametersStream(), FrameType.DATA);
      pumps.add(InputPump.send(parameters.takeFrames(), stream));
    }
    var _ =
        asked.whenComplete((_, failure) -> {
          if (failure != null) {
            abandon(ErrorCode.CONNECTION_LOST, "the request could not be sent: " + failure);
          }
        });
    if (!terminated) {
      deadline.ifPresent(time ->
          after(
              time.plus(config.answerTimeout()),
              () ->
                  abandon(
                      ErrorCode.DEADLINE_EXCEEDED,
                      "launchpad did not answer by the deadline of " + time)));
    }
  }

  /// The id of the request at both ends and in launchpad's log.
  public String requestId() {
    return plan.execute().requestId();
  }

  /// The outputs in the order of the request. Their methods throw a [ScriptException] when the
  /// execution fails. They belong to this execution.
  public List<ArrowReader> outputs() {
    return List.copyOf(outputs);
  }

  /// Waits for the end. When this returns, all that the outputs have given, and will give, is
  /// complete.
  ///
  /// Outputs must be read, or closed, for the script to end: this does not read them.
  public ScriptResult await() throws ScriptException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel("the waiting thread was interrupted");
      throw ScriptException.of(ErrorCode.INTERNAL, "interrupted while a script was running", e);
    }
  }

  /// Completes as [#await] returns or throws; its failure is always a [ScriptException]. What
  /// depends on it runs on a thread of its own, or at once where it has ended.
  public CompletionStage<ScriptResult> result() {
    return result.isDone()
        ? result.minimalCompletionStage()
        : result.whenCompleteAsync((_, _) -> {}, Thread::startVirtualThread);
  }

  /// The values of the `out` and `inout` parameters, one row, once [#await] has returned. Empty
  /// when there are no such parameters. They belong to this execution.
  public Optional<VectorSchemaRoot> outputParameters() throws IOException {
    if (outputParameters == null) {
      return Optional.empty();
    }
    if (!result.isDone() || result.isCompletedExceptionally()) {
      throw new IllegalStateException("output parameters are there when the script has succeeded");
    }
    if (outputParametersRow == null) {
      VectorSchemaRoot row = outputParameters.getVectorSchemaRoot();
      if (!outputParameters.loadNextBatch() || row.getRowCount() != 1) {
        throw ScriptException.of(
            ErrorCode.RESULT_INCOMPLETE, "the output parameters are not one row");
      }
      outputParametersRow = row;
    }
    return Optional.of(outputParametersRow);
  }

  /// Completes with the final report of the process when the request asked for it.
  public CompletionStage<Message.Exited> exited() {
    return exited.minimalCompletionStage();
  }

  /// Asks for the end; the execution then fails with [ScriptCancelledException], unless it ended
  /// before.
  public void cancel(String reason) {
    cancelled = true;
    // Where the event loop has ended, so has the execution.
    boolean _ =
        lease
            .connection()
            .execute(() -> {
              if (terminated) {
                return;
              }
              lease.connection().send(new Message.Cancel(reason));
              Duration grace =
                  Duration.ofMillis(plan.execute().graceMillis()).plus(config.answerTimeout());
              lease
                  .connection()
                  .schedule(
                      grace,
                      () ->
                          abandon(
                              ErrorCode.RUNTIME_UNREACHABLE,
                              "launchpad did not answer a cancel within " + grace));
            });
  }

  /// Cancels what has not ended, waits until nothing of it is under way any more, and frees
  /// everything.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    queues.values().forEach(OutputQueue::close);
    if (!result.isDone()) {
      cancel("the execution was closed");
      awaitQuietly();
    }
    InputPump.joinAll(pumps);
    for (ArrowReader output : outputs) {
      close(output);
    }
    if (outputParameters != null) {
      close(outputParameters);
    }
    allocator.close();
  }

  private void awaitQuietly() {
    Duration most =
        Duration.ofMillis(plan.execute().graceMillis())
            .plus(config.answerTimeout().multipliedBy(2));
    try {
      var _ = result.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException _) {
      // It has ended; its outcome was for who awaited it.
    } catch (TimeoutException _) {
      lease.connection().close();
    } catch (InterruptedException e) {
      lease.connection().close();
      Thread.currentThread().interrupt();
    }
  }

  private static void close(ArrowReader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing memory failed", e);
    }
  }

  /// A message of this session; on the event loop.
  void message(Message message) {
    switch (message) {
      case Message.Queued _, Message.Started _, Message.Output _ -> listener.hear(message);
      case Message.Completed completed -> completed(completed);
      case Message.Failed failed -> end(ScriptException.of(failed.error()));
      case Message.Cancelled(var reason, var _, var _) ->
          end(
              new ScriptCancelledException(
                  ErrorInfo.of(ErrorCode.CANCELLED, "cancelled: " + reason)));
      case Message.Exited report -> {
        exited.complete(report);
        stopTimers();
        lease.release();
      }
      default ->
          lease
              .connection()
              .fail(ProtocolException.violation("%s is not for a client", message.type()));
    }
  }

  /// The connection is gone; on the event loop.
  void lost(ProtocolException cause) {
    exited.completeExceptionally(cause);
    end(ScriptException.of(cause.error(), cause));
    // Also where it had ended and waited for the exit report.
    stopTimers();
    lease.release();
  }

  private void completed(Message.Completed message) {
    for (Map.Entry<Integer, OutputQueue> entry : queues.entrySet()) {
      Optional<StreamTotal> total =
          message.outputs().stream().filter(t -> t.stream() == entry.getKey()).findFirst();
      if (total.isEmpty()
          || !entry.getValue().isComplete(total.get().frames(), total.get().bytes())) {
        end(
            ScriptException.of(
                ErrorCode.RESULT_INCOMPLETE,
                "stream " + entry.getKey() + " did not bring what was announced: " + total));
        return;
      }
    }
    terminated = true;
    finish(Optional.empty());
    listener.end(() ->
        result.complete(
            new ScriptResult(
                message.outputs(),
                message.times(),
                message.usage(),
                message.advisory(),
                message.runs())));
  }

  private void end(ScriptException failure) {
    end(failure, Optional.empty());
  }

  /// Ends as failed.
  ///
  /// @param broken why the connection cannot be used again, if so
  private void end(ScriptException failure, Optional<String> broken) {
    if (terminated) {
      return;
    }
    terminated = true;
    queues.values().forEach(queue -> queue.fail(failure));
    finish(broken);
    listener.end(() -> result.completeExceptionally(failure));
  }

  private void finish(Optional<String> broken) {
    stopTimers();
    lease.connection().closeStreams();
    if (broken.isPresent()) {
      exited.completeExceptionally(ScriptException.of(ErrorCode.CONNECTION_LOST, broken.get()));
      lease.breakOff(broken.get());
    } else if (plan.execute().reportExit() && !lease.connection().isClosed()) {
      after(config.answerTimeout(), this::exitMissing);
    } else {
      lease.release();
    }
  }

  private void stopTimers() {
    timers.forEach(Runnable::run);
    timers.clear();
  }

  private void exitMissing() {
    exited.completeExceptionally(
        ScriptException.of(ErrorCode.CONNECTION_LOST, "no exit report came"));
    lease.breakOff("no exit report came");
  }

  private void after(Duration delay, Runnable task) {
    timers.add(lease.connection().schedule(delay, task));
  }

  private void inputFailed(String input, Throwable cause) {
    if (cause instanceof ScriptException) {
      // The connection: the execution hears of it by itself.
      return;
    }
    ScriptException failure =
        ScriptException.of(
            ErrorCode.BAD_REQUEST, "input '" + input + "' cannot be read: " + cause, cause);
    boolean _ =
        lease
            .connection()
            .execute(() -> {
              // The answer to a cancel is coming; the rest of the input is nobody's concern.
              if (!cancelled) {
                end(failure, Optional.of("an input failed"));
              }
            });
  }

  private void abandon(ErrorCode code, String sentence) {
    end(
        cancelled
            ? new ScriptCancelledException(ErrorInfo.of(code, sentence))
            : ScriptException.of(code, sentence),
        Optional.of(sentence));
  }

  private static ScriptException failure(@Nullable Throwable cause) {
    return cause instanceof ScriptException script
        ? script.again()
        : ScriptException.of(ErrorCode.INTERNAL, "unexpected: " + cause);
  }
}
