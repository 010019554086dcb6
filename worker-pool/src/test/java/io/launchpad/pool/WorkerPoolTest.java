// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.PoolFixture.ANN;
import static io.launchpad.pool.PoolFixture.BOB;
import static io.launchpad.pool.PoolFixture.KEY;
import static io.launchpad.pool.PoolFixture.OTHER_KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.pool.PoolFixture.FakeWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerPoolTest {
  private static final PoolConfig.Range NONE = new PoolConfig.Range(0, 0);

  private static PoolFixture parked(int min, int max) {
    return new PoolFixture(PoolFixture.config(new PoolConfig.Range(min, max)), 6);
  }

  private static <T extends PoolException> T refusal(CompletableFuture<?> future, Class<T> type) {
    assertTrue(future.isDone(), "not answered");
    var thrown = assertThrows(ExecutionException.class, future::get);
    return assertInstanceOf(type, thrown.getCause());
  }

  @Test
  void start_parksTheMinimumAtItsOwnPace() {
    var fixture = parked(2, 2);
    assertEquals(1, fixture.pool.snapshot().workers().parked());
    fixture.advance(Duration.ofMillis(10));
    assertEquals(2, fixture.pool.snapshot().workers().parked());
  }

  @Test
  @SuppressWarnings("NullAway") // a step with a defect
  void defectInAStep_losesNoCallThatWasDecidedInIt() {
    var fixture = parked(2, 2);
    fixture.timer.pass(Duration.ofMillis(10));
    assertThrows(NullPointerException.class, () -> fixture.pool.release(null, Outcome.COMPLETED));
    fixture.settle();
    assertEquals(2, fixture.pool.snapshot().workers().parked());
  }

  @Test
  void borrow_isAnsweredInTheCallWhenAWorkerIsParked() {
    var fixture = parked(1, 1);
    var future = fixture.pool.borrow(fixture.request(KEY, ANN, 1));
    assertTrue(future.isDone());
    assertFalse(future.join().cold());
    assertEquals(Duration.ZERO, future.join().waited());
  }

  @Test
  void borrow_startsAWorkerWhenNoneIsParked() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var future = fixture.borrow(ANN);
    fixture.advance(Duration.ofMillis(300));
    fixture.starts.getFirst().succeed();
    fixture.settle();
    assertTrue(future.join().cold());
    assertEquals(Duration.ofMillis(300), future.join().waited());
    assertEquals(Duration.ofMillis(300), future.join().startTook());
  }

  @Test
  void release_killsTheWorkerAndGivesItsAccountBackOnlyWhenItIsGone() {
    var fixture = parked(0, 0);
    var lease = fixture.borrow(ANN).join();
    lease.release(Outcome.FAILED);
    lease.close();
    fixture.settle();
    assertEquals(List.of(new EndCause.Used(Outcome.FAILED)), lease.worker().kills);
    assertEquals(5, fixture.pool.snapshot().accounts().free());
    assertEquals(1, fixture.pool.snapshot().workers().ending());
    lease.worker().exit();
    fixture.settle();
    assertEquals(6, fixture.pool.snapshot().accounts().free());
    assertEquals(0, fixture.pool.snapshot().sessions());
  }

  @Test
  void exit_endsTheSlotButNotTheSessionWhenTheWorkerDiesFirst() {
    var fixture = parked(0, 0);
    var lease = fixture.borrow(ANN).join();
    lease.worker().exit();
    fixture.settle();
    assertEquals(0, fixture.pool.snapshot().workers().slots());
    assertEquals(1, fixture.pool.snapshot().sessions());
    lease.close();
    assertEquals(0, fixture.pool.snapshot().sessions());
  }

  @Test
  void exit_quarantinesTheAccountUntilReadmittedWhenItIsNotClean() {
    var fixture = parked(0, 0);
    var lease = fixture.borrow(ANN).join();
    lease.close();
    lease.worker().exited.complete(new WorkerExit(false, "folder not wiped"));
    fixture.settle();
    assertEquals(1, fixture.pool.snapshot().accounts().quarantined());
    assertTrue(fixture.pool.readmit(lease.account()));
    assertFalse(fixture.pool.readmit(lease.account()));
    assertEquals(6, fixture.pool.snapshot().accounts().free());
  }

  @Test
  void borrow_replacesADeadWorkerSilentlyWhenAnotherIsParked() {
    var fixture = parked(2, 2);
    fixture.advance(Duration.ofSeconds(1));
    fixture.starts.get(1).stage().join().alive = false;
    var lease = fixture.borrow(ANN).join();
    assertEquals(1, lease.generation());
    assertEquals(List.of(EndCause.Unwanted.DEAD), fixture.starts.get(1).stage().join().kills);
  }

  @Test
  void replaceDead_givesAnotherWorkerOnceAndThenFails() {
    var fixture = parked(2, 2);
    fixture.advance(Duration.ofSeconds(1));
    var second = fixture.borrow(ANN).join().replaceDead();
    fixture.settle();
    assertEquals(1, second.join().generation()); // the other parked one
    var third = second.join().replaceDead();
    fixture.settle();
    refusal(third, PoolException.StartFailed.class);
    assertThrows(IllegalStateException.class, () -> second.join().replaceDead());
  }

  @Test
  void refill_waitsUntilTheCallIsLikelyToBeOver() {
    var fixture = parked(2, 2);
    fixture.advance(Duration.ofSeconds(1));
    var _ = fixture.borrow(ANN).join();
    fixture.advance(Duration.ofMillis(9));
    assertEquals(2, fixture.starts.size());
    fixture.advance(Duration.ofMillis(1));
    assertEquals(3, fixture.starts.size());
  }

  @Test
  void refill_beginsAtOnceWhenNothingIsParkedAnyMore() {
    var fixture = parked(1, 1);
    fixture.advance(Duration.ofSeconds(1));
    var _ = fixture.borrow(ANN).join();
    assertEquals(2, fixture.starts.size());
  }

  @Test
  void refill_startsNoMoreAtOnceThanConfigured() {
    var fixture = parked(4, 4);
    fixture.automatic = false;
    fixture.advance(Duration.ofSeconds(1));
    assertEquals(3, fixture.starts.size()); // the first has succeeded
    fixture.starts.get(1).succeed();
    fixture.settle();
    assertEquals(4, fixture.starts.size());
  }

  @Test
  void stopRefilling_givesUpWhatNobodyWaitsForAndStartsNoMoreOfIt() {
    var fixture = parked(2, 2);
    fixture.automatic = false;
    fixture.advance(Duration.ofSeconds(1));
    var lease = fixture.borrow(ANN).join();
    fixture.advance(Duration.ofSeconds(1));
    int begun = fixture.starts.size();
    fixture.pool.stopRefilling();
    fixture.advance(Duration.ofSeconds(1));
    assertFalse(fixture.abandoned.isEmpty());
    lease.close();
    fixture.advance(Duration.ofMinutes(1));
    assertEquals(begun, fixture.starts.size());
    var _ = fixture.borrow(ANN);
    var _ = fixture.borrow(ANN);
    fixture.advance(Duration.ofSeconds(1));
    assertTrue(fixture.starts.size() > begun); // for who waits, all the same
  }

  @Test
  void start_tellsWhetherARequestWaits() {
    var parked = parked(1, 1);
    parked.settle();
    assertEquals(StartPurpose.PARKING, parked.starts.getFirst().purpose());
    var cold = parked(0, 0);
    var _ = cold.borrow(ANN);
    cold.settle();
    assertEquals(StartPurpose.REQUEST, cold.starts.getFirst().purpose());
  }

  @Test
  void borrowAll_takesAllOrNoneWhenSlotsAreShort() {
    var fixture = parked(0, 0);
    var one = fixture.borrow(ANN).join();
    var four = fixture.borrowAll(KEY, BOB, 4);
    assertFalse(four.isDone());
    assertEquals(1, fixture.pool.snapshot().sessions());
    fixture.finish(one);
    assertEquals(List.of(0, 1, 2, 3), four.join().stream().map(WorkerLease::task).toList());
  }

  @Test
  void borrowAll_isNotOvertakenByALaterRequestOfAnotherWhenAWorkerParks() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var both = fixture.borrowAll(KEY, ANN, 2);
    var later = fixture.borrow(BOB);
    assertEquals(3, fixture.starts.size());
    fixture.starts.get(0).succeed();
    fixture.settle();
    assertFalse(both.isDone());
    assertFalse(later.isDone(), "the first worker went to who came last");
    fixture.starts.get(1).succeed();
    fixture.settle();
    assertEquals(2, both.join().size());
    assertFalse(later.isDone());
    fixture.starts.get(2).succeed();
    fixture.settle();
    assertEquals(BOB, later.join().identity());
  }

  @Test
  void borrow_isRejectedAtOnceWhenItCouldNeverBeServed() {
    var config = PoolFixture.config(NONE, 4, 3, Map.of("small", 2), 10);
    var fixture = new PoolFixture(config, 6);
    var byIdentity = fixture.borrowAll(KEY, ANN, 4);
    var byPool = fixture.borrowAll(OTHER_KEY, ANN, 3);
    assertEquals(
        Limit.SESSIONS_PER_IDENTITY, refusal(byIdentity, PoolException.Rejected.class).limit());
    var rejected = refusal(byPool, PoolException.Rejected.class);
    assertEquals(Limit.SESSIONS_PER_RESOURCE_POOL, rejected.limit());
    assertEquals(3, rejected.asked());
    assertEquals(2, rejected.allowed());
  }

  @Test
  void borrow_passesOverWhoIsAtItsOwnLimit() {
    var fixture = new PoolFixture(PoolFixture.config(NONE, 4, 1, Map.of(), 10), 6);
    fixture.borrow(ANN).join();
    var annAgain = fixture.borrow(ANN);
    assertTrue(fixture.borrow(BOB).isDone());
    assertFalse(annAgain.isDone());
  }

  @Test
  void borrow_takesTurnsBetweenIdentitiesWhenSessionsAreShort() {
    var fixture = new PoolFixture(PoolFixture.config(NONE, 1, 1, Map.of(), 10), 6);
    var first = fixture.borrow(ANN).join();
    var ann1 = fixture.borrow(ANN);
    var ann2 = fixture.borrow(ANN);
    var bob = fixture.borrow(BOB);
    fixture.finish(first);
    assertTrue(ann1.isDone());
    fixture.finish(ann1.join());
    assertTrue(bob.isDone());
    assertFalse(ann2.isDone());
  }

  @Test
  void borrow_isRefusedWhenTheQueueIsFull() {
    var fixture = new PoolFixture(PoolFixture.config(NONE, 1, 1, Map.of(), 3), 6);
    fixture.borrow(ANN).join();
    fixture.borrow(ANN);
    fixture.borrow(ANN);
    var own = refusal(fixture.borrow(ANN), PoolException.QueueFull.class);
    assertEquals(Limit.QUEUE_PER_IDENTITY, own.limit());
    fixture.borrow(BOB);
    var all = refusal(fixture.borrow(BOB), PoolException.QueueFull.class);
    assertEquals(Limit.QUEUE, all.limit());
    assertEquals(3, all.waiting());
    assertEquals(3, fixture.pool.snapshot().waiting());
  }

  @Test
  void borrow_timesOutWithTheCountsAndTheLastStartFailure() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var future = fixture.borrow(ANN);
    fixture.starts.getFirst().stage().completeExceptionally(new IllegalStateException("no fork"));
    fixture.advance(Duration.ofSeconds(1));
    assertFalse(future.isDone());
    // The second start hangs; it is given up after 2 s, the third one after 2 s more, which is one
    // failure too many.
    fixture.advance(Duration.ofSeconds(30));
    var failed = refusal(future, PoolException.StartFailed.class);
    assertEquals(3, failed.consecutive());
    var late = fixture.pool.borrow(new LeaseRequest(KEY, ANN, "late", fixture.timer.nanoTime(), 1));
    fixture.advance(Duration.ZERO);
    var timeout = refusal(late, PoolException.WaitTimeout.class);
    assertEquals(KEY, timeout.key());
    assertTrue(String.valueOf(timeout.getMessage()).contains("waiting=1"), timeout.getMessage());
  }

  @Test
  void cancel_withdrawsTheRequest() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var future = fixture.borrow(ANN);
    future.cancel(false);
    assertEquals(0, fixture.pool.snapshot().waiting());
    var worker = fixture.starts.getFirst().succeed();
    fixture.settle();
    assertEquals(List.of(EndCause.Unwanted.SURPLUS), worker.kills);
  }

  @Test
  void hangingStart_givesItsSlotBackAndKeepsItsAccountInQuarantine() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    fixture.borrow(ANN).cancel(false);
    fixture.advance(Duration.ofSeconds(2));
    PoolStats stats = fixture.pool.snapshot();
    assertEquals(0, stats.workers().slots());
    assertEquals(1, stats.abandoned());
    assertEquals(1, stats.accounts().quarantined());
    assertEquals(List.of(1L), fixture.abandoned);
    assertEquals(List.of("quarantined launchpad00"), fixture.events);
    assertFalse(fixture.pool.readmit(fixture.starts.getFirst().account()));
    var late = fixture.starts.getFirst().succeed();
    fixture.settle();
    assertEquals(List.of(EndCause.Unwanted.LATE), late.kills);
    late.exit();
    fixture.settle();
    assertEquals(6, fixture.pool.snapshot().accounts().free());
  }

  @Test
  void borrow_endsAParkedWorkerOfAnotherKeyWhenItNeedsTheSlot() {
    var fixture = parked(4, 4);
    fixture.advance(Duration.ofSeconds(1));
    var future = fixture.borrowAll(OTHER_KEY, ANN, 1);
    var evicted = fixture.starts.getFirst().stage().join();
    assertEquals(List.of(EndCause.Unwanted.EVICTED), evicted.kills);
    evicted.exit();
    fixture.settle();
    assertTrue(future.isDone());
  }

  @Test
  void parked_growsOnColdStartsAndShrinksWhenIdle() {
    var fixture = parked(1, 3);
    var leases = fixture.borrowAll(KEY, ANN, 3).join();
    leases.forEach(fixture::finish);
    fixture.advance(Duration.ofSeconds(1));
    assertEquals(3, fixture.pool.snapshot().workers().parked());
    fixture.advance(Duration.ofMinutes(1));
    fixture.starts.stream()
        .map(start -> start.stage().join())
        .filter(worker -> worker.kills.contains(EndCause.Unwanted.IDLE))
        .forEach(FakeWorker::exit);
    fixture.settle();
    assertEquals(1, fixture.pool.snapshot().workers().slots());
  }

  @ParameterizedTest
  @CsvSource({"NEWEST,1", "OLDEST,0"})
  void borrow_takesTheParkedWorkerThatTheKeySays(PoolConfig.Range.Next next, int taken) {
    var range = new PoolConfig.Range(2, 2, next);
    var fixture = new PoolFixture(PoolFixture.config(range), 6);
    fixture.advance(Duration.ofMillis(30));
    assertEquals(fixture.starts.get(taken).stage().join(), fixture.borrow(ANN).join().worker());
  }

  @Test
  void endOutdated_endsTheOldestThatAreAndRefillingReplacesThem() {
    var fixture = parked(3, 3);
    fixture.advance(Duration.ofMillis(30));
    var workers = fixture.starts.stream().map(start -> start.stage().join()).toList();
    assertEquals(1, fixture.pool.endOutdated(worker -> worker != workers.get(0), 1));
    fixture.settle();
    assertEquals(List.of(), workers.get(0).kills);
    assertEquals(List.of(EndCause.Unwanted.OUTDATED), workers.get(1).kills);
    assertEquals(List.of(), workers.get(2).kills);
    workers.get(1).exit();
    fixture.advance(Duration.ofMillis(10));
    assertEquals(3, fixture.pool.snapshot().workers().parked());
    assertEquals(4, fixture.starts.size());
  }

  @Test
  void endOutdated_leavesLeasedOnesAlone() {
    var fixture = parked(1, 1);
    var lease = fixture.borrow(ANN).join();
    fixture.advance(Duration.ofMillis(10));
    assertEquals(
        0, fixture.pool.endOutdated(worker -> worker == lease.worker(), Integer.MAX_VALUE));
    fixture.settle();
    assertEquals(List.of(), lease.worker().kills);
  }

  @Test
  void shed_endsParkedWorkersAndRestsRefilling() {
    var fixture = parked(2, 2);
    fixture.advance(Duration.ofSeconds(1));
    assertEquals(2, fixture.pool.shed(5));
    fixture.advance(Duration.ofSeconds(4));
    assertEquals(2, fixture.starts.size());
    fixture.advance(Duration.ofSeconds(2));
    assertEquals(4, fixture.starts.size());
  }

  @Test
  void leak_isReportedOnce() {
    var fixture = parked(0, 0);
    fixture.borrow(ANN).join();
    fixture.advance(Duration.ofHours(1));
    assertEquals(List.of("leaked r0 PT10M"), fixture.events);
  }

  @Test
  void stuckWorker_isKilledAgainAfterTheEndDeadline() {
    var fixture = parked(0, 0);
    var lease = fixture.borrow(ANN).join();
    lease.close();
    fixture.advance(Duration.ofSeconds(3));
    assertEquals(2, lease.worker().kills.size());
    assertEquals(List.of("stuck 1"), fixture.events);
  }

  @Test
  void drain_refusesWaitersAndKillsSessionsAfterTheGrace() {
    var fixture = new PoolFixture(PoolFixture.config(NONE, 1, 1, Map.of(), 3), 6);
    var lease = fixture.borrow(ANN).join();
    var waiting = fixture.borrow(BOB);
    var drained = fixture.pool.drain(Duration.ofSeconds(5));
    fixture.settle();
    refusal(waiting, PoolException.ShuttingDown.class);
    refusal(fixture.borrow(BOB), PoolException.ShuttingDown.class);
    assertEquals(List.of(), lease.worker().kills);
    fixture.advance(Duration.ofSeconds(5));
    assertEquals(List.of(EndCause.Unwanted.DRAINED), lease.worker().kills);
    assertFalse(drained.isDone());
    lease.worker().exit();
    fixture.settle();
    assertEquals(0, drained.join().workers().slots());
  }

  @Test
  void drain_abandonsStartsWithoutAnIncident() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var waiting = fixture.borrow(ANN);
    var drained = fixture.pool.drain(Duration.ZERO);
    fixture.settle();
    refusal(waiting, PoolException.ShuttingDown.class);
    assertEquals(List.of(1L), fixture.abandoned);
    fixture.starts.getFirst().stage().completeExceptionally(new IllegalStateException("given up"));
    fixture.settle();
    assertEquals(6, drained.join().accounts().free());
    assertEquals(List.of(), fixture.events);
  }

  @Test
  void drain_endsWithTheCountsWhenAWorkerDoesNotEnd() {
    var fixture = parked(1, 1);
    var drained = fixture.pool.drain(Duration.ZERO);
    fixture.advance(Duration.ofSeconds(3));
    assertEquals(1, drained.join().workers().ending());
  }

  @Test
  void factoryEnd_refusesWhoWaitsAndWhoComes() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var waiting = fixture.borrow(ANN);
    fixture.ended.complete("the broker has ended");
    fixture.settle();
    var refusal = refusal(waiting, PoolException.FactoryEnded.class);
    assertEquals("no worker can be started any more: the broker has ended", refusal.getMessage());
    refusal(fixture.borrow(BOB), PoolException.FactoryEnded.class);
    assertEquals(List.of("factory ended: the broker has ended"), fixture.events);
  }

  @Test
  void factoryEnd_endsEveryWorkerAndStartsNone() {
    var fixture = parked(2, 2);
    fixture.advance(Duration.ofMillis(10));
    var lease = fixture.borrow(ANN).join();
    int before = fixture.starts.size();
    fixture.ended.complete("the broker has ended");
    fixture.advance(Duration.ofMinutes(1));
    assertEquals(before, fixture.starts.size());
    var stats = fixture.pool.snapshot();
    assertEquals(0, stats.workers().slots() + stats.abandoned());
    assertEquals(new PoolStats.Accounts(4, 0, 2), stats.accounts());
    // The session is its holder's, and ends with the lease.
    assertEquals(1, stats.sessions());
    lease.close();
    assertEquals(0, fixture.pool.snapshot().sessions());
  }

  @Test
  void factoryEnd_isNotFollowedByAStartThatWasDecidedBefore() {
    var fixture = parked(0, 0);
    fixture.pool.borrow(fixture.request(KEY, ANN, 1));
    fixture.ended.complete("the broker has ended");
    fixture.settle();
    assertEquals(List.of(), fixture.starts);
  }

  /// What is reported after it is of workers that nobody has any more.
  @Test
  void factoryEnd_isTheLastWord() {
    var fixture = parked(0, 0);
    var lease = fixture.borrow(ANN).join();
    fixture.automatic = false;
    var late = fixture.borrow(BOB);
    fixture.ended.complete("the broker has ended");
    fixture.settle();
    var worker = fixture.starts.getLast().succeed();
    lease.worker().exit();
    fixture.settle();
    refusal(late, PoolException.FactoryEnded.class);
    assertEquals(List.of(EndCause.Unwanted.LATE), worker.kills);
    assertEquals(new PoolStats.Accounts(4, 0, 2), fixture.pool.snapshot().accounts());
    var drained = fixture.pool.drain(Duration.ofMinutes(1));
    fixture.settle();
    assertTrue(drained.isDone());
  }

  @Test
  @Timeout(10)
  void close_refusesEverybodyAndReturnsWhenTheLastWorkerIsGone() {
    var fixture = parked(2, 2);
    fixture.advance(Duration.ofMillis(10));
    var lease = fixture.borrow(ANN).join();
    fixture.starts.forEach(start -> start.stage().join().endsWhenKilled = true);
    fixture.inline = true;
    fixture.pool.close();
    assertEquals(List.of(EndCause.Unwanted.DRAINED), lease.worker().kills);
    assertEquals(0, fixture.pool.snapshot().workers().slots());
    refusal(fixture.borrow(BOB), PoolException.ShuttingDown.class);
    lease.close();
    assertEquals(6, fixture.pool.snapshot().accounts().free());
    assertEquals(0, fixture.pool.snapshot().sessions());
    fixture.pool.close();
  }

  @Test
  void secondWorkerOfOneStart_isKilledAndItsExitMeansNothing() {
    var fixture = parked(0, 0);
    fixture.automatic = false;
    var second = new FakeWorker(new WorkerAccount("launchpad00", 7000, 7000));
    fixture.stages.add(
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<FakeWorker> whenComplete(
              BiConsumer<? super FakeWorker, ? super Throwable> action) {
            return super.whenComplete((first, failure) -> {
              action.accept(first, failure);
              action.accept(second, null);
            });
          }
        });
    var lease = fixture.borrow(ANN);
    fixture.starts.getFirst().succeed();
    fixture.settle();
    assertEquals(List.of(EndCause.Unwanted.LATE), second.kills);
    second.exit();
    fixture.settle();
    assertTrue(lease.join().worker().isAlive());
    assertEquals(1, fixture.pool.snapshot().workers().leased());
    assertEquals(5, fixture.pool.snapshot().accounts().free());
  }
}
