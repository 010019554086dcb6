// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreditTest {
  @Test
  void grant_isAViolationWhenTheSumOverflows() {
    var credit = new SendCredit(100);
    credit.grant(Long.MAX_VALUE - 100);
    assertEquals(Long.MAX_VALUE, credit.available());
    assertThrows(ProtocolException.class, () -> credit.grant(1));
  }

  @Test
  void spend_isRefusedBeyondTheCredit() {
    var credit = new SendCredit(100);
    credit.spend(60);
    assertEquals(40, credit.available());
    assertThrows(IllegalStateException.class, () -> credit.spend(41));
  }

  @Test
  void receive_isAViolationBeyondTheWindow() {
    var window = new ReceiveWindow(100);
    window.receive(1, 100);
    ProtocolException overrun = assertThrows(ProtocolException.class, () -> window.receive(1, 1));
    assertEquals(ErrorCode.PROTOCOL_VIOLATION, overrun.error().code());
  }

  @Test
  void takeGrant_waitsForAQuarterOfTheWindow() {
    var window = new ReceiveWindow(1000);
    window.receive(1, 500);
    window.release(249);
    assertEquals(0, window.takeGrant());
    window.release(1);
    assertEquals(250, window.takeGrant());
    assertEquals(750, window.outstanding());
  }

  @Test
  void takeGrant_doesNotWithholdWhatTheArrivingUnitNeeds() {
    var window = new ReceiveWindow(1000);
    window.receive(1, 200);
    window.release(200);
    assertEquals(0, window.takeGrant());
    assertEquals(1000, window.begin(1000));
    assertEquals(200, window.takeGrant());
  }

  @Test
  void begin_grantsBesidesWhatExceedsTheWindow() {
    var window = new ReceiveWindow(1000);
    window.receive(1, 64);
    long credit = window.begin(5000);
    window.arrived(64);
    assertEquals(1000, credit);
    assertEquals(4000, window.takeGrant());
    window.receive(1, 4936);
    window.release(credit);
    window.takeGrant();
    assertEquals(1000, window.outstanding());
  }

  @Test
  void widen_grantsTheDifferenceOnce() {
    var window = new ReceiveWindow(1000);
    window.receive(1, 400);
    window.widen(5000);
    assertEquals(4000, window.takeGrant());
    window.widen(3000);
    assertEquals(0, window.takeGrant());
    window.release(400);
    assertEquals(4600, window.outstanding());
  }

  /// A sender that sends all it may and a consumer that frees units in order never stop each other,
  /// whatever the sizes.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void exchange_neverStallsAndNeverHoldsMoreThanItsMemory(long seed) {
    var random = new Random(seed);
    long window = 1000;
    var receive = new ReceiveWindow(window);
    var send = new SendCredit(window);
    Deque<Long> held = new ArrayDeque<>();
    for (int unit = 0; unit < 500; unit++) {
      long left = 64L + random.nextInt(random.nextInt(10) == 0 ? 5000 : 700);
      boolean begun = false;
      long unitCredit = 0;
      while (left > 0) {
        long least = begun ? 1 : 64;
        if (send.available() < least) {
          assertTrue(!held.isEmpty(), "both ends wait, seed " + seed);
          receive.release(held.remove());
          send.grant(receive.takeGrant());
          continue;
        }
        int fragment = (int) Math.min(left, Math.min(send.available(), 1 + random.nextInt(400)));
        fragment = (int) Math.max(fragment, least);
        send.spend(fragment);
        receive.receive(1, fragment);
        if (!begun) {
          begun = true;
          unitCredit = receive.begin(left);
          receive.arrived(fragment);
          send.grant(receive.takeGrant());
        }
        left -= fragment;
        assertTrue(send.available() == receive.outstanding(), "the ends disagree");
      }
      held.add(unitCredit);
      assertTrue(held.stream().mapToLong(Long::longValue).sum() <= window + 5064);
      while (!held.isEmpty() && random.nextBoolean()) {
        receive.release(held.remove());
        send.grant(receive.takeGrant());
      }
    }
  }
}
