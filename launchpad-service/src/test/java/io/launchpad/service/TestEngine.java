// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.Credentials;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.protocol.Transport;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// An engine with one connection, that makes one call after the other.
final class TestEngine implements AutoCloseable, ConnectionHandler {
  static final int INPUT = 1;
  static final int OUTPUT = 2;

  private final Connection connection;
  private volatile Call call = new Call();

  /// What came back from one call.
  static final class Call {
    final CompletableFuture<Message.Terminal> terminal = new CompletableFuture<>();
    final CompletableFuture<Message.Started> started = new CompletableFuture<>();
    final CompletableFuture<Message.Exited> exited = new CompletableFuture<>();
    final LinkedBlockingQueue<Message.Output> printed = new LinkedBlockingQueue<>();
    final Map<Integer, OutboundStream> streams = new ConcurrentHashMap<>();
    final LinkedBlockingQueue<Payload> held = new LinkedBlockingQueue<>();
    final List<byte[]> output = new ArrayList<>();
    volatile boolean slow;

    Message.Terminal answer() throws Exception {
      return terminal.get(30, TimeUnit.SECONDS);
    }

    Message.Failed failure() throws Exception {
      if (answer() instanceof Message.Failed failed) {
        return failed;
      }
      throw new AssertionError("not a failure: " + answer());
    }

    private void received(Payload payload) {
      if (slow) {
        held.add(payload);
        return;
      }
      byte[] bytes = new byte[payload.bytes().readableBytes()];
      payload.bytes().getBytes(payload.bytes().readerIndex(), bytes);
      output.add(bytes);
      payload.close();
    }
  }

  private TestEngine(NetworkLoops loops, Path socket) throws Exception {
    connection =
        new Connector(loops, LocalInfo.of("test engine"), new SecureRandom())
            .connect(
                new Transport.Unix(socket),
                new Credentials.FromTransport(),
                Duration.ofSeconds(10),
                _ -> this)
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
  }

  static TestEngine connect(NetworkLoops loops, Path socket) throws Exception {
    return new TestEngine(loops, socket);
  }

  static Execute request(boolean input, boolean output) {
    var builder =
        Execute.builder()
            .requestId("r-1")
            .principal("somebody")
            .language("python")
            .script(new Content.Inline(Bytes.utf8("pass")));
    if (input) {
      builder.inputs(List.of(new Execute.NamedInput("InputDataSet", INPUT)));
    }
    if (output) {
      builder.outputs(
          List.of(new Execute.NamedOutput("OutputDataSet", OUTPUT, java.util.Optional.empty())));
    }
    return builder.build();
  }

  Connection connection() {
    return connection;
  }

  Call call(Execute request) throws Exception {
    return call(request, List.of(), false);
  }

  /// @param slow keep what comes, and so its credit, until the test takes it out of `held`
  Call call(Execute request, List<byte[]> input, boolean slow) throws Exception {
    var next = new Call();
    next.slow = slow;
    call = next;
    var begun = new CompletableFuture<Void>();
    boolean _ =
        connection.execute(() -> {
          connection.closeStreams();
          for (var output : request.outputs()) {
            connection.openInbound(
                new InboundSpec(
                    output.stream(), FrameType.DATA, InboundSpec.Delivery.UNITS, 64 << 20),
                next::received);
          }
          var _ =
              connection
                  .send(request)
                  .whenComplete((_, failure) -> {
                    if (failure != null) {
                      next.terminal.completeExceptionally(failure);
                    }
                  });
          for (var output : request.outputs()) {
            if (output.schema().orElse(null) instanceof Content.Stream(int number)) {
              next.streams.put(number, connection.openOutbound(number, FrameType.BLOB));
            }
          }
          if (request.parameters().orElse(null) instanceof Content.Stream(int number)) {
            next.streams.put(number, connection.openOutbound(number, FrameType.DATA));
          }
          for (var named : request.inputs()) {
            var out = connection.openOutbound(named.stream(), FrameType.DATA);
            next.streams.put(named.stream(), out);
            for (byte[] frame : input) {
              var _ = out.send(List.of(Unpooled.directBuffer(frame.length).writeBytes(frame)));
            }
          }
          begun.complete(null);
        });
    begun.get(10, TimeUnit.SECONDS);
    return next;
  }

  /// A stream of the last call, from this engine.
  OutboundStream stream(int number) {
    return Objects.requireNonNull(call.streams.get(number), "no stream " + number);
  }

  void cancel(String reason) {
    var _ = connection.send(new Message.Cancel(reason));
  }

  @Override
  public void message(Connection source, Message message) {
    switch (message) {
      case Message.Terminal terminal -> call.terminal.complete(terminal);
      case Message.Started started -> call.started.complete(started);
      case Message.Exited exited -> call.exited.complete(exited);
      case Message.Output output -> call.printed.add(output);
      default -> {}
    }
  }

  @Override
  public void closed(Connection source, ProtocolException cause) {
    call.terminal.completeExceptionally(cause);
  }

  @Override
  public void close() {
    connection.close();
  }
}
