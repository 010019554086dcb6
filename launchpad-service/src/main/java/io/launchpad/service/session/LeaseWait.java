// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.PoolException;
import io.launchpad.pool.WorkerLease;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.service.launcher.Satellite;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The part of a session between admission and the hand-over: waits for a satellite and its limits,
/// says so to the engine, and gives up in time.
final class LeaseWait {
  private static final Duration QUEUED_INTERVAL = Duration.ofSeconds(5);

  private final SessionServices services;
  private final Mailbox mailbox;
  private final Consumer<Message> engine;
  private final SessionDeadline deadline;
  private final IntSupplier place;

  /// @param place where the request stands in the pool's queue
  LeaseWait(
      SessionServices services,
      Mailbox mailbox,
      Consumer<Message> engine,
      SessionDeadline deadline,
      IntSupplier place) {
    this.place = place;
    this.services = services;
    this.mailbox = mailbox;
    this.engine = engine;
    this.deadline = deadline;
  }

  WorkerLease<Satellite> await(CompletableFuture<WorkerLease<Satellite>> future)
      throws SessionFailure, SessionCancelled, InterruptedException {
    try {
      untilDecided(future, true);
      return future.join();
    } catch (CompletionException e) {
      throwIfOver(e.getCause());
      throw new SessionFailure(refusal(e.getCause() == null ? e : e.getCause()));
    } catch (SessionFailure | SessionCancelled | InterruptedException e) {
      if (!future.cancel(false) && !future.isCompletedExceptionally()) {
        future.join().close(); // it came at the same moment
      }
      throw e;
    }
  }

  /// The pool also knows the request's deadline, and may notice first that it has passed. That is
  /// still the deadline, not the queue's limit.
  private void throwIfOver(@Nullable Throwable refusal) throws SessionCancelled {
    if (refusal instanceof PoolException.WaitTimeout
        && services.nanoTime().getAsLong() >= deadline.nanos()) {
      throw over();
    }
  }

  private SessionCancelled over() {
    return new SessionCancelled(new CancelCause.Deadline(deadline.allowed(), deadline.key()));
  }

  /// Waits, as for a lease, until the limits of the leased satellite are set or refused.
  void awaitLimits(CompletableFuture<?> limits)
      throws SessionFailure, SessionCancelled, InterruptedException {
    untilDecided(limits, false);
  }

  /// @param queued whether the engine is told how many wait
  private void untilDecided(CompletableFuture<?> future, boolean queued)
      throws SessionFailure, SessionCancelled, InterruptedException {
    if (!future.isDone()) {
      var _ = future.whenComplete((_, _) -> mailbox.post(new SessionEvent.Decided()));
    }
    long nextQueued = queued ? services.nanoTime().getAsLong() : Long.MAX_VALUE;
    while (!future.isDone()) {
      long now = services.nanoTime().getAsLong();
      if (now >= deadline.nanos()) {
        throw over();
      }
      if (now >= nextQueued && !future.isDone()) {
        int waiting = services.pool().get().waiting();
        engine.accept(new Message.Queued(place.getAsInt(), waiting));
        nextQueued = now + QUEUED_INTERVAL.toNanos();
      }
      switch (mailbox.await(Math.min(deadline.nanos(), nextQueued))) {
        case null -> {}
        case SessionEvent.Decided() -> {} // this one, or one before
        case SessionEvent.CancelRequested(var reason) ->
            throw new SessionCancelled(new CancelCause.Requested(reason));
        case SessionEvent.EngineGone() -> throw new SessionCancelled(new CancelCause.EngineGone());
        case SessionEvent.Broken(var error) -> throw new SessionFailure(error);
        case SessionEvent.ShuttingDown() -> throw new SessionCancelled(new CancelCause.ShutDown());
        case SessionEvent.SatelliteStarted _,
            SessionEvent.SatelliteAnswered _,
            SessionEvent.SatelliteClosed _,
            SessionEvent.SatelliteExited _,
            SessionEvent.OutputValidated _,
            SessionEvent.OutputDelivered _,
            SessionEvent.PipesDrained _,
            SessionEvent.Measured _ -> {}
      }
    }
  }

  private static ErrorInfo refusal(Throwable cause) {
    return switch (cause) {
      case SessionFailure failure -> failure.error();
      case PoolException.Rejected e -> ErrorInfo.of(ErrorCode.BAD_REQUEST, text(e));
      case PoolException.QueueFull e -> ErrorInfo.of(ErrorCode.QUEUE_FULL, text(e));
      case PoolException.WaitTimeout e -> ErrorInfo.of(ErrorCode.QUEUE_TIMEOUT, text(e));
      case PoolException.StartFailed e -> ErrorInfo.of(ErrorCode.LAUNCH_FAILED, text(e));
      case PoolException.FactoryEnded e -> ErrorInfo.of(ErrorCode.LAUNCH_FAILED, text(e));
      case PoolException.ShuttingDown e -> ErrorInfo.of(ErrorCode.SHUTTING_DOWN, text(e));
      default -> ErrorInfo.of(ErrorCode.INTERNAL, "no satellite: " + cause);
    };
  }

  /// The first few thousand characters: a start failure brings the output of a process along.
  private static String text(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    return text.length() <= 2_000 ? text : text.substring(0, 2_000) + " …";
  }
}
