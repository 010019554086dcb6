// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlTotals;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.FrameHeader;
import io.launchpad.bxl.FrameKind;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.InboundSpec.Delivery;
import io.launchpad.protocol.InboundStream;
import io.launchpad.protocol.Limits;
import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.service.monitoring.LimitKind;
import io.launchpad.service.monitoring.SessionObserver;
import io.launchpad.service.monitoring.SessionObserver.Direction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// BxlServer: the data path of one session, between an engine that is known and a satellite that is
/// not trusted.
///
/// Towards the satellite it passes fragments on, checked for lengths and limits by the connection.
/// Towards the engine each frame is validated before its first byte goes on. Both directions run at
/// once, on the event loops of the two connections; memory is bounded by the credit given to each
/// side and by the engine's share of all there is.
final class Relay {
  private final SessionLimits limits;
  private final Connection engine;
  private final SessionServices services;
  private final SessionObserver observer;
  private final TransitMemory.Share memory;
  private final Consumer<SessionEvent> events;
  private final Map<Integer, Upstream> up = new LinkedHashMap<>();
  private final List<InboundStream> fromEngine = new ArrayList<>();
  private final Map<Integer, FrameType> upTypes = new LinkedHashMap<>();
  private final Map<Integer, Downstream> down = new LinkedHashMap<>();
  private final Map<Integer, OutboundStream> toEngine = new LinkedHashMap<>();
  private final Map<Integer, DeclaredSchema> declared = new LinkedHashMap<>();
  private long rows;
  private long bytes;
  private volatile boolean delivering;
  private boolean closed;

  /// Opens the engine's streams. To be called on the engine's event loop, before it reads on.
  ///
  /// @param memory for the bytes it holds
  Relay(
      Execute request,
      SessionLimits limits,
      Connection engine,
      SessionServices services,
      TransitMemory.Share memory,
      Consumer<SessionEvent> events) {
    this.limits = limits;
    this.engine = engine;
    this.services = services;
    this.observer = services.observer();
    this.memory = memory;
    this.events = events;
    blob(request.script(), Limits.SCRIPT_BYTES, Optional.empty());
    request.parameters().ifPresent(content -> data(content));
    request.inputs().forEach(input -> open(input.stream(), FrameType.DATA, limits.frameBytes()));
    var schemaBytesLeft = new AtomicInteger(DeclaredSchema.ALL_BYTES_MAX);
    for (var output : request.outputs()) {
      var schema =
          output
              .schema()
              .map(content -> new DeclaredSchema(content, limits.bxl(), schemaBytesLeft));
      schema.ifPresent(found -> declared.put(output.stream(), found));
      output.schema().ifPresent(content -> blob(content, DeclaredSchema.BYTES_MAX, schema));
      toEngine.put(output.stream(), engine.openOutbound(output.stream(), FrameType.DATA));
    }
    if (request.outputParametersStream() != 0) {
      int stream = request.outputParametersStream();
      toEngine.put(stream, engine.openOutbound(stream, FrameType.DATA));
    }
  }

  private void blob(Content content, int bytesMax, Optional<DeclaredSchema> tap) {
    if (content instanceof Content.Stream(int number)) {
      var upstream = open(number, FrameType.BLOB, bytesMax);
      tap.ifPresent(upstream::tap);
    }
  }

  private void data(Content content) {
    if (content instanceof Content.Stream(int number)) {
      open(number, FrameType.DATA, limits.frameBytes());
    }
  }

  private Upstream open(int stream, FrameType type, int unitBytesMax) {
    var opened = new InboundStream[1];
    var upstream =
        new Upstream(
            memory,
            count -> observer.bytesRelayed(Direction.TO_SATELLITE, count),
            () -> opened[0].discard(),
            failure -> events.accept(new SessionEvent.Broken(failure.error())));
    opened[0] =
        engine.openInbound(
            new InboundSpec(stream, type, Delivery.FRAGMENTS, unitBytesMax), upstream);
    fromEngine.add(opened[0]);
    up.put(stream, upstream);
    upTypes.put(stream, type);
    return upstream;
  }

  /// Opens the satellite's streams and lets flow what waits. To be called on the satellite's event
  /// loop, right after `EXECUTE` was sent.
  void connect(Connection satellite) {
    for (var entry : toEngine.entrySet()) {
      int stream = entry.getKey();
      var downstream =
          new Downstream(
              entry.getValue(), memory, services.validation(), new DownstreamEvents(stream));
      synchronized (this) {
        if (closed) {
          return;
        }
        down.put(stream, downstream);
      }
      satellite.openInbound(
          new InboundSpec(stream, FrameType.DATA, Delivery.UNITS, limits.frameBytes()), downstream);
    }
    // Until now the engine had no more than its first credit, for want of a satellite to take it.
    long window = services.limits().streamWindow().bytes();
    fromEngine.forEach(stream -> stream.widen(window));
    up.forEach((stream, upstream) ->
        upstream.attach(
            satellite.openOutbound(stream, upTypes.getOrDefault(stream, FrameType.DATA)),
            task -> {
              boolean _ = satellite.execute(task); // false: it is gone, and nothing goes there
            }));
  }

