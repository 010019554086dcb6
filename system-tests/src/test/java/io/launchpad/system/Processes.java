// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the kernel says of processes. Whatever vanishes while it is looked at is not there.
final class Processes {
  private static final Path PROC = Path.of("/proc");
  private static final Pattern UID = Pattern.compile("^Uid:\\s+(\\d+)", Pattern.MULTILINE);
  private static final Pattern PARENT = Pattern.compile("^PPid:\\s+(\\d+)", Pattern.MULTILINE);
  private static final Pattern RESIDENT =
      Pattern.compile("^VmRSS:\\s+(\\d+) kB", Pattern.MULTILINE);

  private Processes() {}

  /// Every process of the machine; zombies too, which are not gone before they are reaped.
  static List<Long> all() {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> Character.isDigit(name.charAt(0)))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean environmentHolds(long pid, String entry) {
    return read(pid, "environ").map(text -> text.contains(entry)).orElse(false);
  }

  static long uid(long pid) {
    return field(pid, UID).orElse(-1L);
  }

  static long parent(long pid) {
    return field(pid, PARENT).orElse(-1L);
  }

  /// When it was started, which tells it from a later one of the same number.
  static Optional<String> born(long pid) {
    return afterName(pid).map(fields -> fields[19]);
  }

  /// The paths of the groups it is in, one for each hierarchy.
  static List<String> controlGroups(long pid) {
    return read(pid, "cgroup").stream()
        .flatMap(String::lines)
        .map(line -> line.substring(line.lastIndexOf(':') + 1))
        .toList();
  }

  static boolean isZombie(long pid) {
    return afterName(pid).map(fields -> fields[0].equals("Z")).orElse(true);
  }

  /// The fields of its `stat` from the third on; the second may hold anything.
  private static Optional<String[]> afterName(long pid) {
    return read(pid, "stat").map(text -> text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
  }

  static long residentBytes(long pid) {
    return field(pid, RESIDENT).orElse(0L) * 1024;
  }

  static List<Long> children(long pid) {
    return all().stream().filter(other -> parent(other) == pid).toList();
  }

  static int descriptors(long pid) {
    try (Stream<Path> descriptors = Files.list(PROC.resolve(pid + "/fd"))) {
      return (int) descriptors.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What it calls itself: at most 15 characters, which its forks keep.
  static Optional<String> name(long pid) {
    try {
      return Optional.of(Files.readString(PROC.resolve(pid + "/comm")).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// One line to recognise it by in a failure.
  static String describe(long pid) {
    return pid
        + " (uid "
        + uid(pid)
        + ", parent "
        + parent(pid)
        + "): "
        + read(pid, "cmdline").map(text -> text.replace('\0', ' ')).orElse("?");
  }

  /// SIGKILL.
  static void kill(long pid) {
    ProcessHandle.of(pid)
        .orElseThrow(() -> new AssertionError("no process " + pid))
        .destroyForcibly();
  }

  private static Optional<Long> field(long pid, Pattern pattern) {
    return read(pid, "status")
        .map(pattern::matcher)
        .filter(Matcher::find)
        .map(matcher -> Long.valueOf(matcher.group(1)));
  }

  private static Optional<String> read(long pid, String file) {
    try {
      return Optional.of(
          Files.readString(PROC.resolve(pid + "/" + file), StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
