// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.system.ChaosPlan.Kill;
import io.launchpad.system.ChaosPlan.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A service and its service manager: when the broker's process ends, the manager waits until the
/// rest is gone and starts it again, as systemd does.
final class ChaosService implements AutoCloseable {
  private final Thread manager =
      Thread.ofPlatform().name("service manager").unstarted(this::manage);
  private ServiceUnderTest current;
  private final List<Long> killed = new CopyOnWriteArrayList<>();
  private boolean up = true;
  private boolean closing;
  private @Nullable Throwable failure;

  private ChaosService(ServiceUnderTest first) {
    current = first;
  }

  static ChaosService start(Settings settings) throws Exception {
    var service = new ChaosService(ServiceUnderTest.start(settings));
    service.manager.start();
    return service;
  }

  private void manage() {
    try {
      while (true) {
        ServiceUnderTest ended = current();
        ended.awaitExit();
        synchronized (this) {
          up = false;
          if (closing) {
            return;
          }
        }
        ended.awaitNoProcess();
        ServiceUnderTest next = ended.startNext();
        synchronized (this) {
          current = next;
          up = true;
          notifyAll();
        }
      }
    } catch (Throwable e) {
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    }
  }

  /// The last that was started.
  synchronized ServiceUnderTest current() {
    return current;
  }

  /// The one that runs; after a kill, the next one.
  synchronized ServiceUnderTest awaitUp() throws InterruptedException {
    long end = System.nanoTime() + 2 * Deadline.LONG.toNanos();
    while (!up || !current.isRunning()) {
      if (failure != null) {
        throw new AssertionError("the service manager could not start it again", failure);
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("the service does not come back:\n" + current.log().all());
      }
      wait(Math.min(left, 20));
    }
    return current;
  }

  /// SIGKILL for whom the plan says.
  ///
  /// @return what was killed; null when there was nobody of that kind
  synchronized @Nullable String kill(Kill kill) {
    if (!up || !current.isRunning()) {
      return null;
    }
    List<Long> choice = new ArrayList<>(ofKind(kill.target(), current));
    if (choice.isEmpty()) {
      return null;
    }
    choice.sort(Comparator.naturalOrder());
    long pid = choice.get(kill.among() % choice.size());
    up = !kill.target().takesAll();
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    killed.add(pid);
    return kill.target() + " " + pid;
  }

  /// Waits until whoever was killed is dead. A zygote is so only after everything it had forked.
  void awaitDeaths() {
    Deadline.await("the ends of " + killed, () -> killed.stream().allMatch(Processes::isZombie));
    killed.clear(); // their numbers are given again some day
  }

  private static List<Long> ofKind(Target target, ServiceUnderTest service) {
    return switch (target) {
      case BROKER -> List.of(service.broker());
      case SERVICE -> service.children("LAUNCHPAD_BROKER_FD=");
      case ZYGOTE -> service.children("LAUNCHPAD_RUNTIME=");
      case INIT -> inits(service);
      case SATELLITE ->
          inits(service).stream().flatMap(init -> Processes.children(init).stream()).toList();
    };
  }

  private static List<Long> inits(ServiceUnderTest service) {
    return service.children("LAUNCHPAD_RUNTIME=").stream()
        .flatMap(zygote -> Processes.children(zygote).stream())
        .toList();
  }

  /// Ends it, and verifies what every test's end verifies.
  @Override
  public void close() throws IOException {
    ServiceUnderTest last;
    try {
      last = awaitUp();
    } catch (AssertionError | InterruptedException e) {
      last = current(); // of which the end says more
    }
    synchronized (this) {
      closing = true;
    }
    last.close();
    try {
      manager.join(Deadline.LONG);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the service manager ended", e);
    }
    if (failure != null) {
      throw new AssertionError("the service manager failed", failure);
    }
  }
}
