// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The files of `ops/` agree with each other: what the unit starts and makes is what the example
/// configuration names, and what is scraped is what it serves.
class OperationFilesTest {
  private static final Path OPS = Path.of(System.getProperty("launchpad.root")).resolve("ops");
  private static final Path EXAMPLE = OPS.resolve("config/launchpad.properties");

  private static ServiceConfig example() throws IOException {
    return Configs.parse(Files.readAllLines(EXAMPLE), Map.of());
  }

  private static List<String> found(String file, String pattern) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(Files.readString(OPS.resolve(file)))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void example_isAConfigurationAsItStands() throws IOException {
    assertEquals(SandboxConfig.Mode.FULL, example().sandbox().mode());
  }

  @Test
  void scrapeExample_namesTheAddressOfTheExampleConfiguration() throws IOException {
    var address = example().monitoring().address();
    assertEquals(
        List.of(address.getAddress().getHostAddress() + ":" + address.getPort()),
        found("prometheus/scrape.yml", "targets: \\[\"([^\"]+)\"]"));
    // Without one it is /metrics, which is served.
    assertEquals(List.of(), found("prometheus/scrape.yml", "(metrics_path)"));
  }

  @Test
  void unit_makesTheFoldersThatTheExampleConfigurationNames() throws IOException {
    ServiceConfig config = example();
    List<String> runtime =
        List.of(
            found("systemd/launchpad.service", "^RuntimeDirectory=(.+)$").getFirst().split(" "));
    String state = found("systemd/launchpad.service", "^StateDirectory=(.+)$").getFirst();
    Path socket = config.listener().unix().orElseThrow().path();
    assertTrue(socket.startsWith(Path.of("/run", runtime.getFirst())), socket::toString);
    // ProtectSystem=strict would keep the broker from claiming its accounts.
    assertTrue(runtime.contains("launchpad-accounts"), runtime::toString);
    Path work = config.sandbox().workFolder();
    assertTrue(work.startsWith(Path.of("/var/lib", state)), work::toString);
  }

  @Test
  void unit_startsTheServiceWithTheFileThatTheExampleSaysItIs() throws IOException {
    String file =
        found(
                "systemd/launchpad.service",
                "^ExecStart=/usr/lib/launchpad/bin/launchpad serve (.+)$")
            .getFirst();
    assertEquals(
        List.of(file),
        found("config/launchpad.properties", "launchpad serve --print-config (\\S+)$"));
  }

  @Test
  void unit_givesTheServiceTheTimeItTakesToStop() throws IOException {
    long stop =
        Long.parseLong(found("systemd/launchpad.service", "^TimeoutStopSec=(\\d+)$").getFirst());
    ServiceConfig config = example();
    long drain = config.drainTime().plus(config.limits().grace()).toSeconds();
    assertTrue(
        stop > drain, "the service drains for " + drain + " s, systemd waits " + stop + " s");
  }
}
