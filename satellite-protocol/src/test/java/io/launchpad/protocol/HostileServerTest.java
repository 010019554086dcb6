// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client against a server that breaks the rules, over a real socket.
@Timeout(60)
class HostileServerTest {
  private final RecordingHandler client = new RecordingHandler();

  /// It has asked for nothing that could be a bad request.
  @Test
  void execute_isAViolationHoweverBadItsRequest(@TempDir Path folder) throws Exception {
    var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        var loops = NetworkLoops.start("test", 1)) {
      var connecting =
          new Connector(loops, LocalInfo.of("test"), new SecureRandom())
              .connect(
                  new Transport.Unix(address.getPath()),
                  new Credentials.FromTransport(),
                  Duration.ofSeconds(10),
                  _ -> client);
      try (var server = new RawPeer(listening.accept())) {
        server.welcome();
        connecting.toCompletableFuture().get(10, TimeUnit.SECONDS);
        server.write(Frames.frame(FrameType.EXECUTE.code(), 0, 0, 2, new byte[0]));
        assertEquals(ErrorCode.PROTOCOL_VIOLATION, client.awaitClosed().error().code());
      }
    }
  }
}
