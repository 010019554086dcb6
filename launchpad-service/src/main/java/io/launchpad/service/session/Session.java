// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.Identity;
import io.launchpad.pool.Outcome;
import io.launchpad.pool.WorkerKey;
import io.launchpad.pool.WorkerLease;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.service.config.ResourcePoolSettings;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.engine.EngineRights;
import io.launchpad.service.launcher.LimitedPool;
import io.launchpad.service.launcher.Satellite;
import io.launchpad.service.monitoring.SessionObserver;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One execution of one script: from `EXECUTE` to its only terminal message, and the clean-up
/// behind it.
///
/// [#ask] admits, and hands the request to a satellite that is parked; [#run] is the session's
/// thread (a virtual one). Everybody else tells it what happened through [#post]. This class admits
/// and answers; [LeaseWait] waits for a satellite, [SessionRun] is the time with it, [Relay] moves
/// the bytes.
final class Session implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /// How long a satellite may take to end by itself after its last word, before it is killed.
  private static final Duration NATURAL_END = Duration.ofMillis(500);

  private final SessionServices services;
  private final EngineConnection engine;
  private final EngineRights rights;
  private final Execute request;
  private final LimitedPool pool;
  private final SessionLimits limits;
  private final SessionTimes times;
  private final SessionDeadline deadline;
  private final Mailbox mailbox;
  private final PrintedOutput printed;
  private final Relay relay;
  private final String id;
  private @Nullable RuntimeConfig runtime;
  private @Nullable WorkerLease<Satellite> lease;
  private @Nullable SessionRun run;
  private CompletableFuture<WorkerLease<Satellite>> asked = new CompletableFuture<>();

  /// Opens the engine's streams. To be called on the engine's event loop, before it reads on.
  Session(SessionServices services, EngineConnection engine, EngineRights rights, Execute request) {
    this.services = services;
    this.engine = engine;
    this.rights = rights;
    this.request = request;
    id = services.sessionIds().get();
    pool = services.resourcePools().getOrDefault(resourcePool(request), LimitedPool.NONE);
    limits = SessionLimits.of(services.limits(), pool.session(), request.limits());
    long now = services.nanoTime().getAsLong();
    times = new SessionTimes(now);
    deadline = deadline(now);
    mailbox = new Mailbox(services.nanoTime());
    printed = new PrintedOutput(limits.printBytes(), engine::print);
    relay =
        new Relay(
            request,
            limits,
            engine.connection(),
            services.observer(),
            services.validation(),
            mailbox::post);
  }

  private SessionDeadline deadline(long now) {
    Duration all = services.limits().deadline();
    Duration own = pool.deadline().filter(d -> d.compareTo(all) < 0).orElse(all);
    String key = own.equals(all) ? "limits.deadline" : pool.key("session-deadline");
    long asked = request.deadlineMillis();
    Duration allowed = asked > 0 && asked < own.toMillis() ? Duration.ofMillis(asked) : own;
    return new SessionDeadline(allowed, key, now + allowed.toNanos());
  }

  /// Tells the session what happened. Callable from any thread.
  void post(SessionEvent event) {
    mailbox.post(event);
  }

  /// Admits the request and asks for a satellite; one that is parked has the request when this
  /// returns. Never waits: it is done on the engine's event loop, because to wake a thread for it
  /// takes longer than all of it. To be called once, before [#run], which tells how it went.
  void ask() {
    try {
      runtime = admit();
      asked = services.gate().lease(task());
      // Limits of its own have to hold before, for which only its thread can wait.
      if (asked.isDone() && !asked.isCompletedExceptionally() && !limits.ownResources()) {
        run = handOver(asked.join());
      }
    } catch (SessionFailure e) {
      asked = CompletableFuture.failedFuture(e);
    } catch (RuntimeException | Error e) {
      asked = CompletableFuture.failedFuture(new SessionFailure(defect(e)));
    }
  }

  @Override
  public void run() {
    services.observer().sessionStarted();
    Message.Terminal answer;
    try {
      answer = work();
    } catch (SessionFailure e) {
      answer = failed(e.error().withRetrySafe(true));
    } catch (SessionCancelled e) {
      answer = untouched(e.reason().answer(false, times.times(), Optional.empty()));
    } catch (InterruptedException e) {
      answer = failed(ErrorInfo.of(ErrorCode.SHUTTING_DOWN, "the service is shutting down"));
    } catch (RuntimeException | Error e) {
      // Also when memory is short: who asked has an answer, and the satellite's place is given
      // back.
      answer = failed(defect(e));
    }
    boolean answered = false;
    try {
      answered = answer(answer);
    } finally {
      // Whatever happens: the satellite's place is given back.
      leave(answer, answered);
    }
  }

  private ErrorInfo defect(Throwable cause) {
    LOG.atError().setCause(cause).addKeyValue("session", id).log("defect in a session");
    return ErrorInfo.of(ErrorCode.INTERNAL, "a defect of launchpad; its log has session " + id);
  }

  /// The answer to a request of which nothing has gone to a satellite: the engine may ask again.
  private static Message.Terminal untouched(Message.Terminal answer) {
    return answer instanceof Message.Failed(var error, var times, var usage)
        ? new Message.Failed(error.withRetrySafe(true), times, usage)
        : answer;
  }

  private Message.Failed failed(ErrorInfo error) {
    return new Message.Failed(error, times.times(), Optional.empty());
  }

  // ---- before the satellite ----

  private Message.Terminal work() throws SessionFailure, SessionCancelled, InterruptedException {
    var wait = new LeaseWait(services, mailbox, engine::send, deadline);
    var begun = run != null ? run : limitAndHandOver(wait.await(asked));
    if (!begun.begun()) {
      // Parked satellites may die; nothing of the request has gone to this one.
      begun = limitAndHandOver(wait.await(leased().replaceDead()));
      if (!begun.begun()) {
        throw new SessionFailure(
            ErrorInfo.of(
                ErrorCode.RUNTIME_UNREACHABLE,
                "two satellites in a row had died before they could be used; try again"));
      }
    }
    return begun.run();
  }

  private SessionRun handOver(WorkerLease<Satellite> leased) {
    lease = leased;
    times.leased(now());
    var begun = run(leased);
    begun.begin(forSatellite());
    return begun;
  }

  private WorkerLease<Satellite> leased() {
    return Objects.requireNonNull(lease, "no satellite is leased");
  }

  private RuntimeConfig runtime() {
    return Objects.requireNonNull(runtime, "the request is not admitted");
  }

  /// As [#handOver], once the limits hold that are the request's own. Those of its pool hold since
  /// it was parked.
  private SessionRun limitAndHandOver(WorkerLease<Satellite> leased)
      throws SessionFailure, InterruptedException {
    lease = leased;
    if (limits.ownResources()) {
      try {
        leased.worker().limit(limits.resources()).toCompletableFuture().get();
      } catch (ExecutionException e) {
        // One that has died is found out by the hand-over, and replaced.
        if (leased.worker().isAlive()) {
          throw new SessionFailure(
              ErrorInfo.of(
                  ErrorCode.BAD_REQUEST,
                  "the request's limits on memory or CPU time cannot be kept: %s"
                      .formatted(Objects.requireNonNullElse(e.getCause(), e).getMessage())));
        }
      }
    }
    return handOver(leased);
  }

  private RuntimeConfig admit() throws SessionFailure {
    var found = services.runtimes().find(request.language(), request.runtime());
    String name = found.map(RuntimeConfig::name).orElse(request.runtime());
    String language = found.map(RuntimeConfig::language).orElse(request.language());
    var refusal = rights.refusal(language, name, request.principal());
    if (refusal.isPresent()) {
      throw new SessionFailure(refusal.get());
    }
    if (found.isEmpty()) {
      throw new SessionFailure(
          ErrorInfo.of(
              ErrorCode.LANGUAGE_UNKNOWN,
              request.runtime().isEmpty()
                  ? "there is no language or runtime '%s' here".formatted(request.language())
                  : "runtime '%s' of language '%s' does not exist here"
                      .formatted(request.runtime(), request.language())));
    }
    if (!services.resourcePools().containsKey(resourcePool())) {
      throw new SessionFailure(
          ErrorInfo.of(
              ErrorCode.BAD_REQUEST,
              "resource_pool '%s' does not exist here".formatted(resourcePool())));
    }
    relay.checkDeclaredSchemas();
    return found.get();
  }

  private TaskGate.Task task() {
    return new TaskGate.Task(
        new WorkerKey(runtime().name(), resourcePool(), 0),
        new Identity(rights.engineId(), request.principal()),
        request.requestId(),
        request.task(),
        request.tasks(),
        deadline.nanos());
  }

  private String resourcePool() {
    return resourcePool(request);
  }

  private static String resourcePool(Execute request) {
    return request.resourcePool().isEmpty()
        ? ResourcePoolSettings.STANDARD
        : request.resourcePool();
  }

  private SessionRun run(WorkerLease<Satellite> leased) {
    return new SessionRun(
        services,
        mailbox,
        relay,
        printed,
        times,
        leased.worker(),
        pool,
        limits.resources().processes(),
        deadline,
        grace(),
        engine::send,
        SessionRun.startedBy(id, leased, runtime().name()));
  }

  private Duration grace() {
    Duration own = services.limits().grace();
    return request.graceMillis() > 0 && request.graceMillis() < own.toMillis()
        ? Duration.ofMillis(request.graceMillis())
        : own;
  }

  /// The request as the satellite gets it: what is left of the deadline, the limits in force, and
  /// who it is for.
  private Execute forSatellite() {
    long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline.nanos() - now()));
    return request.toBuilder()
        .language(runtime().language())
        .runtime(runtime().name())
        .resourcePool(resourcePool())
        .deadlineMillis(left)
        .graceMillis(grace().toMillis())
        .limits(limits.forSatellite())
        .reportExit(false)
        .engineId(rights.engineId())
        .sessionId(id)
        .build();
  }

  // ---- after the satellite ----

  private boolean answer(Message.Terminal terminal) {
    services.observer().outputDropped(printed.finish());
    times.answered(now());
    return engine.answer(this, timed(terminal), relay);
  }

  private Message.Terminal timed(Message.Terminal terminal) {
    return switch (terminal) {
      case Message.Completed m ->
          new Message.Completed(m.outputs(), times.times(), m.usage(), m.advisory(), m.runs());
      case Message.Failed m -> new Message.Failed(m.error(), times.times(), m.usage());
      case Message.Cancelled m -> new Message.Cancelled(m.reason(), m.forced(), times.times());
    };
  }

  private void leave(Message.Terminal terminal, boolean answered) {
    record(terminal, answered);
    var leased = lease;
    if (leased == null) {
      return;
    }
    var report = leased.worker().exitReport().toCompletableFuture();
    // A script may have given its sockets to another process, so that their end never comes.
    var _ = report.thenRun(leased.worker().connection()::close);
    if (terminal instanceof Message.Completed) {
      await(report, NATURAL_END);
    }
    leased.release(
        switch (terminal) {
          case Message.Completed _ -> Outcome.COMPLETED;
          case Message.Failed _ -> Outcome.FAILED;
          case Message.Cancelled _ -> Outcome.CANCELLED;
        });
    if (request.reportExit() && answered) {
      var exit = await(report, services.limits().exitReportWait());
      exit.ifPresent(r ->
          SatelliteDeath.exit(r)
              .ifPresent(how ->
                  engine.exited(
                      this, new Message.Exited(how, Optional.of(SatelliteDeath.usage(r))))));
    }
  }

  private static Optional<ExitReport> await(CompletableFuture<ExitReport> report, Duration time) {
    try {
      return Optional.of(report.get(time.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void record(Message.Terminal terminal, boolean answered) {
    String runtimeName = runtime == null ? "" : runtime.name();
    var outcome =
        switch (terminal) {
          case Message.Completed _ when answered -> SessionObserver.Outcome.COMPLETED;
          case Message.Failed _ when answered -> SessionObserver.Outcome.FAILED;
          case Message.Cancelled _ when answered -> SessionObserver.Outcome.CANCELLED;
          case Message.Completed _, Message.Failed _, Message.Cancelled _ ->
              SessionObserver.Outcome.ABANDONED;
        };
    services.observer().sessionEnded(runtimeName, outcome, times.times());
    var line =
        LOG.atInfo()
            .addKeyValue("session", id)
            .addKeyValue("engine", rights.engineId())
            .addKeyValue("request", request.requestId())
            .addKeyValue("task", request.task())
            .addKeyValue("runtime", runtimeName)
            .addKeyValue("resource_pool", resourcePool())
            .addKeyValue("account", lease == null ? "" : lease.account().name())
            .addKeyValue("outcome", outcome)
            .addKeyValue("times", times.times());
    if (terminal instanceof Message.Failed(var error, _, _)) {
      services.observer().failed(error.code());
      error.limit().ifPresent(limit -> services.observer().limitMet(limit.name()));
      line = line.addKeyValue("code", error.code());
    }
    line.log("session ended");
  }

  private long now() {
    return services.nanoTime().getAsLong();
  }
}
