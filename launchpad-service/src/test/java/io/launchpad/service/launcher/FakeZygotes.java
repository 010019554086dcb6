// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Starts zygotes that do what a test says.
final class FakeZygotes {
  final List<Started> all = new ArrayList<>();

  CompletionStage<Zygote> start() {
    var started = new Started(all.size() + 1);
    all.add(started);
    return started.ready;
  }

  Started last() {
    return all.getLast();
  }

  /// One zygote, from the request for it on.
  static final class Started implements Zygote {
    final CompletableFuture<Zygote> ready = new CompletableFuture<>();
    final CompletableFuture<ZygoteExit> exited = new CompletableFuture<>();
    long memory = 1 << 20;
    boolean retired;
    private final long id;

    Started(long id) {
      this.id = id;
    }

    void becomeReady() {
      ready.complete(this);
    }

    void fail(String reason) {
      ready.completeExceptionally(new SandboxException(reason));
    }

    void exit() {
      exited.complete(new ZygoteExit(new Ending.Exited(0), "", ""));
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public String runtime() {
      return "python";
    }

    @Override
    public CompletionStage<Long> memory() {
      return CompletableFuture.completedStage(memory);
    }

    @Override
    public void retire() {
      retired = true;
    }

    @Override
    public void kill() {
      exit();
    }

    @Override
    public CompletionStage<ZygoteExit> exited() {
      return exited;
    }
  }
}
