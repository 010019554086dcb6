// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/// Numbers in turn; from 100 on they are large.
class InTurnTest {
  private final Queue<Runnable> elsewhere = new ArrayDeque<>();
  private final List<Integer> handled = new ArrayList<>();
  private final List<Integer> refused = new ArrayList<>();
  private int caughtUp;
  private final InTurn<Integer> turns =
      new InTurn<>(
          this::execute, number -> number >= 100, handled::add, () -> caughtUp++, refused::add);
  private boolean shutDown;

  private void execute(Runnable task) {
    if (shutDown) {
      throw new RejectedExecutionException("shut down");
    }
    elsewhere.add(task);
  }

  @Test
  void small_isHandledAtOnce() {
    turns.accept(1);
    turns.accept(2);
    assertEquals(List.of(1, 2), handled);
    assertTrue(elsewhere.isEmpty());
    assertFalse(turns.isBusy());
  }

  @Test
  void large_doesNotKeepWhoBringsIt() {
    turns.accept(100);
    assertEquals(List.of(), handled);
    assertTrue(turns.isBusy());
    elsewhere.remove().run();
    assertEquals(List.of(100), handled);
    assertFalse(turns.isBusy());
    assertEquals(1, caughtUp);
  }

  @Test
  void whatComesBehindALargeOne_waitsForItsTurn() {
    turns.accept(1);
    turns.accept(100);
    turns.accept(2);
    turns.accept(101);
    assertEquals(List.of(1), handled);
    assertEquals(1, elsewhere.size(), "one thread has the turn");
    elsewhere.remove().run();
    assertEquals(List.of(1, 100, 2, 101), handled);
    turns.accept(3);
    assertEquals(List.of(1, 100, 2, 101, 3), handled);
    assertEquals(1, caughtUp);
  }

  @Test
  void largeThatNobodyTakes_isGivenBack() {
    turns.accept(1);
    shutDown = true;
    turns.accept(100);
    assertEquals(List.of(100), refused);
    assertFalse(turns.isBusy(), "somebody would wait for it");
    turns.accept(2);
    assertEquals(List.of(1, 2), handled);
  }
}
