// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.SatelliteOutput;
import io.launchpad.sandbox.Signals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A satellite as the broker reports of it, with the service's ends of its channels.
final class BrokerSatellite implements ParkedSatellite {

  private final BrokerClient client;
  private final long slot;
  private final long generation;
  private final Descriptor control;
  private final Descriptor data;
  private final PumpedOutput output;
  private final CompletableFuture<ExitReport> exited = new CompletableFuture<>();

  /// Keeps questions in the order in which they are waited for.
  private final Object asking = new Object();

  private final Queue<CompletableFuture<Void>> limiting = new ConcurrentLinkedQueue<>();
  private final Queue<CompletableFuture<GroupUsage>> measuring = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  BrokerSatellite(
      BrokerClient client,
      long slot,
      long generation,
      Descriptor control,
      Descriptor data,
      PumpedOutput output) {
    this.client = client;
    this.slot = slot;
    this.generation = generation;
    this.control = control;
    this.data = data;
    this.output = output;
  }

  void limited(String reason) throws IOException {
    var waiting = limiting.poll();
    if (waiting == null) {
      throw new IOException("it answered for limits that nobody set");
    }
    if (reason.isEmpty()) {
      waiting.complete(null);
    } else {
      waiting.completeExceptionally(new SandboxException(reason));
    }
  }

  void measured(GroupUsage usage) throws IOException {
    var waiting = measuring.poll();
    if (waiting == null) {
      throw new IOException("it measured what nobody asked for");
    }
    waiting.complete(usage);
  }

  void hasExited(ExitReport report) {
    ended = true;
    giveUp();
    exited.complete(report);
  }

  @Override
  public long slot() {
    return slot;
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public Sockets takeSockets() {
    int first = control.release();
    try {
      return new Sockets(first, data.release());
    } catch (IllegalStateException e) {
      // Closed in between, by another thread: then the first has no owner but this.
      new Descriptor(first).close();
      throw e;
    }
  }

  @Override
  public SatelliteOutput output() {
    return output;
  }

  @Override
  public void interrupt() {
    client.tell(BrokerMessages.signal(slot, generation, Signals.SIGINT));
  }

  @Override
  public void kill() {
    if (!exited.isDone()) {
      client.tell(BrokerMessages.kill(slot, generation));
    }
  }

  @Override
  public void begin() {
    client.tell(BrokerMessages.begin(slot, generation));
  }

  @Override
  public CompletionStage<Void> limit(ResourceLimits limits) {
    var done = new CompletableFuture<Void>();
    ask(limiting, done, BrokerMessages.limit(slot, generation, limits));
    return done.minimalCompletionStage();
  }

  @Override
  public CompletionStage<GroupUsage> measure() {
    var done = new CompletableFuture<GroupUsage>();
    ask(measuring, done, BrokerMessages.measure(slot, generation));
    return done.minimalCompletionStage();
  }

  /// Answers come in the order of the questions, or not at all when it has ended.
  private <T> void ask(
      Queue<CompletableFuture<T>> waiting, CompletableFuture<T> done, ByteBuffer message) {
    synchronized (asking) {
      waiting.add(done);
      if (!ended) {
        client.tell(message);
      }
    }
    if (ended) {
      giveUp();
    }
  }

  private void giveUp() {
    for (var done = measuring.poll(); done != null; done = measuring.poll()) {
      done.complete(GroupUsage.NONE);
    }
    for (var done = limiting.poll(); done != null; done = limiting.poll()) {
      done.completeExceptionally(new SandboxException("the satellite has ended"));
    }
  }

  @Override
  public CompletionStage<ExitReport> exited() {
    return exited.minimalCompletionStage();
  }

  @Override
  public void close() {
    kill();
    control.close();
    data.close();
  }

  @Override
  public String toString() {
    return "satellite in slot " + slot + ", generation " + generation;
  }
}
