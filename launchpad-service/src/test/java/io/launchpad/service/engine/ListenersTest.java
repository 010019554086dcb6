// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.Credentials;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ListenerSettings;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.protocol.Transport;
import io.launchpad.service.Eventually;
import io.launchpad.service.config.ListenerConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ListenersTest {
  @TempDir Path folder;

  private static final class Deaf implements ConnectionHandler {
    @Override
    public void message(Connection connection, Message message) {}

    @Override
    public void closed(Connection connection, ProtocolException cause) {}
  }

  @Test
  void stranger_isCountedAsFailedAuthentication() throws Exception {
    var config =
        new ListenerConfig(
            Optional.of(
                new ListenerConfig.Unix(folder.resolve("socket"), "0600", Optional.empty())),
            Optional.empty(),
            Optional.empty(),
            10);
    var nobody = new ConfiguredEngines(List.of(), List.of(), _ -> false);
    try (var loops = NetworkLoops.start("test", 1);
        var listeners =
            Listeners.open(
                config,
                loops,
                new ListenerSettings(LocalInfo.of("test"), "test", nobody, 10),
                new SecureRandom(),
                _ -> new Deaf())) {
      var attempt =
          new Connector(loops, LocalInfo.of("stranger"), new SecureRandom())
              .connect(
                  new Transport.Unix(folder.resolve("socket")),
                  new Credentials.FromTransport(),
                  Duration.ofSeconds(10),
                  _ -> new Deaf())
              .toCompletableFuture();
      assertThrows(ExecutionException.class, () -> attempt.get(30, TimeUnit.SECONDS));
      // Both ends hear of it at about the same time.
      Eventually.holds("a refusal", () -> listeners.refusals(ErrorCode.AUTHENTICATION_FAILED) > 0);
      assertEquals(1, listeners.refusals(ErrorCode.AUTHENTICATION_FAILED));
      assertEquals(1, listeners.authenticationFailures());
    }
  }
}
