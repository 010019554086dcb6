// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import io.launchpad.protocol.SendOutcome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One stream from the engine to the satellite: fragments go on as they come.
///
/// Until a satellite is leased they wait here, which the credit the engine was given bounds. A
/// fragment's credit goes back to the engine when the satellite's socket has taken it.
final class Upstream implements PayloadReceiver {
  private final LongConsumer relayed;
  private final Runnable discarded;
  private final Consumer<SessionFailure> refused;
  private final Queue<Payload> waiting = new ArrayDeque<>();
  private @Nullable OutboundStream out;
  private boolean closed;
  private boolean unwanted;
  private @Nullable DeclaredSchema tap;

  /// @param relayed hears how many bytes went on
  /// @param discarded called once when the satellite wants no more of this stream
  /// @param refused hears why a schema that passed is none
  Upstream(LongConsumer relayed, Runnable discarded, Consumer<SessionFailure> refused) {
    this.relayed = relayed;
    this.discarded = discarded;
    this.refused = refused;
  }

  /// Shows what passes to `schema` as well.
  void tap(DeclaredSchema schema) {
    tap = schema;
  }

  @Override
  public synchronized void received(Payload payload) {
    if (tap != null && !closed) {
      try {
        tap.collect(payload.bytes().nioBuffer(), payload.more());
      } catch (SessionFailure e) {
        refused.accept(e);
      }
    }
    if (closed || unwanted) {
      payload.close();
    } else if (out == null) {
      waiting.add(payload);
    } else {
      forward(out, payload);
    }
  }

  /// The satellite is there: everything goes to it from now on.
  synchronized void attach(OutboundStream stream) {
    out = stream;
    Payload payload;
    while ((payload = waiting.poll()) != null) {
      forward(stream, payload);
    }
  }

  /// Nothing goes on any more; what still comes is thrown away.
  synchronized void close() {
    closed = true;
    waiting.forEach(Payload::close);
    waiting.clear();
  }

  private void forward(OutboundStream stream, Payload payload) {
    int length = payload.bytes().readableBytes();
    var _ =
        stream
            .send(List.of(payload.bytes().retain()), payload.more())
            .whenComplete((outcome, failure) -> {
              payload.close();
              if (failure == null && outcome == SendOutcome.WRITTEN) {
                relayed.accept(length);
              } else if (failure == null) {
                stop();
              }
            });
  }

  private synchronized void stop() {
    if (!unwanted && !closed) {
      unwanted = true;
      discarded.run();
    }
  }
}
