// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.WorkerLease;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.service.launcher.LimitedPool;
import io.launchpad.service.launcher.Satellite;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of a session that has a satellite: from the [HandOver] to the answer, on the session's
/// own thread.
///
/// It waits for the first of: a complete answer (the satellite's word, all output delivered, the
/// pipes drained), a broken rule, the satellite's end, or a cancel. A cancel goes up a ladder:
/// interrupt, grace, kill. Whatever happens, [#run] returns exactly one terminal message, and the
/// satellite is dead or about to be killed by whoever ends the lease.
final class SessionRun {
  /// How long output pipes may take to be drained after the satellite's last word.
  private static final Duration PIPES_TIME = Duration.ofSeconds(5);

  /// How long a satellite without channels may live. One that is dying takes its time to be buried,
  /// but a kill does not change how it ended.
  private static final Duration CLOSED_TIME = Duration.ofMillis(500);

  private static final long NEVER = Long.MAX_VALUE;

  private final SessionServices services;
  private final Mailbox mailbox;
  private final Relay relay;
  private final PrintedOutput printed;
  private final SessionTimes times;
  private final Satellite satellite;
  private final HandOver handOver;
  private final LimitedPool pool;
  private final long processesLimit;
  private final SessionDeadline deadline;
  private final Duration grace;
  private final Consumer<Message> engine;
  private final Message.Started started;
  private final Set<Integer> delivered = new HashSet<>();

  private boolean userCodeMayRun;
  private boolean pipesDrained;
  private boolean channelsClosed;
  private boolean killedForClosing;
  private boolean outOfMemory;
  private Message.@Nullable Terminal word;
  private @Nullable CancelCause cancel;
  private @Nullable ExitReport exit;
  private @Nullable GroupUsage measured;
  private long deadlineNanos;
  private long killNanos = NEVER;
  private long exitNanos = NEVER;
  private long pipesNanos = NEVER;

  /// @param handOver has begun
  /// @param engine sends to the engine
  /// @param started what the engine is told when the satellite has the script, without its times
  SessionRun(
      SessionServices services,
      Mailbox mailbox,
      Relay relay,
      PrintedOutput printed,
      SessionTimes times,
      Satellite satellite,
      HandOver handOver,
      LimitedPool pool,
      long processesLimit,
      SessionDeadline deadline,
      Duration grace,
      Consumer<Message> engine,
      Message.Started started) {
    this.services = services;
    this.mailbox = mailbox;
    this.relay = relay;
    this.printed = printed;
    this.times = times;
    this.satellite = satellite;
    this.handOver = handOver;
    this.pool = pool;
    this.processesLimit = processesLimit;
    this.deadline = deadline;
    this.deadlineNanos = deadline.nanos();
    this.grace = grace;
    this.engine = engine;
    this.started = started;
  }

  /// Waits for the hand-over. Returns false, with nothing sent, when the satellite was dead
  /// already.
  boolean begun() {
    Optional<Long> at = handOver.await();
    at.ifPresent(times::handedOver);
    return at.isPresent();
  }

