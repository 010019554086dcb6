// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import io.launchpad.protocol.SendOutcome;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One stream from the engine to the satellite: fragments go on as they come.
///
/// Until a satellite is leased, and while its socket is slow, they wait here, which the credit the
/// engine was given bounds. That counts bytes of payload: so that fragments of a byte each do not
/// take a buffer each, small ones wait together. A fragment's credit goes back to the engine when
/// the satellite's socket has taken it.
final class Upstream implements PayloadReceiver {
  /// A fragment below this is given a buffer with room for those that follow it.
  private static final int SMALL_BYTES = 4 << 10;

  private static final int ROOM_BYTES = 2 * SMALL_BYTES;

  /// How many may be on their way to the satellite's socket; as many whole ones are more than a
  /// window.
  private static final int UNDER_WAY_MAX = 64;

  private final TransitMemory.Share memory;
  private final LongConsumer relayed;
  private final Runnable discarded;
  private final Consumer<SessionFailure> refused;
  private final Deque<Payload> waiting = new ArrayDeque<>();
  private @Nullable OutboundStream out;
  private Consumer<Runnable> loop = _ -> {};
  private boolean asked;
  private int underWay;
  private boolean sending;
  private boolean closed;
  private boolean unwanted;
  private @Nullable DeclaredSchema tap;

  /// @param memory for what waits here
  /// @param relayed hears how many bytes went on
  /// @param discarded called once when the satellite wants no more of this stream
  /// @param refused hears why a schema that passed is none, or that there is no memory
  Upstream(
      TransitMemory.Share memory,
      LongConsumer relayed,
      Runnable discarded,
      Consumer<SessionFailure> refused) {
    this.memory = memory;
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
      return;
    }
    Payload before = waiting.peekLast();
    if (before == null || !before.absorb(payload)) {
      waiting.add(payload);
    }
    if (out != null && !asked) {
      asked = true;
      loop.accept(this::send);
    }
  }

  @Override
  public @Nullable ByteBuf allocate(int bytes) {
    int room = bytes < SMALL_BYTES ? ROOM_BYTES : bytes;
    try {
      memory.take(room);
    } catch (SessionFailure e) {
      refused.accept(e);
      return null;
    }
    return PayloadReceiver.super.allocate(room);
  }

  @Override
  public void freed(int bytes) {
    memory.give(bytes);
  }

  /// The satellite is there: everything goes to it from now on.
  ///
  /// @param satelliteLoop runs a task on the satellite's event loop, on which this is called.
  ///   Everything is sent there: what two threads send has no order
  synchronized void attach(OutboundStream stream, Consumer<Runnable> satelliteLoop) {
    out = stream;
    loop = satelliteLoop;
    send();
  }

  /// On the satellite's event loop: lets go on what may. What is written at once comes back here
  /// before it has returned.
  private synchronized void send() {
    asked = false;
    if (out == null || sending) {
      return;
    }
    sending = true;
    try {
      while (underWay < UNDER_WAY_MAX && !waiting.isEmpty()) {
        underWay++;
        forward(out, waiting.remove());
      }
    } finally {
      sending = false;
    }
  }

  /// On the satellite's event loop too: its socket has taken one.
  private synchronized void written() {
    underWay--;
    send();
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
                written();
              } else if (failure == null) {
                stop();
              }
            });
  }

  private synchronized void stop() {
    if (!unwanted && !closed) {
      unwanted = true;
      waiting.forEach(Payload::close);
      waiting.clear();
      discarded.run();
    }
  }
}
