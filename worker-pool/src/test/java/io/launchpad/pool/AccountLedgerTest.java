// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class AccountLedgerTest {
  private static final WorkerAccount A = new WorkerAccount("a", 1, 1);
  private static final WorkerAccount B = new WorkerAccount("b", 2, 2);
  private final AccountLedger ledger = new AccountLedger(List.of(A, B));

  @Test
  void take_givesTheAccountThatWasFreeLongest() {
    assertEquals(A, ledger.take(1));
    ledger.free(A, 1);
    assertEquals(B, ledger.take(2));
    assertEquals(A, ledger.take(3));
  }

  @Test
  void attach_isRefusedWhenAttachedBefore() {
    ledger.take(1);
    ledger.attach(A, 1, PoolFixture.ANN);
    assertThrows(IllegalStateException.class, () -> ledger.attach(A, 1, PoolFixture.BOB));
  }

  @Test
  void free_isRefusedWhenAnotherGenerationHoldsTheAccount() {
    ledger.take(1);
    ledger.free(A, 1);
    ledger.take(2);
    ledger.take(3);
    assertThrows(IllegalStateException.class, () -> ledger.free(A, 1));
    assertThrows(IllegalStateException.class, () -> ledger.attach(A, 1, PoolFixture.ANN));
  }

  @Test
  void readmit_worksOnlyOnAQuarantineThatNothingElseEnds() {
    ledger.take(1);
    assertFalse(ledger.readmit(A));
    ledger.quarantine(A, 1, true);
    assertFalse(ledger.readmit(A));
    ledger.quarantine(A, 1, false);
    assertEquals(new PoolStats.Accounts(1, 0, 1), ledger.counts());
    assertTrue(ledger.readmit(A));
    assertEquals(new PoolStats.Accounts(2, 0, 0), ledger.counts());
  }

  @Test
  void constructor_refusesNoneAndDuplicates() {
    assertThrows(IllegalArgumentException.class, () -> new AccountLedger(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AccountLedger(List.of(A, new WorkerAccount("c", 1, 3))));
  }
}
