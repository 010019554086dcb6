// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlTotals;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.FrameHeader;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream from the satellite to the engine: each frame comes whole into one buffer, is
/// validated as hostile input, and only then goes on, from that same buffer.
///
/// The scan of an ordinary batch is done on the event loop that received it. A frame of hundreds of
/// megabytes takes a good part of a second to scan, which other sessions' connections must not wait
/// for: it is validated elsewhere, and what comes behind it waits for its turn.
///
/// The frame's credit goes back to the satellite when the engine's socket has taken it: memory is
/// bounded by the window, or by one frame where that is larger.
final class Downstream implements PayloadReceiver {
  /// Twice an ordinary batch: a scan of a few milliseconds.
  static final int SCANNED_AT_ONCE_BYTES_MAX = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Downstream.class);

  /// What the relay does about a stream.
  interface Events {
    /// Makes the validator when the first frame comes: the declared schema is known by then. May
    /// refuse by throwing.
    BxlValidator validator() throws SessionFailure;

    /// A frame has passed the validator. May refuse it by throwing.
    void passed(FrameHeader header) throws SessionFailure;

    /// All of the stream has been taken by the engine's socket.
    void delivered(int stream);

    /// What was validated elsewhere has been; more may come.
    void caughtUp();

    void malformed(BxlException cause);

    void refused(SessionFailure failure);
  }

  private final OutboundStream out;
  private final TransitMemory.Share memory;
  private final Events events;
  private final InTurn<Payload> frames;

  /// Of whoever has the turn.
  private @Nullable BxlValidator validator;

  private final Delivery delivery = new Delivery();

  /// @param memory for the frames that are here
  /// @param elsewhere validates large frames
  Downstream(OutboundStream out, TransitMemory.Share memory, Executor elsewhere, Events events) {
    this.out = out;
    this.memory = memory;
    this.events = events;
    frames =
        new InTurn<>(
            elsewhere,
            frame -> frame.bytes().readableBytes() > SCANNED_AT_ONCE_BYTES_MAX,
            this::handle,
            events::caughtUp,
            this::refuse);
  }

  @Override
  public @Nullable ByteBuf allocate(int bytes) {
    try {
      memory.take(bytes);
    } catch (SessionFailure e) {
      close();
      events.refused(e);
      return null;
    }
    return PayloadReceiver.super.allocate(bytes);
  }

  @Override
  public void freed(int bytes) {
    memory.give(bytes);
  }

  @Override
  public void received(Payload payload) {
    frames.accept(payload);
  }

  private void handle(Payload payload) {
    if (delivery.isClosed()) {
      payload.close();
      return;
    }
    try {
      events.passed(validate(payload));
      forward(payload);
    } catch (BxlException e) {
      giveUp(payload);
      events.malformed(e);
    } catch (SessionFailure e) {
      giveUp(payload);
      events.refused(e);
    } catch (RuntimeException | Error e) {
      LOG.error("defect while output was relayed", e);
      giveUp(payload);
      events.refused(
          new SessionFailure(ErrorInfo.of(ErrorCode.INTERNAL, "a defect of launchpad: " + e)));
    }
  }

  /// A frame that nobody validates any more: the service is ending.
  private void refuse(Payload payload) {
    giveUp(payload);
    events.refused(
        new SessionFailure(ErrorInfo.of(ErrorCode.SHUTTING_DOWN, "the service is shutting down")));
  }

  private void giveUp(Payload payload) {
    close();
    payload.close();
  }

  private FrameHeader validate(Payload payload) throws BxlException, SessionFailure {
    var bytes = payload.bytes();
    if (validator == null) {
      validator = events.validator();
    }
    var header = validator.frame(bytes.nioBuffer(bytes.readerIndex(), bytes.readableBytes()));
    delivery.begin(validator.ended() ? Optional.of(validator.totals()) : Optional.empty());
    return header;
  }

  private void forward(Payload payload) {
    var _ =
        out.send(List.of(payload.bytes().retain()))
            .whenComplete((_, failure) -> {
              // An engine that discards the stream has taken all it wants of it.
              payload.close();
              if (delivery.end(failure == null)) {
                events.delivered(out.number());
              }
            });
  }

  /// What has passed, or empty when the stream has not ended.
  Optional<BxlTotals> totals() {
    return delivery.totals();
  }

  /// Whether frames that came are still to be validated.
  boolean isBusy() {
    return frames.isBusy();
  }

  void close() {
    delivery.close();
  }
}
