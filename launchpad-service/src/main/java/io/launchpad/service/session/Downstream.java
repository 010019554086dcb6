// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlTotals;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.FrameHeader;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One stream from the satellite to the engine: each frame comes whole into one buffer, is
/// validated as hostile input, and only then goes on, from that same buffer.
///
/// The frame's credit goes back to the satellite when the engine's socket has taken it: memory is
/// bounded by the window, or by one frame where that is larger.
final class Downstream implements PayloadReceiver {
  /// What the relay does about a stream.
  interface Events {
    /// A frame has passed the validator. May refuse it by throwing.
    void passed(FrameHeader header) throws SessionFailure;

    /// All of the stream has been taken by the engine's socket.
    void delivered(int stream);

    void malformed(BxlException cause);

    void refused(SessionFailure failure);
  }

  private final OutboundStream out;
  private final Supplier<BxlValidator> validators;
  private final Events events;
  private @Nullable BxlValidator validator;
  private boolean closed;
  private int sending;

  /// @param validators makes the validator when the first frame comes: the declared schema is known
  ///   by then
  Downstream(OutboundStream out, Supplier<BxlValidator> validators, Events events) {
    this.out = out;
    this.validators = validators;
    this.events = events;
  }

  @Override
  public void received(Payload payload) {
    if (isClosed()) {
      payload.close();
      return;
    }
    try {
      events.passed(validate(payload));
      forward(payload);
    } catch (BxlException e) {
      close();
      payload.close();
      events.malformed(e);
    } catch (SessionFailure e) {
      close();
      payload.close();
      events.refused(e);
    }
  }

  private FrameHeader validate(Payload payload) throws BxlException {
    var bytes = payload.bytes();
    synchronized (this) {
      // Before the validator may say that the stream has ended: on the engine's event loop the
      // frame
      // before this one may be done any moment, and must not be taken for the last.
      sending++;
      if (validator == null) {
        validator = validators.get();
      }
      return validator.frame(bytes.nioBuffer(bytes.readerIndex(), bytes.readableBytes()));
    }
  }

  private void forward(Payload payload) {
    var _ =
        out.send(List.of(payload.bytes().retain()))
            .whenComplete((_, failure) -> {
              // An engine that discards the stream has taken all it wants of it.
              payload.close();
              sent(failure == null);
            });
  }

  private void sent(boolean taken) {
    boolean complete;
    synchronized (this) {
      sending--;
      if (!taken) {
        closed = true;
      }
      complete = taken && !closed && sending == 0 && validator != null && validator.ended();
    }
    if (complete) {
      events.delivered(out.number());
    }
  }

  /// What has passed so far, or empty when the stream has not ended.
  synchronized Optional<BxlTotals> totals() {
    return validator != null && validator.ended()
        ? Optional.of(validator.totals())
        : Optional.empty();
  }

  synchronized void close() {
    closed = true;
  }

  private synchronized boolean isClosed() {
    return closed;
  }
}
