// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.bxl.BxlTotals;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final Optional<BxlTotals> WHOLE = Optional.of(new BxlTotals(3, 10, 500));

  private final Delivery delivery = new Delivery();

  /// Once the engine was told of results as complete whose last frame had not been sent.
  @Test
  void frameBeforeTheLast_isNotTakenForTheLastHoweverLateItArrives() {
    delivery.begin(Optional.empty());
    delivery.begin(WHOLE);
    assertFalse(delivery.end(true));
    assertTrue(delivery.end(true));
    assertEquals(WHOLE, delivery.totals());
  }

  @Test
  void streamWithoutItsEnd_isNeverWhole() {
    delivery.begin(Optional.empty());
    assertFalse(delivery.end(true));
    assertEquals(Optional.empty(), delivery.totals());
  }

  @Test
  void frameThatWasNotTaken_leavesTheStreamIncomplete() {
    delivery.begin(Optional.empty());
    assertFalse(delivery.end(false));
    assertTrue(delivery.isClosed());
    delivery.begin(WHOLE);
    assertFalse(delivery.end(true));
  }

  @Test
  void closedStream_isNeverWhole() {
    delivery.begin(WHOLE);
    delivery.close();
    assertFalse(delivery.end(true));
  }
}
