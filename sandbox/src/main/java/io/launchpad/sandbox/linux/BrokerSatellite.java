// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.SatelliteOutput;
import io.launchpad.sandbox.Signals;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// A satellite as the broker reports of it, with the service's ends of its channels.
final class BrokerSatellite implements ParkedSatellite {

  private final BrokerClient client;
  private final long slot;
  private final long generation;
  private final Descriptor control;
  private final Descriptor data;
  private final PumpedOutput output;
  private final CompletableFuture<ExitReport> exited = new CompletableFuture<>();

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

  void hasExited(ExitReport report) {
    output.resumeAll();
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
