// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.pool.StartPurpose;
import io.launchpad.pool.UncleanStartException;
import io.launchpad.pool.WorkerAccount;
import io.launchpad.pool.WorkerFactory;
import io.launchpad.pool.WorkerKey;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.PeerInfo;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.Sandbox;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.UnixAccount;
import io.launchpad.service.config.RuntimeConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Parks satellites: zygote, fork, the two channels, and the handshake that says it is warm.
public final class SatelliteFactory implements WorkerFactory<Satellite> {
  private final Sandbox sandbox;
  private final Zygotes zygotes;
  private final Runtimes runtimes;
  private final Map<String, LimitedPool> pools;
  private final WarmUps warmUps;
  private final Connector connector;
  private final Duration startTimeout;
  private final Function<WorkerAccount, UnixAccount> accounts;

  /// Attempts under way, by generation, so that one that takes too long can be given up.
  private final Map<Long, Attempt> attempts = new ConcurrentHashMap<>();

  /// @param pools resource pools by name
  /// @param warmUps what satellites are warmed for
  /// @param startTimeout how long a satellite may take until it is warm
  /// @param accounts whom a satellite in a place of the pool runs as
  public SatelliteFactory(
      Sandbox sandbox,
      Zygotes zygotes,
      Runtimes runtimes,
      Map<String, LimitedPool> pools,
      WarmUps warmUps,
      Connector connector,
      Duration startTimeout,
      Function<WorkerAccount, UnixAccount> accounts) {
    this.sandbox = sandbox;
    this.zygotes = zygotes;
    this.runtimes = runtimes;
    this.pools = Map.copyOf(pools);
    this.warmUps = warmUps;
    this.connector = connector;
    this.startTimeout = startTimeout;
    this.accounts = accounts;
  }

  @Override
  public CompletionStage<Satellite> start(
      WorkerKey key, StartPurpose purpose, WorkerAccount account, long generation) {
    var runtime = runtimes.byName(key.runtime());
    if (runtime.isEmpty()) {
      return CompletableFuture.failedStage(
          new IllegalArgumentException("no runtime " + key.runtime()));
    }
    var attempt = new Attempt(runtime.get(), key, purpose, account, generation);
    attempts.put(generation, attempt);
    attempt.begin();
    return attempt.result.minimalCompletionStage();
  }

  @Override
  public void abandon(WorkerKey key, WorkerAccount account, long generation) {
    var attempt = attempts.get(generation);
    if (attempt != null) {
      attempt.abandon();
    }
  }

  @Override
  public CompletionStage<String> ended() {
    return sandbox.ended();
  }

  /// One start, from the zygote to the hello.
  private final class Attempt {
    private final RuntimeConfig runtime;
    private final WorkerKey key;
    private final StartPurpose purpose;
    private final LimitedPool pool;
    private final WorkerAccount account;
    private final long generation;
    private final RawOutput rawOutput = new RawOutput();
    private final CompletableFuture<Satellite> result = new CompletableFuture<>();
    private @Nullable ParkedSatellite process;
    private boolean forking;
    private boolean abandoned;

    Attempt(
        RuntimeConfig runtime,
        WorkerKey key,
        StartPurpose purpose,
        WorkerAccount account,
        long generation) {
      this.runtime = runtime;
      this.key = key;
      this.purpose = purpose;
      pool = pools.getOrDefault(key.resourcePool(), LimitedPool.NONE);
      this.account = account;
      this.generation = generation;
    }

    void begin() {
      zygotes.fork(runtime, this::park, this::fail);
    }

    private void park(LiveZygote zygote) {
      synchronized (this) {
        if (abandoned) {
          return; // and answered
        }
        forking = true;
      }
      var _ =
          sandbox
              .park(
                  new ParkRequest(
                      zygote.zygote(),
                      generation,
                      generation,
                      accounts.apply(account),
                      pool.pool(),
                      environment(),
                      rawOutput))
              .whenComplete((parked, failure) -> {
                if (failure != null) {
                  fail(failure);
                } else {
                  adopt(zygote, parked);
                }
              });
    }

    private Map<String, String> environment() {
      var environment = new LinkedHashMap<>(pool.environment());
      environment.putAll(warmUps.environment(key, purpose));
      return environment;
    }

