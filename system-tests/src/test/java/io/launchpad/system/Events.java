// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.client.ExecutionListener;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What an engine hears while its script runs, kept and waited for.
final class Events implements ExecutionListener {
  private final List<Message.Output> printed = new ArrayList<>();
  private Message.@Nullable Queued queued;
  private Message.@Nullable Started started;
  private boolean ended;
  private @Nullable Throwable failure;

  @Override
  public synchronized void queued(Message.Queued message) {
    queued = message;
    notifyAll();
  }

  @Override
  public synchronized void started(Message.Started message) {
    started = message;
    notifyAll();
  }

  @Override
  public synchronized void printed(Message.Output message) {
    printed.add(message);
    notifyAll();
  }

  /// Nothing is heard after this.
  synchronized void ended(@Nullable Throwable how) {
    ended = true;
    failure = how;
    notifyAll();
  }

  synchronized void awaitQueued() throws InterruptedException {
    await("a place in the queue", () -> queued != null);
  }

  /// Waits for the message that a satellite has the script.
  synchronized Message.Started awaitStarted() throws InterruptedException {
    await("the start", () -> started != null);
    return Objects.requireNonNull(started);
  }

  /// Waits for a whole line of the form `NAME=VALUE`; gives the value.
  synchronized String awaitPrinted(String name) throws InterruptedException {
    String start = name + "=";
    await(
        "print of " + start,
        () -> text().lines().anyMatch(line -> line.startsWith(start)) && text().endsWith("\n"));
    return text()
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow()
        .substring(start.length());
  }

  private void await(String what, BooleanSupplier reached) throws InterruptedException {
    if (!comes(reached)) {
      throw new AssertionError("never came: " + what + "; printed: " + text(), failure);
    }
  }

  private boolean comes(BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + Deadline.LONG.toNanos();
    while (!reached.getAsBoolean()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (ended || left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /// Waits for a print that holds the text, or for the end.
  synchronized void awaitPrintedOrEnd(String text) throws InterruptedException {
    var _ = comes(() -> text().contains(text));
  }

  /// Whether anything came of the script: it was handed over, or printed.
  synchronized boolean showsASign() {
    return started != null || !printed.isEmpty();
  }

  /// All that was printed, in order of arrival.
  synchronized String text() {
    return printed.stream().map(Message.Output::text).collect(Collectors.joining());
  }

  synchronized String text(OutputChannel channel, OutputSource source) {
    return printed.stream()
        .filter(output -> output.channel() == channel && output.source() == source)
        .map(Message.Output::text)
        .collect(Collectors.joining());
  }

  synchronized long droppedBytes() {
    return printed.stream().mapToLong(Message.Output::droppedBytes).sum();
  }
}
