// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.protocol.ProtocolException;
import io.launchpad.satellite.session.Interrupts;
import io.launchpad.satellite.session.SessionHandler;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a parked satellite does while nobody asks for anything.
@Timeout(30)
final class IdleWarmUpTest {
  private final SessionHandler handler =
      new SessionHandler(new Interrupts(Thread.currentThread()), _ -> {});
  private final AtomicInteger plays = new AtomicInteger();

  @Test
  void awaitRequest_endsWhenNothingMoreIsToBeGained() throws Exception {
    IdleWarmUp.awaitRequest(handler, plays::incrementAndGet);
    assertEquals(IdleWarmUp.PLAYS, plays.get());
  }

  @Test
  @SuppressWarnings("NullAway") // of which connection makes no difference
  void awaitRequest_playsNothingMoreWhenTheConnectionEnds() {
    IdleWarmUp.Play thirdOneMeetsTheEnd =
        () -> {
          if (plays.incrementAndGet() == 3) {
            handler.closed(null, ProtocolException.violation("the end"));
          }
        };
    assertThrows(
        ExecutionException.class, () -> IdleWarmUp.awaitRequest(handler, thirdOneMeetsTheEnd));
    assertEquals(3, plays.get());
  }

  @Test
  void awaitRequest_isLeftByAPlayThatFails() {
    IdleWarmUp.Play fails =
        () -> {
          throw new IOException("no room");
        };
    assertThrows(IOException.class, () -> IdleWarmUp.awaitRequest(handler, fails));
  }
}
