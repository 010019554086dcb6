// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.service.config.DataSize;
import io.launchpad.service.config.ResourcePoolSettings.Limit;
import io.launchpad.service.config.ZygoteSettings;
import io.launchpad.service.launcher.PackageStamp.Mark;
import io.launchpad.service.monitoring.ZygoteObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// When a zygote is replaced and when it is not, with the clock, the disk and the zygotes in the
/// test's hands.
final class SuccessionTest implements ZygoteObserver {
  private static final PackageStamp FIRST = stamp(1);
  private static final PackageStamp SECOND = stamp(2);
  private static final PackageStamp THIRD = stamp(3);
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final FakeZygotes zygotes = new FakeZygotes();
  private final List<Cause> causes = new ArrayList<>();
  private final List<Long> replaced = new ArrayList<>();
  private final List<Long> forked = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private int notStarted;
  private PackageStamp disk = FIRST;
  private long now;
  private final Succession succession =
      new Succession(
          "python",
          zygotes::start,
          () -> disk,
          new ZygoteSettings(
              INTERVAL,
              limit("growth-max", DataSize.mib(8)),
              limit("age-max", Duration.ofHours(1)),
              limit("forks-max", 3L)),
          () -> now,
          this);

  private static <T> Limit<T> limit(String key, T value) {
    return new Limit<>("zygote." + key, Optional.of(value), false);
  }

  private static PackageStamp stamp(long size) {
    return new PackageStamp(Map.of(Path.of("/lib/numpy"), new Mark(size, null, null)));
  }

  @Override
  public void retired(String runtime, Cause cause) {
    causes.add(cause);
  }

  @Override
  public void notStarted(String runtime) {
    notStarted++;
  }

  private void fork() {
    succession.fork(
        zygote -> forked.add(zygote.zygote().id()), failure -> failures.add(failure.getMessage()));
  }

  /// As often as said, an interval later each time.
  private void look(int times) {
    for (int i = 0; i < times; i++) {
      now += INTERVAL.toNanos();
      succession.check(old -> replaced.add(old.zygote().id()));
    }
  }

  private void serveWithTheFirst() {
    fork();
    zygotes.last().becomeReady();
    look(3);
    assertEquals(List.of(1L), forked);
    assertEquals(1, zygotes.all.size());
  }

  @Test
  void fork_waitsForTheFirstZygote() {
    fork();
    fork();
    assertEquals(List.of(), forked);
    zygotes.last().becomeReady();
    assertEquals(List.of(1L, 1L), forked);
    assertEquals(1, zygotes.all.size());
  }

  @Test
  void fork_startsAnotherAfterOneThatFailedOrEnded() {
    fork();
    zygotes.last().fail("no numpy");
    assertEquals(List.of("no numpy"), failures);
    fork();
    zygotes.last().becomeReady();
    zygotes.last().exit();
    fork();
    zygotes.last().becomeReady();
    assertEquals(List.of(2L, 3L), forked);
    assertEquals(1, notStarted);
  }

  @Test
  void changedPackages_replaceAZygoteOnceTheyHaveSettled() {
    serveWithTheFirst();
    disk = SECOND;
    look(1);
    disk = THIRD; // the installation goes on
    look(1);
    assertEquals(1, zygotes.all.size());
    look(1);
    assertEquals(2, zygotes.all.size());
    fork();
    assertEquals(List.of(1L, 1L), forked, "the old one goes on until the new one is ready");
    assertFalse(zygotes.all.getFirst().retired);
    zygotes.last().becomeReady();
    assertTrue(zygotes.all.getFirst().retired);
    assertEquals(List.of(1L), replaced);
    assertEquals(List.of(Cause.PACKAGES), causes);
    assertTrue(succession.retired().getFirst().isOutdated());
    fork();
    assertEquals(List.of(1L, 1L, 2L), forked);
    zygotes.all.getFirst().exit();
    assertEquals(List.of(), succession.retired());
    look(10);
    assertEquals(2, zygotes.all.size());
  }

  @Test
  void changedPackages_replaceNoZygoteThatIsNew() {
    fork();
    zygotes.last().becomeReady();
    disk = SECOND;
    look(2);
    assertEquals(1, zygotes.all.size());
    look(1);
    assertEquals(2, zygotes.all.size());
  }

