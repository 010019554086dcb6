// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A zygote as the broker reports of it.
final class BrokerZygote implements Zygote {

  private final BrokerClient client;
  private final long id;
  private final String runtime;
  private final CompletableFuture<Zygote> ready = new CompletableFuture<>();
  private final CompletableFuture<ZygoteExit> exited = new CompletableFuture<>();

  /// Questions that the broker has not answered: each answer is as good for all.
  private final Queue<CompletableFuture<Long>> measuring = new ConcurrentLinkedQueue<>();

  BrokerZygote(BrokerClient client, long id, String runtime) {
    this.client = client;
    this.id = id;
    this.runtime = runtime;
  }

  CompletableFuture<Zygote> ready() {
    return ready;
  }

  void becameReady() {
    ready.complete(this);
  }

  void hasExited(ZygoteExit exit) {
    String output = exit.lastOutput().isBlank() ? "" : "\n" + exit.lastOutput().strip();
    ready.completeExceptionally(
        new SandboxException(
            "the zygote of runtime %s %s%s".formatted(runtime, exit.describe(), output)));
    exited.complete(exit);
    measured(0);
  }

  void measured(long memoryBytes) {
    for (var asked = measuring.poll(); asked != null; asked = measuring.poll()) {
      asked.complete(memoryBytes);
    }
  }

  @Override
  public CompletionStage<Long> memory() {
    var asked = new CompletableFuture<Long>();
    measuring.add(asked);
    client.tell(BrokerMessages.measureZygote(id));
    if (exited.isDone()) {
      measured(0); // nobody else may answer any more
    }
    return asked.minimalCompletionStage();
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String runtime() {
    return runtime;
  }

  @Override
  public void retire() {
    client.tell(BrokerMessages.retireZygote(id));
  }

  @Override
  public void kill() {
    client.tell(BrokerMessages.killZygote(id));
  }

  @Override
  public CompletionStage<ZygoteExit> exited() {
    return exited.minimalCompletionStage();
  }

  @Override
  public String toString() {
    return "zygote " + id + " of " + runtime;
  }
}
