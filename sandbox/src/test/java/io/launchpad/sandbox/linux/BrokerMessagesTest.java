// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.ZygoteSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BrokerMessagesTest {

  private static ZygoteSpec spec(List<String> command, Map<String, String> environment) {
    return new ZygoteSpec(
        "r",
        ZygoteSpec.Satellites.EXECUTED,
        command,
        environment,
        SandboxPolicy.NONE,
        Duration.ofSeconds(1));
  }

  private static String hex(ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void startZygote_writesTheBytesOfTheSpecification() {
    assertEquals(
        "01000000"
            + "56000000"
            + "0500000000000000"
            + "0000000000000000" // header
            + "e8030000"
            + "00000000" // 1000 ms, not confined
            + "01000000" // satellites are executed
            + "01000000"
            + "72" // runtime
            + "01000000"
            + "02000000"
            + "2f70" // argv
            + "01000000"
            + "03000000"
            + "413d62" // environment
            + "00000000" // no policy
            + "0000000000000000"
            + "00000000"
            + "00000000"
            + "00000000", // no scratch folder, nothing readable, no sockets
        hex(BrokerMessages.startZygote(5, spec(List.of("/p"), Map.of("A", "b")))));
  }

  @Test
  void pool_writesTheBytesOfTheSpecification() {
    var spec =
        new ResourcePoolSpec(
            "p",
            new ResourceLimits(1, 2, 3, Duration.ZERO),
            new ResourceLimits(4, 5, 6, Duration.ofMillis(7)),
            "0",
            true);
    assertEquals(
        "07000000"
            + "5e000000"
            + "0500000000000000"
            + "0000000000000000" // header
            + "0100000070" // name
            + "01000000" // swap is allowed
            + "0100000030" // CPUs
            + "010000000000000002000000000000000300000000000000" // of the pool
            + "040000000000000005000000000000000600000000000000" // of a session
            + "581b000000000000",
        hex(BrokerMessages.pool(5, spec)));
  }

  @Test
  void limit_writesTheBytesOfTheSpecification() {
    assertEquals(
        "08000000"
            + "38000000"
            + "0700000000000000"
            + "0900000000000000" // header
            + "040000000000000005000000000000000600000000000000"
            + "581b000000000000",
        hex(BrokerMessages.limit(7, 9, new ResourceLimits(4, 5, 6, Duration.ofMillis(7)))));
  }

  @Test
  void measureZygote_writesTheBytesOfTheSpecification() {
    assertEquals(
        "0a000000" + "18000000" + "0700000000000000" + "0000000000000000",
        hex(BrokerMessages.measureZygote(7)));
  }

  @Test
  void signal_writesTheBytesOfTheSpecification() {
    assertEquals(
        "05000000" + "1c000000" + "0700000000000000" + "0900000000000000" + "02000000",
        hex(BrokerMessages.signal(7, 9, 2)));
  }

  @Test
  void startZygote_refusesWhatTheBrokerWouldNotTake() {
    assertThrows(
        SandboxException.class,
        () -> BrokerMessages.startZygote(1, spec(List.of("/p", "a\0b"), Map.of())));
    assertThrows(
        SandboxException.class,
        () -> BrokerMessages.startZygote(1, spec(List.of("/p", "x".repeat(32_769)), Map.of())));
    String large = "x".repeat(32_000);
    assertThrows(
        SandboxException.class,
        () ->
            BrokerMessages.startZygote(
                1, spec(List.of("/p"), Map.of("A", large, "B", large, "C", large))));
  }

  @Test
  void spec_refusesARelativeProgram() {
    assertThrows(IllegalArgumentException.class, () -> spec(List.of("python3"), Map.of()));
  }
}
