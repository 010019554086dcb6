// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Sets of capabilities as the kernel shows them, a bit for each.
final class Capabilities {

  /// In the order of their numbers in linux/capability.h.
  private static final List<String> NAMES =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETPCAP",
          "CAP_LINUX_IMMUTABLE",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_ADMIN",
          "CAP_NET_RAW",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_SYS_MODULE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_CHROOT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_PACCT",
          "CAP_SYS_ADMIN");

  static final long KILL = 1L << NAMES.indexOf("CAP_KILL");

  private Capabilities() {}

  /// One of a process's sets, as `CapEff`.
  static long of(ProcessHandle process, String set) throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      if (line.startsWith(set + ":\t")) {
        return Long.parseUnsignedLong(line.substring(set.length() + 2), 16);
      }
    }
    throw new AssertionError("no " + set + " of " + process);
  }

  /// Waits until a process has this set, or for half a minute.
  static void await(ProcessHandle process, String set, long expected)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (of(process, set) != expected && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  /// What this process could have handed on.
  static long own() throws IOException {
    return of(ProcessHandle.current(), "CapPrm");
  }

  /// `CapabilityBoundingSet` of the service's unit.
  static long listedInTheUnit() throws IOException {
    Path unit =
        Path.of(System.getProperty("launchpad.root"), "ops", "systemd", "launchpad.service");
    String key = "CapabilityBoundingSet=";
    long set = 0;
    for (String line : Files.readAllLines(unit)) {
      if (line.startsWith(key)) {
        for (String name : line.substring(key.length()).split(" ", -1)) {
          int number = NAMES.indexOf(name);
          if (number < 0) {
            throw new AssertionError("no number for " + name);
          }
          set |= 1L << number;
        }
      }
    }
    return set;
  }
}
