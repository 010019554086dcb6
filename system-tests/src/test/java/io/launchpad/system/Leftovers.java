// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What of the host outlives a process: mounts and control groups. Others may have some too.
final class Leftovers {
  private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");
  private static final int DEPTH = 8;
  private static final String OF_A_BROKER = "launchpad-broker-";

  private Leftovers() {}

  /// The host's mounts that are of a service in this folder.
  static List<String> mounts(Path folder) {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return mounts.filter(mount -> mount.contains(folder.toString())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Path> groupsOfBrokers() {
    var found = new HashSet<Path>();
    addGroups(CONTROL_GROUPS, DEPTH, found);
    return found;
  }

  /// Not by a walk of the library, which fails when a folder vanishes.
  private static void addGroups(Path folder, int depth, Set<Path> found) {
    for (Path child : foldersIn(folder)) {
      if (child.getFileName().toString().startsWith(OF_A_BROKER)) {
        found.add(child);
      } else if (depth > 0) {
        addGroups(child, depth - 1, found);
      }
    }
  }

  private static List<Path> foldersIn(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (IOException | UncheckedIOException _) {
      return List.of();
    }
  }

  /// The groups of a broker hold nobody but these processes, which are all of its own.
  static void assertGroupsHoldOnly(Set<Long> processes) {
    Set<String> names = brokersOf(processes);
    if (names.size() > 1) {
      throw new AssertionError("processes of one service in the groups of several: " + names);
    }
    var strangers = new HashSet<Long>();
    groupsOfBrokers().stream()
        .filter(group -> names.contains(group.getFileName().toString()))
        .forEach(group -> addMembers(group, strangers));
    strangers.removeAll(processes);
    assertEquals(Set.of(), strangers, "processes in its control groups that are not its own");
  }

  /// The names of the folders that brokers have made for these processes.
  static Set<String> brokersOf(Set<Long> processes) {
    return processes.stream()
        .flatMap(pid -> Processes.controlGroups(pid).stream())
        .flatMap(path -> Arrays.stream(path.split("/", -1)))
        .filter(name -> name.startsWith(OF_A_BROKER))
        .collect(Collectors.toSet());
  }

  /// Nothing is left of brokers with these names.
  static void assertNoGroupsOf(Set<String> brokers) {
    assertEquals(
        List.of(),
        groupsOfBrokers().stream()
            .filter(group -> brokers.contains(group.getFileName().toString()))
            .toList(),
        "control groups left");
  }

  private static void addMembers(Path group, Set<Long> found) {
    try {
      Files.readAllLines(group.resolve("cgroup.procs"))
          .forEach(line -> found.add(Long.valueOf(line)));
    } catch (IOException _) {
      return; // it has gone
    }
    foldersIn(group).forEach(child -> addMembers(child, found));
  }
}
