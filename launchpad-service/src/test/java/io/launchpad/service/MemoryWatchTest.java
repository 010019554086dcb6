// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.service.config.DataSize;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {
  private final List<Integer> shed = new ArrayList<>();
  private OptionalLong available = OptionalLong.empty();
  private final MemoryWatch watch =
      new MemoryWatch(
          () -> available,
          new DataSize(100),
          count -> {
            shed.add(count);
            return count;
          });

  private void look(long bytes) {
    available = OptionalLong.of(bytes);
    watch.run();
  }

  @Test
  void shortness_endsParkedSatellitesAtEachLook() {
    look(100);
    assertEquals(List.of(), shed);
    look(99);
    look(50);
    assertEquals(List.of(MemoryWatch.SHED_AT_ONCE, MemoryWatch.SHED_AT_ONCE), shed);
  }

  @Test
  void refilling_restsUntilThereIsEnough() {
    look(99);
    look(149);
    assertEquals(List.of(MemoryWatch.SHED_AT_ONCE, 0), shed);
    look(150);
    look(120);
    assertEquals(2, shed.size(), "it is over, until there is too little again");
  }

  @Test
  void memoryNobodyKnows_isNotShort() {
    watch.run();
    assertEquals(List.of(), shed);
  }

  @Test
  void machine_saysHowMuchIsAvailable() {
    assertEquals(OptionalLong.of(2048), MemoryWatch.available("MemAvailable:       2 kB"));
    assertEquals(OptionalLong.empty(), MemoryWatch.available(""));
    assertTrue(MemoryWatch.machine().orElseThrow() > 0);
  }
}