    private void adopt(LiveZygote zygote, ParkedSatellite parked) {
      boolean unwanted;
      synchronized (this) {
        process = parked;
        unwanted = abandoned;
      }
      if (unwanted) {
        end(parked, new SandboxException("the start was given up"));
        return;
      }
      var sockets = parked.takeSockets();
      var adopted = new CompletableFuture<Satellite>();
      var _ =
          connector
              .adoptSatellite(
                  sockets.control(),
                  sockets.data(),
                  startTimeout,
                  connection -> made(zygote, parked, connection, adopted))
              .thenCompose(_ -> adopted) // without a handshake there is no satellite to wait for
              .whenComplete((satellite, failure) -> {
                if (failure != null) {
                  end(parked, failure);
                } else if (zygote.isOutdated()) {
                  startAgain(parked);
                } else {
                  succeed(satellite);
                }
              });
      // A process that dies before its hello closes its sockets, which fails the handshake; nothing
      // else to watch.
    }

    /// The packages have changed while it was started. That is no failure: another takes its place.
    private void startAgain(ParkedSatellite parked) {
      parked.close();
      var _ = parked.exited().thenAccept(_ -> beginAgain());
    }

    private void beginAgain() {
      boolean unwanted;
      synchronized (this) {
        process = null;
        forking = false;
        unwanted = abandoned;
      }
      if (unwanted) {
        fail(new SandboxException("the start was given up"));
      } else {
        begin();
      }
    }

    /// The handshake is about to be over: checks who answered.
    private ConnectionHandler made(
        LiveZygote zygote,
        ParkedSatellite parked,
        Connection connection,
        CompletableFuture<Satellite> adopted) {
      var satellite = new Satellite(zygote, parked, connection, rawOutput);
      var mismatch = mismatch(connection.peer());
      if (mismatch != null) {
        adopted.completeExceptionally(new SandboxException(mismatch));
        connection.close();
        return new Deaf();
      }
      adopted.complete(satellite);
      return satellite;
    }

    private @Nullable String mismatch(PeerInfo peer) {
      boolean speaks = peer.languages().stream().anyMatch(runtime.language()::equalsIgnoreCase);
      return speaks
          ? null
          : "the satellite of runtime %s speaks %s instead of %s"
              .formatted(runtime.name(), peer.languages(), runtime.language());
    }

    private void succeed(Satellite satellite) {
      attempts.remove(generation);
      if (!result.complete(satellite)) {
        satellite.kill();
      }
    }

    /// The attempt has failed and left a process: its end comes first.
    private void end(ParkedSatellite parked, Throwable cause) {
      String tail =
          new String(parked.output().tail(OutputStreamKind.STDERR), StandardCharsets.UTF_8).strip();
      parked.close();
      var _ =
          parked
              .exited()
              .thenAccept(report -> {
                String text =
                    "the satellite was not ready: %s; it %s%s"
                        .formatted(
                            root(cause).getMessage(),
                            report.ending().describe(),
                            tail.isEmpty() ? "" : "; last output: " + tail);
                fail(
                    report.cause() == ExitReport.Cause.BROKER_GONE
                        ? new UncleanStartException(text, cause)
                        : new SandboxException(text, cause));
              });
    }

    void fail(Throwable cause) {
      attempts.remove(generation);
      result.completeExceptionally(root(cause));
    }

    /// Ends what there is of the satellite. As long as there is nothing, nobody waits for a zygote
    /// that may never be ready.
    void abandon() {
      ParkedSatellite parked;
      boolean untouched;
      synchronized (this) {
        abandoned = true;
        parked = process;
        untouched = !forking;
      }
      if (untouched) {
        fail(new SandboxException("the start was given up before the zygote was ready"));
      } else if (parked != null) {
        parked.kill(); // its sockets close, which fails the handshake, which fails this
      }
    }
  }

  private static Throwable root(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /// Hears nothing of a connection that is being closed.
  private static final class Deaf implements ConnectionHandler {
    @Override
    public void message(Connection connection, Message message) {}

    @Override
    public void closed(Connection connection, ProtocolException cause) {}
  }
}
