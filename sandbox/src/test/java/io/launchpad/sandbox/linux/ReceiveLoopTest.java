// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class ReceiveLoopTest {
  private final Queue<ControlSocket.Received> coming = new ArrayDeque<>();

  private static ControlSocket.Received message() {
    return new ControlSocket.Received(ByteBuffer.allocate(0), List.of());
  }

  @Test
  void run_takesEveryMessageToTheEnd() {
    var first = message();
    var second = message();
    coming.addAll(List.of(first, second));
    List<ControlSocket.Received> taken = new ArrayList<>();
    assertEquals(
        "the connection to the broker was closed", ReceiveLoop.run(coming::poll, taken::add));
    assertEquals(List.of(first, second), taken);
  }

  @Test
  void run_endsWithTheReasonWhenTheConnectionFails() {
    String reason =
        ReceiveLoop.run(
            () -> {
              throw new IOException("cut short");
            },
            _ -> {});
    assertEquals("the connection to the broker failed: cut short", reason);
  }

  @Test
  void run_endsWithTheReasonWhenHandlingIsADefect() {
    coming.add(message());
    String reason =
        ReceiveLoop.run(
            coming::poll,
            _ -> {
              throw new AssertionError("not foreseen");
            });
    assertTrue(reason.contains("not foreseen"), reason);
  }
}
