// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.service.config.DataSize;
import io.launchpad.service.config.EngineConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransitMemoryTest {
  private final TransitMemory memory =
      new TransitMemory(new DataSize(1000), List.of(engine("first", 700), engine("second", 700)));

  private static EngineConfig engine(String id, long bytes) {
    return new EngineConfig(
        id,
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        1,
        new DataSize(bytes));
  }

  @Test
  void engineThatFillsItsShare_leavesOthersTheRest() throws Exception {
    memory.of("first").take(700);
    assertThrows(SessionFailure.class, () -> memory.of("first").take(1));
    memory.of("second").take(300);
    assertEquals(1000, memory.bytes());
  }

  @Test
  void sharesTogether_areNoMoreThanThereIs() throws Exception {
    memory.of("first").take(700);
    var refused = assertThrows(SessionFailure.class, () -> memory.of("second").take(301));
    assertEquals("limits.transit-memory", refused.error().limit().orElseThrow().configurationKey());
  }

  @Test
  void refusal_takesNothing() throws Exception {
    memory.of("first").take(600);
    assertThrows(SessionFailure.class, () -> memory.of("first").take(101));
    assertThrows(SessionFailure.class, () -> memory.of("second").take(401));
    memory.of("first").give(600);
    assertEquals(0, memory.bytes());
    memory.of("second").take(700);
  }
}
