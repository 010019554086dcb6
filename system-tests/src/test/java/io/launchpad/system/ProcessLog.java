// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What a process prints, kept whole and waited for line by line.
final class ProcessLog {
  private static final Pattern COMPLAINT = Pattern.compile(" (WARN|ERROR) |^launchpad-broker: ");

  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  static ProcessLog of(Process process) {
    var log = new ProcessLog();
    Thread.ofVirtual().name("log of " + process.pid()).start(() -> log.read(process.inputReader()));
    return log;
  }

  private void read(BufferedReader reader) {
    try (reader) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("the log cannot be read: " + e);
    }
    end();
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /// Waits for a line that holds the text; fails with everything printed.
  synchronized void await(String text) throws InterruptedException {
    long end = System.nanoTime() + Deadline.LONG.toNanos();
    while (lines.stream().noneMatch(line -> line.contains(text))) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (ended || left <= 0) {
        throw new AssertionError("never printed '" + text + "':\n" + all());
      }
      wait(left);
    }
  }

  synchronized List<String> linesWith(String text) {
    return lines.stream().filter(line -> line.contains(text)).toList();
  }

  /// What a service or its broker found wrong, from the first line that holds the text on.
  synchronized List<String> complaintsSince(String text) {
    return lines.stream()
        .dropWhile(line -> !line.contains(text))
        .filter(line -> COMPLAINT.matcher(line).find())
        .toList();
  }

  synchronized String all() {
    return String.join("\n", lines);
  }
}
