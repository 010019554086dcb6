// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Exceptions that nobody foresaw, on the event loop: each ends its own connection, with an answer
/// to whoever waits, and no other.
@Timeout(60)
class DefectTest {
  @TempDir Path folder;

  private static ErrorCode failure(CompletionStage<Connection> stage) {
    var failed =
        assertThrows(
            ExecutionException.class, () -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
    return assertInstanceOf(ProtocolException.class, failed.getCause()).error().code();
  }

  @Test
  void handlerThatThrows_failsItsSessionAndNoOther() throws Exception {
    var client = new RecordingHandler();
    var bystander = new RecordingHandler();
    try (Ends ends = Ends.open()) {
      Connection other = ends.connected(bystander);
      ends.onServer((_, _) -> {
        throw new IllegalStateException("not foreseen");
      });
      ends.connected(client).send(Ends.request());
      assertEquals(ErrorCode.INTERNAL, client.next(Message.Failed.class).error().code());
      assertEquals(ErrorCode.INTERNAL, ends.server.awaitClosed().error().code());
      other.ping().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void engineThatCannotBeTaken_isToldSo() throws IOException {
    var transport = new Transport.Unix(folder.resolve("socket"));
    try (NetworkLoops loops = NetworkLoops.start("test", 1);
        Listener _ =
            Listener.bind(
                transport,
                loops,
                new ListenerSettings(LocalInfo.of("test"), "test", Ends.ANYBODY, 10),
                new SecureRandom(),
                _ -> {
                  throw new IllegalStateException("not foreseen");
                })) {
      assertEquals(
          ErrorCode.INTERNAL,
          failure(
              new Connector(loops, LocalInfo.of("test"), new SecureRandom())
                  .connect(
                      transport,
                      new Credentials.FromTransport(),
                      Duration.ofSeconds(10),
                      _ -> new RecordingHandler())));
    }
  }

  @Test
  void handshakeThatCannotBegin_failsItsConnection() throws Exception {
    SocketPair control = SocketPair.in(folder);
    SocketPair data = SocketPair.in(folder);
    try (NetworkLoops loops = NetworkLoops.start("test", 1)) {
      var connector = new Connector(loops, LocalInfo.of("test"), new NoRandom());
      assertEquals(
          ErrorCode.INTERNAL,
          failure(
              connector.serveAsSatellite(
                  control.one(), data.one(), "Python", "python", _ -> new RecordingHandler())));
    }
    control.closeOther();
    data.closeOther();
  }

  @Test
  void dataChannelThatCannotBeRegistered_failsTheAdoption() throws Exception {
    SocketPair control = SocketPair.in(folder);
    try (NetworkLoops loops = NetworkLoops.start("test", 1)) {
      var adoption =
          new Adoption(
              loops,
              LocalInfo.of("test"),
              _ -> new RecordingHandler(),
              new SatelliteWelcome(LocalInfo.of("test"), () -> Bytes.EMPTY));
      // Epoll's loops do not take channels of another kind.
      assertEquals(
          ErrorCode.UNREACHABLE,
          failure(
              adoption.adopt(new EpollDomainSocketChannel(control.one()), new NioSocketChannel())));
      control.awaitEnd();
    }
    control.closeOther();
  }

  @Test
  void descriptorThatIsNoSocket_failsTheAdoptionAndIsClosed() throws Exception {
    SocketPair control = SocketPair.in(folder);
    Path file = Files.createFile(folder.resolve("file"));
    int descriptor = FileDescriptor.from(file.toString()).intValue();
    try (NetworkLoops loops = NetworkLoops.start("test", 1)) {
      var connector = new Connector(loops, LocalInfo.of("test"), new SecureRandom());
      assertEquals(
          ErrorCode.UNREACHABLE,
          failure(
              connector.adoptSatellite(
                  control.one(), descriptor, Limits.HANDSHAKE_TIME, _ -> new RecordingHandler())));
      control.awaitEnd();
      assertEquals(0, OpenFiles.count(file));
    }
    control.closeOther();
  }

  @Test
  void adoptionByThreadsThatHaveEnded_fails() throws Exception {
    SocketPair control = SocketPair.in(folder);
    SocketPair data = SocketPair.in(folder);
    NetworkLoops loops = NetworkLoops.start("test", 1);
    loops.close();
    var connector = new Connector(loops, LocalInfo.of("test"), new SecureRandom());
    assertEquals(
        ErrorCode.UNREACHABLE,
        failure(
            connector.adoptSatellite(
                control.one(), data.one(), Limits.HANDSHAKE_TIME, _ -> new RecordingHandler())));
    control.awaitEnd();
    data.awaitEnd();
    control.closeOther();
    data.closeOther();
  }

  @Test
  void satelliteThatIsNotWarmInItsTime_isGivenUp() throws Exception {
    SocketPair control = SocketPair.in(folder);
    SocketPair data = SocketPair.in(folder);
    try (NetworkLoops loops = NetworkLoops.start("test", 1)) {
      var connector = new Connector(loops, LocalInfo.of("test"), new SecureRandom());
      assertEquals(
          ErrorCode.PROTOCOL_VIOLATION,
          failure(
              connector.adoptSatellite(
                  control.one(), data.one(), Duration.ofMillis(20), _ -> new RecordingHandler())));
    }
    control.awaitEnd();
    data.awaitEnd();
    control.closeOther();
    data.closeOther();
  }

  /// Descriptors can travel beside bytes on a Unix socket; a script must not fill the service's
  /// table with them.
  @Test
  void descriptorThatAPeerPasses_isNotKept() throws Exception {
    SocketPair control = SocketPair.in(folder);
    SocketPair data = SocketPair.in(folder);
    Path file = Files.createFile(folder.resolve("passed"));
    var passed = FileDescriptor.from(file.toString());
    try (NetworkLoops loops = NetworkLoops.start("test", 1)) {
      var connector = new Connector(loops, LocalInfo.of("test"), new SecureRandom());
      var adopted =
          connector.adoptSatellite(
              control.one(), data.one(), Limits.HANDSHAKE_TIME, _ -> new RecordingHandler());
      control.passFromOther(passed.intValue());
      assertEquals(ErrorCode.PROTOCOL_VIOLATION, failure(adopted), "a byte came beside it");
      assertEquals(1, OpenFiles.count(file), "our own");
    }
    passed.close();
    control.closeOther();
    data.closeOther();
  }

  private static final class NoRandom extends SecureRandom {
    @Serial private static final long serialVersionUID = 1L;

    @Override
    public void nextBytes(byte[] bytes) {
      throw new IllegalStateException("not foreseen");
    }
  }
}
