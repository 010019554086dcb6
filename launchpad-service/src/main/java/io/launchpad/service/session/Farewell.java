// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.Outcome;
import io.launchpad.pool.WorkerLease;
import io.launchpad.protocol.Message;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.service.config.LimitsConfig;
import io.launchpad.service.launcher.Satellite;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Lets a session's satellite go once the engine has its answer.
final class Farewell {
  /// How long a satellite may take to end by itself after its last word, before it is killed.
  private static final Duration NATURAL_END = Duration.ofMillis(500);

  private final WorkerLease<Satellite> lease;
  private final LimitsConfig limits;
  private final CompletableFuture<ExitReport> report;

  Farewell(WorkerLease<Satellite> lease, LimitsConfig limits) {
    this.lease = lease;
    this.limits = limits;
    report = lease.worker().exitReport().toCompletableFuture();
  }

  /// Gives the lease back, which ends what is left of the satellite.
  Farewell part(Message.Terminal answer) {
    // A script may have given its sockets to another process, so that their end never comes.
    var _ = report.thenRun(lease.worker().connection()::close);
    if (answer instanceof Message.Completed) {
      await(NATURAL_END);
    }
    lease.release(
        switch (answer) {
          case Message.Completed _ -> Outcome.COMPLETED;
          case Message.Failed _ -> Outcome.FAILED;
          case Message.Cancelled _ -> Outcome.CANCELLED;
        });
    return this;
  }

  /// How it ended, for an engine that wants to know. Waits for that.
  Optional<Message.Exited> exited() {
    return await(limits.exitReportWait())
        .flatMap(r ->
            SatelliteDeath.exit(r)
                .map(how -> new Message.Exited(how, Optional.of(SatelliteDeath.usage(r)))));
  }

  private Optional<ExitReport> await(Duration time) {
    try {
      return Optional.of(report.get(time.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
