// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.WorkerLease;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.engine.EngineRights;
import io.launchpad.service.launcher.Satellite;
import io.launchpad.service.monitoring.LimitKind;
import io.launchpad.service.monitoring.SessionObserver;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One execution of one script: from `EXECUTE` to its only terminal message, and the clean-up
/// behind it.
///
/// [#ask] admits, and hands the request to a satellite that is parked; [#run] is the session's
/// thread (a virtual one). Everybody else tells it what happened through [#post]. [SessionTerms]
/// say what the request may have, [LeaseWait] waits for a satellite, [HandOver] gives it the
/// request, [SessionRun] is the time with it, [Relay] moves the bytes, and [Farewell] lets it go.
final class Session implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final SessionServices services;
  private final EngineConnection engine;
  private final EngineRights rights;
  private final Execute request;
  private final SessionTerms terms;
  private final SessionTimes times;
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
    long now = services.nanoTime().getAsLong();
    terms = new SessionTerms(services, rights, request, now);
    times = new SessionTimes(now);
    mailbox = new Mailbox(services.nanoTime());
    printed = new PrintedOutput(terms.limits().printBytes(), engine::print);
    relay =
        new Relay(
            request,
            terms.limits(),
            engine.connection(),
            services,
            services.transit().of(rights.engineId()),
            mailbox::post);
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
      runtime = terms.admit();
      relay.checkDeclaredSchemas();
      services.warmUps().called(terms.key(runtime), request);
      asked = services.gate().lease(terms.task(runtime));
      // Limits of its own have to hold before, for which only its thread can wait.
      if (asked.isDone() && !asked.isCompletedExceptionally() && !terms.limits().ownResources()) {
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
    var wait = new LeaseWait(services, mailbox, engine::send, terms.deadline(), terms::place);
    var begun = run != null ? run : limitAndHandOver(wait, wait.await(asked));
    if (!begun.begun()) {
      // Parked satellites may die; nothing of the request has gone to this one.
      begun = limitAndHandOver(wait, wait.await(leased().replaceDead()));
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
    var handOver = new HandOver(leased.worker(), relay, printed, mailbox, services.nanoTime());
    handOver.begin(terms.forSatellite(runtime(), id, now()));
    return run(leased, handOver);
  }

  private WorkerLease<Satellite> leased() {
    return Objects.requireNonNull(lease, "no satellite is leased");
  }

  private RuntimeConfig runtime() {
    return Objects.requireNonNull(runtime, "the request is not admitted");
  }

  /// As [#handOver], once the limits hold that are the request's own. Those of its pool hold since
  /// it was parked.
  private SessionRun limitAndHandOver(LeaseWait wait, WorkerLease<Satellite> leased)
      throws SessionFailure, SessionCancelled, InterruptedException {
    lease = leased;
    if (terms.limits().ownResources()) {
      var limited = leased.worker().limit(terms.limits().resources()).toCompletableFuture();
      wait.awaitLimits(limited);
      // One that has died is found out by the hand-over, and replaced.
      if (limited.isCompletedExceptionally() && leased.worker().isAlive()) {
        throw new SessionFailure(
            ErrorInfo.of(
                ErrorCode.BAD_REQUEST,
                "the request's limits on memory or CPU time cannot be kept: %s"
                    .formatted(limited.exceptionNow().getMessage())));
      }
    }
    return handOver(leased);
  }

  private SessionRun run(WorkerLease<Satellite> leased, HandOver handOver) {
    return new SessionRun(
        services,
        mailbox,
        relay,
        printed,
        times,
        leased.worker(),
        handOver,
        terms.pool(),
        terms.limits().resources().processes(),
        terms.deadline(),
        terms.grace(),
        engine::send,
        SessionRun.startedBy(id, leased, runtime().name()));
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
    var farewell = new Farewell(leased, services.limits()).part(terminal);
    if (request.reportExit() && answered) {
      farewell.exited().ifPresent(exited -> engine.exited(this, exited));
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
            .addKeyValue("resource_pool", terms.resourcePool())
            .addKeyValue("account", lease == null ? "" : lease.account().name())
            .addKeyValue("outcome", outcome)
            .addKeyValue("times", times.times());
    if (terminal instanceof Message.Failed(var error, _, _)) {
      services.observer().failed(error.code());
      error
          .limit()
          .flatMap(limit -> LimitKind.of(limit.name()))
          .ifPresent(services.observer()::limitMet);
      line = line.addKeyValue("code", error.code());
    }
    line.log("session ended");
  }

  private long now() {
    return services.nanoTime().getAsLong();
  }
}
