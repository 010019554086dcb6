// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final WorkerKey KEY = PoolFixture.KEY;

  private final FairQueue<PoolFixture.FakeWorker> queue = new FairQueue<>();
  private int made;

  private Waiter<PoolFixture.FakeWorker> waiter(String principal) {
    var request =
        new LeaseRequest(KEY, new Identity("engine", principal), "r" + made++, Long.MAX_VALUE, 1);
    return Waiter.of(
        request, Waiter.Reply.one(new CompletableFuture<>()), Duration.ofMinutes(1), 0);
  }

  @Test
  void place_countsTheTurnsOfOthers() {
    var first = waiter("ann");
    var second = waiter("ann");
    var other = waiter("bob");
    List.of(first, second, other).forEach(queue::addLast);
    assertEquals(1, placeOf(first));
    assertEquals(2, placeOf(other), "bob's turn comes between");
    assertEquals(3, placeOf(second));
    queue.serve(first);
    assertEquals(1, placeOf(other));
    assertEquals(0, placeOf(first), "it does not wait any more");
  }

  @Test
  void place_isTheOrderOfVisiting() {
    var random = new Random(7);
    for (int step = 0; step < 2_000; step++) {
      List<Waiter<PoolFixture.FakeWorker>> all = queue.toList();
      switch (random.nextInt(all.isEmpty() ? 1 : 5)) {
        case 0, 1, 2 -> queue.addLast(waiter("p" + random.nextInt(5)));
        case 3 -> queue.serve(all.get(random.nextInt(Math.min(3, all.size()))));
        default -> {
          var returned = all.getFirst();
          queue.serve(returned);
          queue.putBack(returned);
        }
      }
      List<Integer> places = new ArrayList<>();
      List<Integer> expected = new ArrayList<>();
      for (var waiter : queue.toList()) {
        places.add(placeOf(waiter));
        expected.add(expected.size() + 1);
      }
      assertEquals(expected, places, "after step " + step);
    }
  }

  private int placeOf(Waiter<PoolFixture.FakeWorker> waiter) {
    return queue.place(waiter.request.identity(), waiter.request.requestId());
  }
}
