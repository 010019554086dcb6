// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.Identity;
import io.launchpad.pool.WorkerKey;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.service.config.ResourcePoolSettings;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.engine.EngineRights;
import io.launchpad.service.launcher.LimitedPool;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What a request may have: whether its engine may ask for it, and the smaller of what it asks for
/// and what the service and its resource pool allow.
final class SessionTerms {
  private final SessionServices services;
  private final EngineRights rights;
  private final Execute request;
  private final LimitedPool pool;
  private final SessionLimits limits;
  private final SessionDeadline deadline;

  /// @param nowNanos when the request came
  SessionTerms(SessionServices services, EngineRights rights, Execute request, long nowNanos) {
    this.services = services;
    this.rights = rights;
    this.request = request;
    pool = services.resourcePools().getOrDefault(resourcePool(), LimitedPool.NONE);
    limits = SessionLimits.of(services.limits(), pool.session(), request.limits());
    deadline = deadline(nowNanos);
  }

  private SessionDeadline deadline(long now) {
    Duration all = services.limits().deadline();
    Duration own = pool.deadline().filter(d -> d.compareTo(all) < 0).orElse(all);
    String key = own.equals(all) ? "limits.deadline" : pool.key("session-deadline");
    long asked = request.deadlineMillis();
    Duration allowed = asked > 0 && asked < own.toMillis() ? Duration.ofMillis(asked) : own;
    return new SessionDeadline(allowed, key, now + allowed.toNanos());
  }

  LimitedPool pool() {
    return pool;
  }

  SessionLimits limits() {
    return limits;
  }

  SessionDeadline deadline() {
    return deadline;
  }

  Duration grace() {
    Duration own = services.limits().grace();
    return request.graceMillis() > 0 && request.graceMillis() < own.toMillis()
        ? Duration.ofMillis(request.graceMillis())
        : own;
  }

  String resourcePool() {
    return request.resourcePool().isEmpty()
        ? ResourcePoolSettings.STANDARD
        : request.resourcePool();
  }

  /// The runtime for the request, if its engine may use it.
  RuntimeConfig admit() throws SessionFailure {
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
    return found.get();
  }

  private Identity identity() {
    return new Identity(rights.engineId(), request.principal());
  }

  /// Where it stands in the pool's queue; 0 when it is not there.
  int place() {
    return services.gate().place(identity(), request.requestId());
  }

  /// The kind of satellite it needs.
  WorkerKey key(RuntimeConfig runtime) {
    return new WorkerKey(runtime.name(), resourcePool());
  }

  /// What it asks the pool for.
  TaskGate.Task task(RuntimeConfig runtime) {
    return new TaskGate.Task(
        key(runtime),
        identity(),
        request.requestId(),
        request.task(),
        request.tasks(),
        deadline.nanos());
  }

  /// The request as the satellite gets it: what is left of the deadline, the limits in force, and
  /// who it is for.
  Execute forSatellite(RuntimeConfig runtime, String sessionId, long nowNanos) {
    long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline.nanos() - nowNanos));
    return request.toBuilder()
        .language(runtime.language())
        .runtime(runtime.name())
        .resourcePool(resourcePool())
        .deadlineMillis(left)
        .graceMillis(grace().toMillis())
        .limits(limits.forSatellite())
        .reportExit(false)
        .engineId(rights.engineId())
        .sessionId(sessionId)
        .build();
  }
}
