// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.sandbox.ZygoteExit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BrokerEventDecoderTest {

  private static ByteBuffer begin(int type, long id, long generation) {
    return ByteBuffer.allocate(70_000)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(0)
        .putLong(id)
        .putLong(generation);
  }

  private static ByteBuffer finish(ByteBuffer message) {
    return message.putInt(4, message.position()).flip();
  }

  private static ByteBuffer put(ByteBuffer message, String string) {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    return message.putInt(bytes.length).put(bytes);
  }

  private static BrokerEvent decode(ByteBuffer message) throws IOException {
    return BrokerEventDecoder.decode(message, List.of());
  }

  @Test
  void decode_readsTheMemoryOfAZygote() throws IOException {
    assertEquals(
        new BrokerEvent.ZygoteMeasured(7, 4_300_000_000L),
        decode(finish(begin(110, 7, 0).putLong(4_300_000_000L))));
  }

  private static ByteBuffer exited() {
    return finish(
        begin(106, 7, 9)
            .putInt(2)
            .putInt(11)
            .putInt(1)
            .putInt(4)
            .putLong(1_500_000)
            .putLong(250)
            .putLong(64)
            .putLong(3)
            .putLong(4)
            .putLong(2_000_000)
            .putLong(70_000)
            .putLong(80_000)
            .putLong(1_900_000)
            .putLong(64)
            .putLong(5));
  }

  @Test
  void decode_readsAnExitReport() throws IOException {
    assertEquals(
        new BrokerEvent.Exited(
            new ExitReport(
                7,
                9,
                new Ending.Signalled(11),
                ExitReport.Cause.KILLED_ON_REQUEST,
                new ExitReport.Usage(
                    Duration.ofMillis(1500), Duration.ofNanos(250_000), 65_536, 3, 4),
                new ExitReport.Limits(
                    ExitReport.Met.CPU_TIME,
                    Duration.ofSeconds(2),
                    70_000,
                    80_000,
                    Duration.ofMillis(1900),
                    64,
                    5))),
        decode(exited()));
  }

  @Test
  void decode_readsAWelcome() throws IOException {
    ByteBuffer message = begin(101, 0, 0).putInt(2).putInt(2).putInt(100).putInt(50).putInt(200);
    put(message.putInt(8_388_608), "refused");
    put(message.putInt(1).putInt(1 | 4 | 64), "no CPU");
    put(message.putInt(1), "P6: no network");
    put(message.putInt(1), "P2: no Landlock");
    assertEquals(
        new BrokerEvent.Welcome(
            2,
            new SandboxFacts(
                SandboxFacts.Lifetime.PROCESS_TREE,
                "refused",
                new SandboxFacts.AccountRange(100, 50, 200),
                8_388_608,
                new SandboxFacts.Limiting(
                    SandboxFacts.ControlGroups.V1,
                    Set.of(
                        SandboxFacts.Controller.MEMORY,
                        SandboxFacts.Controller.PROCESSES,
                        SandboxFacts.Controller.NO_SWAP_IN_USE),
                    "no CPU"),
                List.of("P6: no network"),
                List.of("P2: no Landlock"))),
        decode(finish(message)));
  }

  @Test
  void decode_readsAMeasurement() throws IOException {
    assertEquals(
        new BrokerEvent.Measured(
            7, 9, new GroupUsage(Duration.ofMillis(1), Duration.ofMillis(2), 3, 4, 5, 6, 7)),
        decode(
            finish(
                begin(109, 7, 9)
                    .putLong(1000)
                    .putLong(2000)
                    .putLong(3)
                    .putLong(4)
                    .putLong(5)
                    .putLong(6)
                    .putLong(7))));
  }

  @Test
  void decode_readsAZygotesEnd() throws IOException {
    ByteBuffer message = begin(103, 3, 0).putInt(1).putInt(70);
    put(put(message, "reason"), "last words");
    assertEquals(
        new BrokerEvent.ZygoteExited(3, new Ending.Exited(70), "reason", "last words"),
        decode(finish(message)));
  }

  @Test
  void decode_refusesEveryShorterAndLongerMessage() {
    byte[] whole = new byte[exited().remaining()];
    exited().get(whole);
    for (int length = 0; length <= whole.length + 8; length++) {
      if (length != whole.length) {
        ByteBuffer cut = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        cut.put(whole, 0, Math.min(length, whole.length)).position(length);
        if (length >= 8) {
          cut.putInt(4, length);
        }
        cut.flip();
        assertThrows(IOException.class, () -> decode(cut), "length " + length);
      }
    }
  }

  @Test
  void decode_refusesALengthThatIsNotTheDatagrams() {
    assertThrows(IOException.class, () -> decode(exited().putInt(4, 79)));
  }

  @Test
  void decode_refusesMissingDescriptors() {
    assertThrows(IOException.class, () -> decode(finish(begin(104, 1, 1))));
  }

  @Test
  void decode_refusesUnknownNumbers() {
    assertThrows(IOException.class, () -> decode(finish(begin(99, 0, 0))));
    assertThrows(IOException.class, () -> decode(exited().putInt(24, 4)));
    assertThrows(IOException.class, () -> decode(exited().putInt(32, 5)));
    assertThrows(IOException.class, () -> decode(exited().putInt(36, 5)));
  }

  @Test
  void decode_refusesALongString() {
    ByteBuffer message = put(begin(105, 1, 1), "x".repeat(4097));
    assertThrows(IOException.class, () -> decode(finish(message)));
  }

  @Test
  void decode_throwsNothingElseOnRandomBytes() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = new byte[random.nextInt(160)];
      random.nextBytes(bytes);
      ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.length >= 8) {
        message.putInt(0, 101 + random.nextInt(9)).putInt(4, bytes.length);
      }
      try {
        var _ = decode(message);
      } catch (IOException _) {
        // The documented refusal.
      }
    }
  }

  @Test
  void describe_namesSignalAndReason() {
    assertEquals(
        "ended by SIGKILL: it was not ready in time",
        new ZygoteExit(new Ending.Signalled(9), "it was not ready in time", "").describe());
    assertEquals("ended by signal 40", new Ending.Signalled(40).describe());
  }
}