  /// Refuses a request whose declared schemas stand in it and cannot be read.
  void checkDeclaredSchemas() throws SessionFailure {
    for (var schema : declared.values()) {
      schema.check();
    }
  }

  private BxlValidator validator(int stream) throws SessionFailure {
    var schema = declared.get(stream);
    return schema == null
        ? new BxlValidator(limits.bxl())
        : BxlValidator.expecting(schema.schema(), limits.bxl());
  }

  /// Whether any byte of output may have reached the engine.
  boolean delivering() {
    return delivering;
  }

  /// Why the satellite's totals are wrong, or empty when they agree with every stream that has
  /// ended.
  synchronized Optional<String> disagreement(List<StreamTotal> said) {
    for (var entry : down.entrySet()) {
      var passed = entry.getValue().totals();
      if (passed.isPresent()) {
        int stream = entry.getKey();
        var total = said.stream().filter(t -> t.stream() == stream).findFirst();
        if (total.isEmpty() || !matches(total.get(), passed.get())) {
          return Optional.of(
              "stream %d had %s, but the satellite says %s"
                  .formatted(stream, passed.get(), total.map(Object::toString).orElse("nothing")));
        }
      }
    }
    Set<Integer> named = new HashSet<>();
    for (var total : said) {
      if (!down.containsKey(total.stream())) {
        return Optional.of(
            "the satellite counts stream %d, which does not exist".formatted(total.stream()));
      }
      if (!named.add(total.stream())) {
        return Optional.of("the satellite counts stream %d twice".formatted(total.stream()));
      }
    }
    return Optional.empty();
  }

  /// What has passed to the engine on the streams that have ended.
  synchronized List<StreamTotal> totals() {
    List<StreamTotal> all = new ArrayList<>();
    down.forEach((stream, output) ->
        output
            .totals()
            .ifPresent(passed ->
                all.add(new StreamTotal(stream, passed.frames(), passed.rows(), passed.bytes()))));
    return all;
  }

  private static boolean matches(StreamTotal said, BxlTotals passed) {
    return said.frames() == passed.frames()
        && said.rows() == passed.rows()
        && said.bytes() == passed.bytes();
  }

  /// Output streams that have not passed completely.
  synchronized List<Integer> unfinished() {
    return toEngine.keySet().stream().filter(stream -> !hasEnded(down.get(stream))).toList();
  }

  /// Whether output that came is still to be validated.
  synchronized boolean isBusy() {
    return down.values().stream().anyMatch(Downstream::isBusy);
  }

  private static boolean hasEnded(@Nullable Downstream stream) {
    return stream != null && stream.totals().isPresent();
  }

  int outputs() {
    return toEngine.size();
  }

  /// Moves nothing any more; what still comes is thrown away.
  synchronized void close() {
    closed = true;
    up.values().forEach(Upstream::close);
    down.values().forEach(Downstream::close);
  }

  private synchronized void count(FrameHeader header) throws SessionFailure {
    bytes += header.frameLength();
    if (header.kind() == FrameKind.BATCH) {
      rows += header.rowCount();
    }
    if (bytes > limits.outputBytes()) {
      throw limit(LimitKind.OUTPUT_BYTES, limits.outputBytes(), "limits.output-bytes", bytes);
    }
    if (rows > limits.outputRows()) {
      throw limit(LimitKind.OUTPUT_ROWS, limits.outputRows(), "limits.output-rows", rows);
    }
  }

  private static SessionFailure limit(LimitKind kind, long value, String key, long usage) {
    return new SessionFailure(
        ErrorInfo.of(
                ErrorCode.OUTPUT_LIMIT,
                "the result has %d %s or more; %d are allowed (%s or the request's own limit)"
                    .formatted(usage, kind.text(), value, key))
            .withLimit(new ErrorInfo.LimitHit(kind.text(), value, key, usage)));
  }

  /// What one output stream reports.
  private final class DownstreamEvents implements Downstream.Events {
    private final int stream;

    DownstreamEvents(int stream) {
      this.stream = stream;
    }

    @Override
    public BxlValidator validator() throws SessionFailure {
      return Relay.this.validator(stream);
    }

    @Override
    public void passed(FrameHeader header) throws SessionFailure {
      count(header);
      delivering = true;
      observer.bytesRelayed(Direction.TO_ENGINE, header.frameLength());
      if (header.kind() == FrameKind.BATCH) {
        observer.rowsRelayed(header.rowCount());
      }
    }

    @Override
    public void delivered(int number) {
      events.accept(new SessionEvent.OutputDelivered(number));
    }

    @Override
    public void caughtUp() {
      events.accept(new SessionEvent.OutputValidated());
    }

    @Override
    public void malformed(BxlException cause) {
      observer.violation(ErrorCode.OUTPUT_INVALID);
      events.accept(
          new SessionEvent.Broken(
              ErrorInfo.of(
                  ErrorCode.OUTPUT_INVALID,
                  "the satellite sent malformed output on stream %d and was killed: %s"
                      .formatted(stream, cause.getMessage()))));
    }

    @Override
    public void refused(SessionFailure failure) {
      if (failure.error().code() == ErrorCode.OUTPUT_INVALID) {
        observer.violation(ErrorCode.OUTPUT_INVALID);
      }
      events.accept(new SessionEvent.Broken(failure.error()));
    }
  }
}
