// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import io.launchpad.pool.EndCause;
import io.launchpad.pool.LeaseRequest;
import io.launchpad.pool.PoolException;
import io.launchpad.pool.PoolObserver;
import io.launchpad.pool.PoolStats;
import io.launchpad.pool.WorkerAccount;
import io.launchpad.pool.WorkerExit;
import io.launchpad.pool.WorkerKey;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Message.Times;
import io.launchpad.service.config.SandboxConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The one place that names the service's meters, and tells them what the observers hear.
public final class ServiceMetrics
    implements SessionObserver, PoolObserver, ZygoteObserver, AutoCloseable {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(3),
    Duration.ofMillis(10),
    Duration.ofMillis(30),
    Duration.ofMillis(100),
    Duration.ofMillis(300),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60),
    Duration.ofSeconds(600)
  };

  private static final String REFUSED = "launchpad.connections.refused";
  private static final String REFUSED_MEANING =
      "Connections of engines that were sent away, or lost before they were authenticated";

  /// Why a connection may end before it is an engine's.
  private static final Set<ErrorCode> REFUSALS =
      EnumSet.of(
          ErrorCode.AUTHENTICATION_FAILED,
          ErrorCode.VERSION_UNSUPPORTED,
          ErrorCode.TOO_MANY_CONNECTIONS,
          ErrorCode.PROTOCOL_VIOLATION,
          ErrorCode.CONNECTION_LOST);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final Timer queueWait = phase("queue", "Waiting for a satellite");
  private final Timer lease = phase("lease", "From the end of waiting to a satellite in hand");
  private final Timer start = phase("start", "Until the satellite had the script");
  private final Timer run = phase("run", "Running the script and moving its data");
  private final Timer drain = phase("drain", "From the end of the script to the answer");
  private final Counter rows =
      counter("launchpad.relay.rows", "Rows of results that were relayed to engines");
  private final Counter dropped =
      counter(
          "launchpad.output.dropped.bytes", "Printed text beyond the limit that launchpad dropped");
  private final Counter leaked =
      counter("launchpad.pool.leaked", "Satellites held for longer than any session may run");
  private final Counter shed =
      counter("launchpad.pool.shed", "Parked satellites that were ended for want of memory");
  private final EnumMap<Direction, Counter> bytes = new EnumMap<>(Direction.class);

  public ServiceMetrics(SandboxConfig.Mode sandbox) {
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    for (var direction : Direction.values()) {
      bytes.put(
          direction,
          Counter.builder("launchpad.relay.bytes")
              .description("Bytes of streams that were relayed")
              .tag("direction", word(direction))
              .register(registry));
    }
    gauge("launchpad.connections", "Connections of engines", connections::get);
    gauge("launchpad.sessions.running", "Requests that have no answer yet", running::get);
    gauge(
        "launchpad.sandbox.unrestricted",
        "1 when satellites are not confined (sandbox = none)",
        () -> sandbox == SandboxConfig.Mode.NONE ? 1 : 0);
    for (var code : ErrorCode.values()) {
      failures(code);
    }
  }

  /// Follows a pool's gauges. Each reads the pool when it is scraped.
  public void watch(Supplier<PoolStats> pool) {
    workers(pool, "starting", PoolStats.Counts::starting);
    workers(pool, "parked", PoolStats.Counts::parked);
    workers(pool, "leased", PoolStats.Counts::leased);
    workers(pool, "ending", PoolStats.Counts::ending);
    gauge("launchpad.pool.waiting", "Requests in the queue", () -> pool.get().waiting());
    accounts(pool, "free", PoolStats.Accounts::free);
    accounts(pool, "held", PoolStats.Accounts::held);
    accounts(pool, "quarantined", PoolStats.Accounts::quarantined);
  }

  /// Follows the zygote that serves a runtime.
  public void watchZygote(String runtime, Supplier<ZygoteObserver.Figures> zygote) {
    zygote(
        "age",
        "seconds",
        runtime,
        "How long the zygote has served",
        () -> zygote.get().age().toSeconds());
    zygote(
        "memory",
        "bytes",
        runtime,
        "What the zygote keeps for itself",
        () -> zygote.get().memoryBytes());
    zygote(
        "forks", null, runtime, "Satellites that came of the zygote", () -> zygote.get().forks());
    zygote(
        "retired",
        null,
        runtime,
        "Zygotes that were replaced and have sessions left",
        () -> zygote.get().retired());
  }

  /// Follows the listeners' counts.
  ///
  /// @param refusals connections that did not get through the handshake, by reason
  public void watch(LongSupplier authenticationFailures, ToLongFunction<ErrorCode> refusals) {
    FunctionCounter.builder(
            "launchpad.authentication.failures",
            this,
            _ -> (double) authenticationFailures.getAsLong())
        .description("Engines that could not prove who they are")
        .register(registry);
    for (var reason : REFUSALS) {
      FunctionCounter.builder(REFUSED, this, _ -> (double) refusals.applyAsLong(reason))
          .description(REFUSED_MEANING)
          .tag("cause", word(reason))
          .register(registry);
    }
  }

  /// Follows what the data path holds.
  public void watchBuffers(LongSupplier held, LongSupplier bytes) {
    gauge("launchpad.relay.buffers", "Frames and fragments on their way", held::getAsLong);
    gauge("launchpad.relay.memory", "Memory they take, in bytes", bytes::getAsLong);
  }

  /// Everything in Prometheus' text format.
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void sessionStarted() {
    running.incrementAndGet();
  }

  @Override
  public void sessionEnded(String runtime, SessionObserver.Outcome outcome, Times times) {
    running.decrementAndGet();
    Counter.builder("launchpad.sessions")
        .description("Sessions that ended")
        .tag("runtime", runtime)
        .tag("outcome", word(outcome))
        .register(registry)
        .increment();
    queueWait.record(times.queueMicros(), TimeUnit.MICROSECONDS);
    lease.record(times.leaseMicros(), TimeUnit.MICROSECONDS);
    start.record(times.startMicros(), TimeUnit.MICROSECONDS);
    run.record(times.runMicros(), TimeUnit.MICROSECONDS);
    drain.record(times.drainMicros(), TimeUnit.MICROSECONDS);
  }

  @Override
  public void failed(ErrorCode code) {
    failures(code).increment();
  }

  @Override
  public void limitMet(LimitKind limit) {
    Counter.builder("launchpad.limits.met")
        .description("Sessions that failed at a limit or after they had met one, by limit")
        .tag("limit", limit.label())
        .register(registry)
        .increment();
  }

  @Override
  public void bytesRelayed(Direction direction, long count) {
    var counter = bytes.get(direction);
    if (counter != null) {
      counter.increment((double) count);
    }
  }

  @Override
  public void rowsRelayed(long count) {
    rows.increment((double) count);
  }

  @Override
  public void outputDropped(long count) {
    dropped.increment((double) count);
  }

  @Override
  public void violation(ErrorCode code) {
    Counter.builder("launchpad.relay.violations")
        .description("Satellites that broke a rule of the protocol or of BXL")
        .tag("code", code.name())
        .register(registry)
        .increment();
  }

  @Override
  public void connectionOpened() {
    connections.incrementAndGet();
  }

  @Override
  public void connectionClosed() {
    connections.decrementAndGet();
  }

  @Override
  public void refused(LeaseRequest request, Duration waited, PoolException cause) {
    queueWait.record(waited);
  }

  @Override
  public void parked(WorkerKey key, long generation, Duration startTook) {
    Timer.builder("launchpad.park")
        .description("Starting satellites until they are parked")
        .tag("runtime", key.runtime())
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(startTook);
  }

  @Override
  public void startFailed(WorkerKey key, long generation, int consecutive, Throwable cause) {
    Counter.builder("launchpad.park.failures")
        .description("Satellites that could not be parked")
        .tag("runtime", key.runtime())
        .register(registry)
        .increment();
  }

  @Override
  public void ending(WorkerKey key, long generation, EndCause cause) {
    if (cause == EndCause.Unwanted.SHED) {
      shed.increment();
    }
  }

  @Override
  public void leaked(LeaseRequest request, long generation, Duration open) {
    leaked.increment();
  }

  @Override
  public void stuck(WorkerKey key, long generation, EndCause cause, Duration since) {
    counter("launchpad.pool.stuck", "Satellites that did not end in time").increment();
  }

  @Override
  public void quarantined(WorkerAccount account, String reason) {
    counter("launchpad.accounts.quarantines", "Accounts taken out of use").increment();
  }

  @Override
  public void gone(WorkerKey key, long generation, WorkerExit exit) {
    counter("launchpad.satellites.ended", "Satellites whose end was reported").increment();
  }

  @Override
  public void retired(String runtime, ZygoteObserver.Cause cause) {
    Counter.builder("launchpad.zygote.retirements")
        .description("Zygotes that were replaced by new ones")
        .tag("runtime", runtime)
        .tag("cause", word(cause))
        .register(registry)
        .increment();
  }

  @Override
  public void notStarted(String runtime) {
    Counter.builder("launchpad.zygote.start.failures")
        .description("Zygotes that did not start")
        .tag("runtime", runtime)
        .register(registry)
        .increment();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private Counter failures(ErrorCode code) {
    return Counter.builder("launchpad.failures")
        .description("Sessions that failed, by error code")
        .tag("code", code.name())
        .tag("category", word(code.category()))
        .register(registry);
  }

  private Timer phase(String name, String description) {
    return Timer.builder("launchpad.session." + name)
        .description(description)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).strongReference(true).register(registry);
  }

  private void zygote(
      String name, @Nullable String unit, String runtime, String meaning, Supplier<Number> value) {
    Gauge.builder("launchpad.zygote." + name, value)
        .description(meaning)
        .baseUnit(unit)
        .tag("runtime", runtime)
        .strongReference(true)
        .register(registry);
  }

  private void workers(
      Supplier<PoolStats> pool, String state, ToIntFunction<PoolStats.Counts> count) {
    Gauge.builder("launchpad.pool.satellites", () -> count.applyAsInt(pool.get().workers()))
        .description("Satellites by state")
        .tag("state", state)
        .strongReference(true)
        .register(registry);
  }

  private void accounts(
      Supplier<PoolStats> pool, String state, ToIntFunction<PoolStats.Accounts> count) {
    Gauge.builder("launchpad.accounts", () -> count.applyAsInt(pool.get().accounts()))
        .description("Worker accounts by state")
        .tag("state", state)
        .strongReference(true)
        .register(registry);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
