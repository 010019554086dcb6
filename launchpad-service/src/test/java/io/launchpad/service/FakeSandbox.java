// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.protocol.Connector;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.ResourcePool;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.Sandbox;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import io.launchpad.sandbox.ZygoteSpec;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/// A sandbox whose satellites are objects of this process behind real sockets.
final class FakeSandbox implements Sandbox {
  private final Path folder;
  private final NetworkLoops loops = NetworkLoops.start("satellites", 1);
  private final Connector connector =
      new Connector(loops, LocalInfo.of("fake satellite"), new SecureRandom());
  private final List<FakeProcess> processes = new CopyOnWriteArrayList<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<ResourcePoolSpec> pools = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private volatile FakeProcess.Script script = (satellite, _) -> satellite.kill();
  private volatile String language = "Python";
  private volatile boolean hangingUp;
  private volatile SandboxFacts.Limiting limiting =
      new SandboxFacts.Limiting(
          SandboxFacts.ControlGroups.V2, EnumSet.allOf(SandboxFacts.Controller.class), "");
  private volatile boolean zygotesHeld;
  private volatile boolean limitsNeverAnswered;

  FakeSandbox(Path folder) {
    this.folder = folder;
  }

  /// What satellites do with the scripts that they get from now on; at first they die.
  void script(FakeProcess.Script next) {
    script = next;
  }

  /// What satellites that are parked from now on say they speak.
  void language(String next) {
    language = next;
  }

  /// Whether satellites that are parked from now on close their channels before their hello.
  void hangUp(boolean next) {
    hangingUp = next;
  }

  /// Whether zygotes that are started from now on are never ready.
  void holdZygotes(boolean next) {
    zygotesHeld = next;
  }

  /// Whether satellites that are parked from now on let who sets them limits wait for ever.
  void limitsNeverAnswered(boolean next) {
    limitsNeverAnswered = next;
  }

  /// What the service did with zygotes, satellites and this, in order.
  List<String> events() {
    return events;
  }

  List<FakeProcess> processes() {
    return processes;
  }

  @Override
  public SandboxFacts facts() {
    return new SandboxFacts(
        SandboxFacts.Lifetime.NAMESPACES,
        "",
        new SandboxFacts.AccountRange(5000, 1, 5000),
        1 << 22,
        limiting,
        List.of(),
        List.of());
  }

  /// What the machine can limit.
  void limiting(SandboxFacts.Limiting next) {
    limiting = next;
  }

  /// What the service made.
  List<ResourcePoolSpec> pools() {
    return pools;
  }

  @Override
  public CompletionStage<ResourcePool> resourcePool(ResourcePoolSpec spec) {
    pools.add(spec);
    return CompletableFuture.completedStage(new ResourcePool(pools.size(), spec.name()));
  }

  @Override
  public CompletionStage<Zygote> startZygote(ZygoteSpec spec) {
    events.add("zygote started");
    return zygotesHeld
        ? new CompletableFuture<>()
        : CompletableFuture.completedStage(
            new FakeZygote(spec.runtime(), events, new CompletableFuture<>()));
  }

  @Override
  public CompletionStage<ParkedSatellite> park(ParkRequest request) {
    try {
      var control = SocketPair.open(folder);
      var data = SocketPair.open(folder);
      var process =
          new FakeProcess(
              request,
              new ParkedSatellite.Sockets(control.left(), data.left()),
              data.right(),
              () -> script,
              limitsNeverAnswered);
      processes.add(process);
      process.whenEnded(() -> events.add("satellite ended"));
      if (hangingUp) {
        new FileDescriptor(control.right()).close();
        new FileDescriptor(data.right()).close();
        return CompletableFuture.completedStage(process);
      }
      var _ =
          connector.serveAsSatellite(
              control.right(),
              data.right(),
              language,
              request.zygote().runtime(),
              process::connected);
      return CompletableFuture.completedStage(process);
    } catch (IOException e) {
      return CompletableFuture.failedStage(new SandboxException("no sockets", e));
    }
  }

  @Override
  public CompletionStage<String> ended() {
    return ended;
  }

  @Override
  public void close() {
    events.add("broker let go");
    processes.forEach(
        process -> process.exit(ExitReport.Cause.BROKER_GONE, new Ending.Signalled(9)));
    loops.close();
    ended.complete("closed");
  }

  private record FakeZygote(
      String runtime, List<String> events, CompletableFuture<ZygoteExit> exited) implements Zygote {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public CompletionStage<Long> memory() {
      return CompletableFuture.completedStage(1L << 20);
    }

    @Override
    public void retire() {
      events.add("zygote retired");
      exited.complete(new ZygoteExit(new Ending.Exited(0), "", ""));
    }

    @Override
    public void kill() {
      exited.complete(new ZygoteExit(new Ending.Signalled(9), "", ""));
    }
  }
}
