// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.epoll.Epoll;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// launchpad and a satellite over two adopted sockets, as the broker makes them.
@Timeout(60)
class SplitProfileTest {
  @TempDir Path folder;

  private final RecordingHandler launchpad = new RecordingHandler();
  private final RecordingHandler satellite = new RecordingHandler();

  private static Connection await(java.util.concurrent.CompletionStage<Connection> stage)
      throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void session_runsOverTwoSocketsAndItsDataSurvivesTheExit() throws Exception {
    Epoll.ensureAvailability();
    SocketPair control = SocketPair.in(folder);
    SocketPair data = SocketPair.in(folder);
    CompletableFuture<Payload> input = new CompletableFuture<>();
    CompletableFuture<Payload> output = new CompletableFuture<>();
    try (NetworkLoops loops = NetworkLoops.start("split", 2)) {
      var connector = new Connector(loops, LocalInfo.of("test"), new SecureRandom());
      satellite.onLoop((connection, message) -> {
        if (message instanceof Execute) {
          connection.openInbound(InboundSpec.frames(1, 8 << 20), input::complete);
        }
      });
      var serving =
          connector.serveAsSatellite(control.one(), data.one(), "Python", "python", _ -> satellite);
      Connection ours =
          await(
              connector.adoptSatellite(
                  control.other(), data.other(), Limits.HANDSHAKE_TIME, _ -> launchpad));
      Connection theirs = await(serving);
      assertEquals(List.of("Python"), ours.peer().languages());
      assertEquals(List.of("python"), ours.peer().runtimes());

      CompletableFuture.runAsync(
              () -> {
                ours.openInbound(InboundSpec.frames(2, 8 << 20), output::complete);
                // Data first: the other channel's EXECUTE comes later, and that is allowed.
                ours.openOutbound(1, FrameType.DATA).send(List.of(Frames.bxl(3 << 20, true)));
                ours.send(Ends.request());
              },
              ours::execute)
          .get(10, TimeUnit.SECONDS);
      satellite.next(Execute.class);
      try (Payload payload = input.get(10, TimeUnit.SECONDS)) {
        OutboundStream back =
            CompletableFuture.supplyAsync(
                    () -> theirs.openOutbound(2, FrameType.DATA), theirs::execute)
                .get(10, TimeUnit.SECONDS);
        theirs.send(new Message.Started("s", "", "python", 0, 0, true));
        var sent = back.send(List.of(payload.bytes().retainedSlice()));
        theirs.send(
            new Message.Completed(
                List.of(new Message.StreamTotal(2, 1, 0, 3 << 20)),
                Message.Times.ZERO,
                Optional.empty(),
                Optional.empty(),
                1));
        sent.toCompletableFuture().get(10, TimeUnit.SECONDS);
        theirs.close();
      }
      launchpad.next(Message.Started.class);
      launchpad.next(Message.Completed.class);
      try (Payload payload = output.get(10, TimeUnit.SECONDS)) {
        assertEquals(3 << 20, payload.bytes().readableBytes());
      }
      assertEquals(ErrorCode.CONNECTION_LOST, launchpad.awaitClosed().error().code());
    }
  }
}