  Message.Terminal run() throws InterruptedException {
    while (true) {
      var event = mailbox.await(nextAlarm());
      var answer = event == null ? alarm(now()) : react(event);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
  }

  private Optional<Message.Terminal> react(SessionEvent event) {
    return switch (event) {
      case SessionEvent.Decided() -> Optional.empty();
      case SessionEvent.SatelliteStarted() -> {
        times.started(now());
        userCodeMayRun = true;
        var soFar = times.times();
        engine.accept(
            new Message.Started(
                started.sessionId(),
                started.account(),
                started.runtime(),
                soFar.queueMicros(),
                soFar.leaseMicros(),
                started.parked()));
        printed.open();
        yield Optional.empty();
      }
      case SessionEvent.SatelliteAnswered(var terminal) -> {
        times.spoken(now());
        word = terminal;
        pipesNanos = now() + PIPES_TIME.toNanos();
        yield Optional.empty();
      }
      case SessionEvent.Measured(var usage) -> {
        measured = usage;
        yield completeAnswer();
      }
      case SessionEvent.PipesDrained() -> {
        pipesDrained = true;
        yield completeAnswer();
      }
      case SessionEvent.OutputValidated() -> completeAnswer();
      case SessionEvent.OutputDelivered(int stream) -> {
        delivered.add(stream);
        yield completeAnswer();
      }
      case SessionEvent.SatelliteClosed(var cause) -> closed(cause);
      case SessionEvent.SatelliteExited(var report) -> {
        exit = report;
        yield exited();
      }
      case SessionEvent.Broken(var error) -> Optional.of(broken(error));
      case SessionEvent.CancelRequested(var reason) -> cancel(new CancelCause.Requested(reason));
      case SessionEvent.EngineGone() -> cancel(new CancelCause.EngineGone());
      case SessionEvent.ShuttingDown() -> cancel(new CancelCause.ShutDown());
    };
  }

  private long nextAlarm() {
    return Math.min(Math.min(deadlineNanos, killNanos), Math.min(exitNanos, pipesNanos));
  }

  private Optional<Message.Terminal> alarm(long now) {
    if (now >= killNanos) {
      satellite.kill();
      return Optional.of(cancelled(true));
    }
    if (now >= deadlineNanos) {
      deadlineNanos = NEVER;
      return cancel(new CancelCause.Deadline(deadline.allowed(), deadline.key()));
    }
    if (now >= exitNanos) {
      return withoutReport(now);
    }
    if (now >= pipesNanos) {
      pipesNanos = NEVER;
      pipesDrained = true;
      measured = measured == null ? GroupUsage.NONE : measured;
      return completeAnswer();
    }
    return Optional.empty();
  }

  /// The first cause counts. Once the satellite has spoken there is nothing left to interrupt.
  private Optional<Message.Terminal> cancel(CancelCause cause) {
    if (cancel != null) {
      return Optional.empty();
    }
    cancel = cause;
    deadlineNanos = NEVER;
    if (word != null || channelsClosed) {
      satellite.kill();
      return Optional.of(cancelled(false));
    }
    satellite.interrupt();
    killNanos = now() + grace.toNanos();
    return Optional.empty();
  }

  private Message.Terminal cancelled(boolean forced) {
    CancelCause cause = cancel == null ? new CancelCause.EngineGone() : cancel;
    times.spoken(now());
    return cause.answer(forced, times.times(), usage());
  }

  /// The answer, when the satellite has spoken and everything it sent before is where it belongs.
  private Optional<Message.Terminal> completeAnswer() {
    if (!pipesDrained || word == null || measured == null) {
      return Optional.empty();
    }
    pipesNanos = NEVER;
    if (word instanceof Message.Failed && cancel == null && isOutOfMemory(measured)) {
      return outOfMemory();
    }
    return switch (word) {
      case Message.Completed completed -> completed(completed);
      case Message.Failed failed ->
          cancel != null
              ? Optional.of(cancelled(false))
              : Optional.of(
                  failed(
                      LimitErrors.ofSatellite(failed.error(), started.runtime())
                          .withRetrySafe(isRetrySafe())));
      case Message.Cancelled _ ->
          cancel != null
              ? Optional.of(cancelled(false))
              : Optional.of(
                  failed(ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "the script interrupted itself")));
    };
  }

  /// A process of the script was ended for want of memory. What the script says of that comes
  /// before the end of the rest, but is not the reason.
  private boolean isOutOfMemory(GroupUsage usage) {
    return usage.memoryKills() > 0 || (exit != null && exit.cause() == ExitReport.Cause.LIMIT);
  }

  private Optional<Message.Terminal> outOfMemory() {
    outOfMemory = true;
    if (exit == null) {
      exitNanos = now() + services.limits().exitReportWait().toNanos();
      return Optional.empty();
    }
    exitNanos = NEVER;
    return Optional.of(failed(death(exit)));
  }

  private Optional<Message.Terminal> completed(Message.Completed completed) {
    if (cancel instanceof CancelCause.Deadline) {
      return Optional.of(cancelled(false));
    }
    var disagreement = relay.disagreement(completed.outputs());
    if (disagreement.isPresent()) {
      return Optional.of(broken(ErrorInfo.of(ErrorCode.RESULT_INCOMPLETE, disagreement.get())));
    }
    boolean busy = relay.isBusy(); // first: what is not busy now has shown all that came
    List<Integer> unfinished = relay.unfinished();
    if (!unfinished.isEmpty() && channelsClosed && !busy) {
      return Optional.of(
          broken(
              ErrorInfo.of(
                  ErrorCode.RESULT_INCOMPLETE,
                  "the satellite closed its channels before the end of streams " + unfinished)));
    }
    if (!unfinished.isEmpty() || delivered.size() < relay.outputs()) {
      return Optional.empty();
    }
    return Optional.of(
        new Message.Completed(
            relay.totals(), times.times(), usage(), completed.advisory(), completed.runs()));
  }

