// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.EngineAuthenticator;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.Listener;
import io.launchpad.protocol.ListenerSettings;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PeerIdentity;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/// A launchpad in this process whose scripts are single words. Outputs echo the inputs in order,
/// and the output parameters echo the parameters.
final class FakeServer implements AutoCloseable {
  final NetworkLoops loops = NetworkLoops.start("fake-server", 1);
  final Transport transport;
  final BlockingQueue<Execute> requests = new LinkedBlockingQueue<>();
  final BlockingQueue<Message.Cancel> cancels = new LinkedBlockingQueue<>();
  final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();

  /// Held by a test that wants cancels to be answered later.
  final Semaphore answers = new Semaphore(1);

  private final Listener listener;
  private final Path folder;

  FakeServer() throws IOException {
    folder = Files.createTempDirectory("fake");
    transport = new Transport.Unix(folder.resolve("socket"));
    listener =
        Listener.bind(
            transport,
            loops,
            new ListenerSettings(LocalInfo.of("fake"), "fake", new Everybody(), 50),
            new SecureRandom(),
            connection -> {
              connections.add(connection);
              return new Session();
            });
  }

  @Override
  public void close() throws IOException {
    listener.close();
    loops.close();
    Files.deleteIfExists(folder.resolve("socket"));
    Files.delete(folder);
  }

  private static final class Everybody implements EngineAuthenticator {
    @Override
    public Demand demand(PeerIdentity peer) {
      return new Known("tests");
    }

    @Override
    public List<Bytes> secrets(String engineId) {
      return List.of();
    }

    @Override
    public Offer offer(String engineId) {
      return new Offer(List.of("Fake"), List.of());
    }
  }

  private final class Session implements ConnectionHandler {
    private final List<Echo> echoes = new ArrayList<>();
    private Optional<Execute> request = Optional.empty();
    private String script = "";

    @Override
    public void message(Connection connection, Message message) {
      switch (message) {
        case Execute execute -> {
          requests.add(execute);
          begin(connection, execute);
        }
        case Message.Cancel cancel -> {
          cancels.add(cancel);
          if (!script.equals("deaf")) {
            answers.acquireUninterruptibly();
            answers.release();
            connection.send(new Message.Cancelled(cancel.reason(), false, Message.Times.ZERO));
            connection.closeStreams();
          }
        }
        default -> throw new IllegalStateException(message.toString());
      }
    }

    private void begin(Connection connection, Execute execute) {
      echoes.clear();
      request = Optional.of(execute);
      script =
          switch (execute.script()) {
            case io.launchpad.protocol.Content.Inline(var bytes) ->
                new String(bytes.toByteArray(), StandardCharsets.UTF_8);
            case io.launchpad.protocol.Content.Stream(int stream) -> {
              connection.openInbound(
                  InboundSpec.blob(stream, 16 << 20), payload -> payload.close());
              yield "echo";
            }
          };
      for (int i = 0; i < execute.inputs().size(); i++) {
        int to = i < execute.outputs().size() ? execute.outputs().get(i).stream() : 0;
        echo(connection, execute.inputs().get(i).stream(), to);
      }
      execute
          .parameters()
          .ifPresent(content -> {
            if (content instanceof io.launchpad.protocol.Content.Stream(int stream)) {
              echo(connection, stream, execute.outputParametersStream());
            }
          });
      connection.send(new Message.Queued(0, 1));
      connection.send(new Message.Started("s", "a", "fake", 1, 2, true));
      act(connection);
    }

    private void act(Connection connection) {
      switch (script) {
        case "print" -> {
          for (int i = 0; i < 100; i++) {
            connection.send(
                new Message.Output(
                    i, OutputChannel.STDOUT, OutputSource.INTERPRETER, "line " + i + "\n", 0));
          }
        }
        case "fail" -> {
          connection.send(
              new Message.Failed(
                  ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "division by zero"),
                  Message.Times.ZERO,
                  Optional.empty()));
          connection.closeStreams();
        }
        case "vanish" -> connection.close();
        default -> {}
      }
    }

    private void echo(Connection connection, int from, int to) {
      var echo =
          new Echo(
              this,
              connection,
              to == 0
                  ? Optional.empty()
                  : Optional.of(connection.openOutbound(to, FrameType.DATA)));
      echoes.add(echo);
      connection.openInbound(InboundSpec.fragments(from, 320 << 20), echo::received);
    }

    void ended(Connection connection) {
      if (!echoes.stream().allMatch(echo -> echo.ended)
          || script.equals("hang")
          || script.equals("deaf")) {
        return;
      }
      List<Message.StreamTotal> totals = new ArrayList<>();
      for (Echo echo : echoes) {
        echo.out.ifPresent(out ->
            totals.add(
                new Message.StreamTotal(
                    out.number(), echo.frames + (script.equals("lie") ? 1 : 0), 0, echo.bytes)));
      }
      connection.send(
          new Message.Completed(totals, Message.Times.ZERO, Optional.empty(), Optional.empty(), 1));
      connection.closeStreams();
      if (request.isPresent() && request.get().reportExit()) {
        connection.send(new Message.Exited(new ErrorInfo.Exit.Status(0), Optional.empty()));
      }
    }

    @Override
    public void closed(Connection connection, ProtocolException cause) {}
  }

  /// Sends one stream back as it comes.
  private static final class Echo {
    private final Session session;
    private final Connection connection;
    private final Optional<OutboundStream> out;
    private long frames;
    private long bytes;
    private boolean ended;

    Echo(Session session, Connection connection, Optional<OutboundStream> out) {
      this.session = session;
      this.connection = connection;
      this.out = out;
    }

    void received(Payload payload) {
      bytes += payload.bytes().readableBytes();
      frames += payload.more() ? 0 : 1;
      boolean last = payload.last();
      if (out.isEmpty()) {
        payload.close();
        end(last);
        return;
      }
      var _ =
          out.get()
              .send(List.of(payload.bytes().retain()), payload.more())
              .whenComplete((_, failure) -> {
                payload.close();
                if (failure == null) {
                  end(last);
                }
              });
    }

    private void end(boolean last) {
      if (last) {
        ended = true;
        session.ended(connection);
      }
    }
  }
}