  @Test
  void growth_replacesAZygoteWhoseSatellitesAreUsedUp() {
    serveWithTheFirst();
    zygotes.last().memory = 9 << 20;
    look(1);
    assertEquals(1, zygotes.all.size(), "not more than it may");
    zygotes.last().memory = (9 << 20) + 1;
    look(1);
    assertEquals(2, zygotes.all.size());
    zygotes.last().becomeReady();
    assertEquals(List.of(Cause.GROWTH), causes);
    assertFalse(succession.retired().getFirst().isOutdated());
  }

  @Test
  void age_replacesAZygote() {
    serveWithTheFirst();
    now += Duration.ofHours(1).toNanos();
    look(1);
    zygotes.last().becomeReady();
    assertEquals(List.of(Cause.AGE), causes);
  }

  @Test
  void forks_replaceAZygote() {
    serveWithTheFirst();
    fork();
    look(1);
    assertEquals(1, zygotes.all.size());
    fork();
    look(1);
    zygotes.last().becomeReady();
    assertEquals(List.of(Cause.FORKS), causes);
    assertEquals(0, succession.figures().forks());
    assertEquals(1, succession.figures().retired());
  }

  @Test
  void replacementThatFails_isTriedMoreAndMoreSeldomWhileTheOldOneGoesOn() {
    serveWithTheFirst();
    disk = SECOND;
    look(2);
    var attempts = new ArrayList<Integer>();
    for (int look = 0; look <= 100; look++) {
      if (!zygotes.last().ready.isDone()) {
        attempts.add(look);
        zygotes.last().fail("half an installation");
      }
      look(1);
    }
    // At intervals of 10 s: after 20, 40, 80, 160 s, and then every 300 s.
    assertEquals(List.of(0, 2, 6, 14, 30, 60, 90), attempts);
    assertEquals(attempts.size(), notStarted);
    fork();
    assertEquals(List.of(1L, 1L), forked);
    assertEquals(List.of(), failures);
    assertEquals(List.of(), causes);
  }

  @Test
  void replacementThatFailed_isTriedAtOnceWhenThePackagesAreMended() {
    serveWithTheFirst();
    disk = SECOND;
    look(2);
    zygotes.last().fail("half an installation");
    disk = THIRD;
    look(2);
    assertEquals(3, zygotes.all.size());
    zygotes.last().becomeReady();
    assertEquals(List.of(Cause.PACKAGES), causes);
  }

  @Test
  void packagesThatArePutBack_needNoReplacement() {
    serveWithTheFirst();
    disk = SECOND;
    look(2);
    zygotes.last().fail("half an installation");
    disk = FIRST;
    look(100);
    assertEquals(2, zygotes.all.size());
  }

  @Test
  void zygoteThatDied_leavesCallsThatSayWhatHasChanged() {
    serveWithTheFirst();
    disk = SECOND;
    look(2);
    zygotes.last().fail("no numpy.core");
    zygotes.all.getFirst().exit();
    fork();
    zygotes.last().fail("no numpy.core");
    assertEquals(
        List.of(
            "runtime python does not start since its packages have changed (changed /lib/numpy):"
                + " no numpy.core"),
        failures);
  }

  @Test
  void zygoteThatDied_isFollowedByTheOneThatIsBeingStarted() {
    serveWithTheFirst();
    disk = SECOND;
    look(2);
    zygotes.all.getFirst().exit();
    fork();
    assertEquals(2, zygotes.all.size());
    zygotes.last().becomeReady();
    assertEquals(List.of(1L, 2L), forked);
    assertEquals(List.of(), succession.retired());
  }

  @Test
  void end_retiresAllAndStartsNoneAnyMore() {
    serveWithTheFirst();
    disk = SECOND;
    look(2);
    zygotes.last().becomeReady();
    disk = THIRD;
    look(3);
    assertEquals(3, zygotes.all.size());
    var ends = succession.end();
    assertEquals(2, ends.size());
    zygotes.last().becomeReady();
    zygotes.all.forEach(zygote -> assertTrue(zygote.retired));
    fork();
    assertEquals(List.of("the service is shutting down"), failures);
    look(5);
    assertEquals(3, zygotes.all.size());
  }
}