  private Optional<Message.Terminal> closed(ErrorInfo cause) {
    channelsClosed = true;
    if (cause.code() != ErrorCode.CONNECTION_LOST) {
      services.observer().violation(cause.code());
      return Optional.of(broken(cause));
    }
    if (word != null) {
      // The engine takes what was sent at its own pace, however long the satellite is gone.
      exitNanos = NEVER;
      return completeAnswer();
    }
    exitNanos = now() + CLOSED_TIME.toNanos();
    return exited();
  }

  /// The satellite is gone without a word: its exit report says why. Its channels are read to their
  /// end first.
  private Optional<Message.Terminal> exited() {
    if (exit == null) {
      return Optional.empty();
    }
    if (!channelsClosed) {
      exitNanos = now() + services.limits().exitReportWait().toNanos();
      return Optional.empty();
    }
    if (word != null) {
      return completeAnswer();
    }
    exitNanos = NEVER;
    return cancel != null
        ? Optional.of(cancelled(false))
        : Optional.of(failed(death(exit).withRetrySafe(isRetrySafe())));
  }

  private ErrorInfo death(ExitReport report) {
    return killedForClosing && report.cause() == ExitReport.Cause.KILLED_ON_REQUEST
        ? closedByScript()
        : SatelliteDeath.error(report, pool);
  }

  private static ErrorInfo closedByScript() {
    return ErrorInfo.of(
        ErrorCode.CHANNEL_CLOSED,
        "the satellite's channels were closed while its process went on, and it was killed: the script closed"
            + " descriptors that are not its own");
  }

  /// Channels without a process, or a process without channels, for too long. The report of the
  /// kill tells whether there was a process.
  private Optional<Message.Terminal> withoutReport(long now) {
    satellite.kill();
    if (outOfMemory && measured != null && exit == null) {
      exitNanos = NEVER;
      return Optional.of(
          cancel != null ? cancelled(false) : failed(LimitErrors.outOfMemory(measured, pool)));
    }
    if (channelsClosed && exit == null && !killedForClosing) {
      killedForClosing = true;
      exitNanos = now + services.limits().exitReportWait().toNanos();
      return Optional.empty();
    }
    exitNanos = NEVER;
    return Optional.of(
        cancel != null ? cancelled(false) : failed(exit != null ? death(exit) : closedByScript()));
  }

  private Message.Terminal broken(ErrorInfo error) {
    satellite.kill();
    return failed(error);
  }

  private Message.Terminal failed(ErrorInfo error) {
    times.spoken(now());
    var output = satellite.output();
    var whole =
        measured == null
            ? error
            : LimitErrors.touched(error, measured.processesRefused(), processesLimit, pool);
    return new Message.Failed(
        whole.withTails(
            Bytes.of(output.tail(OutputStreamKind.STDOUT)),
            Bytes.of(output.tail(OutputStreamKind.STDERR))),
        times.times(),
        usage());
  }

  /// Whether the engine may simply ask again: nothing was delivered and no user code had started.
  private boolean isRetrySafe() {
    return !userCodeMayRun && !relay.delivering();
  }

  private Optional<Message.Usage> usage() {
    if (exit != null) {
      return Optional.of(SatelliteDeath.usage(exit));
    }
    return measured == null ? Optional.empty() : SatelliteDeath.usage(measured);
  }

  /// The exit report, where it has come already.
  Optional<ExitReport> exit() {
    return Optional.ofNullable(exit);
  }

  private long now() {
    return services.nanoTime().getAsLong();
  }

  static Message.Started startedBy(String sessionId, WorkerLease<Satellite> lease, String runtime) {
    return new Message.Started(sessionId, lease.account().name(), runtime, 0, 0, !lease.cold());
  }
}
