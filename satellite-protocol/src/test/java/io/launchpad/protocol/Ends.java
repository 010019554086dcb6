// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// Both ends of the engine leg in this process: a listener, and clients that connect to it.
final class Ends implements AutoCloseable {
  static final EngineAuthenticator ANYBODY =
      new EngineAuthenticator() {
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
          return new Offer(List.of("Python"), List.of("python"));
        }
      };

  final NetworkLoops loops;
  final Listener listener;
  final Transport transport;
  final LocalInfo local;
  final RecordingHandler server = new RecordingHandler();
  final BlockingQueue<Connection> accepted = new LinkedBlockingQueue<>();
  private final Path folder;

  private Ends(NetworkLoops loops, LocalInfo local, EngineAuthenticator authenticator, int most)
      throws IOException {
    this.loops = loops;
    this.local = local;
    folder = Files.createTempDirectory("ends");
    transport = new Transport.Unix(folder.resolve("socket"));
    listener =
        Listener.bind(
            transport,
            loops,
            new ListenerSettings(local, "test-launchpad", authenticator, most),
            new SecureRandom(),
            connection -> {
              accepted.add(connection);
              return server;
            });
  }

  static Ends open() throws IOException {
    return open(LocalInfo.of("test"), ANYBODY);
  }

  static Ends open(LocalInfo local, EngineAuthenticator authenticator) throws IOException {
    return new Ends(NetworkLoops.start("test", 2), local, authenticator, 100);
  }

  static Ends open(NetworkLoops loops, int connectionsMax) throws IOException {
    return new Ends(loops, LocalInfo.of("test"), ANYBODY, connectionsMax);
  }

  Ends onServer(BiConsumer<Connection, Message> action) {
    server.onLoop(action);
    return this;
  }

  CompletionStage<Connection> connect(RecordingHandler client) {
    return connect(client, new Credentials.FromTransport());
  }

  CompletionStage<Connection> connect(RecordingHandler client, Credentials credentials) {
    return new Connector(loops, local, new SecureRandom())
        .connect(transport, credentials, Duration.ofSeconds(5), _ -> client);
  }

  Connection connected(RecordingHandler client) throws Exception {
    return connect(client).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  Path socket() {
    return folder.resolve("socket");
  }

  static Execute request() {
    return Execute.builder()
        .requestId("r1")
        .principal("alice")
        .language("Python")
        .script(new Content.Inline(Bytes.utf8("pass")))
        .inputs(List.of(new Execute.NamedInput("InputDataSet", 1)))
        .outputs(List.of(new Execute.NamedOutput("OutputDataSet", 2, java.util.Optional.empty())))
        .build();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    loops.close();
    Files.deleteIfExists(socket());
    Files.delete(folder);
  }
}
