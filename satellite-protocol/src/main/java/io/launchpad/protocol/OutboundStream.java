// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The sending end of one stream: cuts units into fragments as credit allows.
///
/// Units are sent in the order they were given. A producer keeps memory bounded by waiting for the
/// stage of an earlier unit before it makes another one.
public final class OutboundStream {
  private final Connection connection;
  private final FrameWriter writer;
  private final int number;
  private final FrameType type;
  private final SendCredit credit;
  private final Deque<Unit> units = new ArrayDeque<>();
  private boolean discarded;
  private boolean listed;

  OutboundStream(
      Connection connection, FrameWriter writer, int number, FrameType type, long initialCredit) {
    this.connection = connection;
    this.writer = writer;
    this.number = number;
    this.type = type;
    credit = new SendCredit(initialCredit);
  }

  public int number() {
    return number;
  }

  /// Sends a whole unit: for a data stream one BXL frame. Callable from any thread.
  ///
  /// @param parts direct buffers, gathered in this order without a copy; one reference of each
  ///   passes to the stream, which releases it when the stage completes
  public CompletionStage<SendOutcome> send(List<ByteBuf> parts) {
    return send(parts, false);
  }

  /// Sends part of a unit: how a relay passes on fragments as they come. The first part of a BXL
  /// frame must hold its header.
  ///
  /// @param more the unit goes on in the next call
  public CompletionStage<SendOutcome> send(List<ByteBuf> parts, boolean more) {
    var unit = new Unit(parts, more);
    connection.onLoop(() -> enqueue(unit), () -> unit.finish(connection.lost()));
    return unit.done.minimalCompletionStage();
  }

  private void enqueue(Unit unit) {
    if (connection.isClosed()) {
      unit.finish(connection.lost());
    } else if (discarded) {
      unit.finish(SendOutcome.DISCARDED);
    } else {
      units.add(unit);
      offer();
    }
  }

  void grant(long bytes) {
    credit.grant(bytes);
    offer();
  }

  /// The receiver wants no more: everything that waits is dropped, as is everything still to come.
  void discard() {
    discarded = true;
    Unit unit;
    while ((unit = units.poll()) != null) {
      unit.finish(SendOutcome.DISCARDED);
    }
  }

  void fail(ProtocolException cause) {
    discarded = true;
    Unit unit;
    while ((unit = units.poll()) != null) {
      unit.finish(cause);
    }
  }

  private void offer() {
    if (!listed && isReady()) {
      listed = true;
      writer.ready(this);
    }
  }

  private boolean isReady() {
    Unit unit = units.peek();
    if (unit == null) {
      return false;
    }
    // The first fragment of a BXL frame holds its header, so it must not be cut shorter by credit.
    long least = type == FrameType.DATA ? Math.min(unit.left, Limits.BXL_HEADER_BYTES) : 1;
    return unit.left == 0 || credit.available() >= least;
  }

  /// The next fragment, or null when there is none to send; called by the writer in this stream's
  /// turn.
  @Nullable Fragment next(int bytesMax) {
    listed = false;
    Unit unit = units.peek();
    if (unit == null || !isReady()) {
      return null;
    }
    int length = (int) Math.min(unit.left, Math.min(bytesMax, credit.available()));
    credit.spend(length);
    List<ByteBuf> parts = unit.take(length);
    boolean last = unit.left == 0;
    if (last) {
      units.remove();
    }
    return new Fragment(this, unit, parts, length, !last || unit.more, last);
  }

  FrameType type() {
    return type;
  }

  /// One fragment on its way to the socket.
  ///
  /// @param last the last fragment of what one call of `send` gave
  record Fragment(
      OutboundStream stream,
      Unit unit,
      List<ByteBuf> parts,
      int length,
      boolean more,
      boolean last) {

    void written() {
      if (last) {
        unit.finish(SendOutcome.WRITTEN);
      }
      stream.offer();
    }

    void failed(ProtocolException cause) {
      unit.finish(cause);
    }
  }

  /// What one call of `send` gave.
  static final class Unit {
    private final List<ByteBuf> parts;
    private final boolean more;
    private final CompletableFuture<SendOutcome> done = new CompletableFuture<>();
    private long left;
    private int part;
    private int offset;

    Unit(List<ByteBuf> parts, boolean more) {
      this.parts = List.copyOf(parts);
      this.more = more;
      for (ByteBuf buffer : this.parts) {
        left += buffer.readableBytes();
      }
    }

    List<ByteBuf> take(int length) {
      List<ByteBuf> slices = new ArrayList<>();
      int wanted = length;
      while (wanted > 0) {
        ByteBuf buffer = parts.get(part);
        int count = Math.min(wanted, buffer.readableBytes() - offset);
        if (count > 0) {
          slices.add(buffer.retainedSlice(buffer.readerIndex() + offset, count));
        }
        wanted -= count;
        offset += count;
        if (offset == buffer.readableBytes()) {
          part++;
          offset = 0;
        }
      }
      left -= length;
      return slices;
    }

    private void finish(SendOutcome outcome) {
      release();
      done.complete(outcome);
    }

    private void finish(ProtocolException cause) {
      release();
      done.completeExceptionally(cause);
    }

    private void release() {
      if (!done.isDone()) {
        parts.forEach(ByteBuf::release);
      }
    }
  }
}
