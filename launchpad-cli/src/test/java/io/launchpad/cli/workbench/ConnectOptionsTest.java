// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.workbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ClientConfig;
import io.launchpad.protocol.Credentials;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ConnectOptionsTest {

  @Command
  private static final class Holder {
    @Mixin private final ConnectOptions connect = new ConnectOptions();
  }

  private static Optional<ClientConfig> config(String... arguments) throws IOException {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(arguments);
    return holder.connect.config();
  }

  @Test
  void config_isEmptyWithoutAnAddress() throws IOException {
    assertEquals(Optional.empty(), config());
  }

  @Test
  void config_knowsTheThreeTransports() throws IOException {
    assertEquals(
        new Transport.Unix(Path.of("/run/l.sock")),
        config("--connect", "unix:/run/l.sock").orElseThrow().transport());
    assertEquals(
        new Transport.Tcp("127.0.0.1", 7181),
        config("--connect", "tcp:127.0.0.1:7181").orElseThrow().transport());
    var tls =
        (Transport.TcpTls)
            config("--connect", "tls:db.example:7180", "--tls-authority", "ca.pem")
                .orElseThrow()
                .transport();
    assertEquals("db.example", tls.host());
    assertEquals(Optional.of(Path.of("ca.pem")), tls.tls().authority());
  }

  @Test
  void config_readsTheSecretWithoutItsLineEnd(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "0123456789abcdef\n");
    var credentials =
        config("--connect", "tcp:127.0.0.1:1", "--engine-id", "e", "--secret-file", file.toString())
            .orElseThrow()
            .credentials();
    assertEquals(16, ((Credentials.Secret) credentials).secret().length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "db.example:7180",
        "tls:db.example",
        "tcp:127.0.0.1:x",
        "tls:h:0",
        "tls:h:65536",
        "tcp:"
      })
  void config_saysWhatIsWrongWithAnAddress(String address) {
    IOException failure = assertThrows(IOException.class, () -> config("--connect", address));
    assertTrue(String.valueOf(failure.getMessage()).contains(address), failure.toString());
  }

  @Test
  void config_refusesHalfOfAPair() {
    assertThrows(IOException.class, () -> config("--connect", "tls:h:1", "--tls-key", "k"));
    assertThrows(IOException.class, () -> config("--connect", "tls:h:1", "--engine-id", "e"));
  }
}
