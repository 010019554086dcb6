// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.launchpad.protocol.InboundSpec.Delivery;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The receiving end of one stream: puts fragments together, keeps the sender within its credit and
/// its limits, and grants credit again when payloads are closed.
///
/// Of a BXL frame only the length and whether it is the end frame are read here.
public final class InboundStream {
  private static final int KIND_OFFSET = 4;
  private static final int KIND_END = 4;
  private static final int LENGTH_OFFSET = 8;

  private final Connection connection;
  private final InboundSpec spec;
  private final PayloadReceiver receiver;
  private final ReceiveWindow window;

  private @Nullable ByteBuf target;
  private boolean inUnit;
  private long unitBytes;
  private long unitReceived;
  private long unitCredit;
  private boolean lastUnit;
  private boolean ended;
  private boolean discarded;
  private boolean closed;

  InboundStream(
      Connection connection, InboundSpec spec, PayloadReceiver receiver, long initialCredit) {
    this.connection = connection;
    this.spec = spec;
    this.receiver = receiver;
    window = new ReceiveWindow(initialCredit);
  }

  public int number() {
    return spec.stream();
  }

  /// Tells the sender to stop. What is still under way is thrown away.
  public void discard() {
    connection.onLoop(
        () -> {
          if (!discarded && !ended && !closed) {
            discarded = true;
            connection.send(new Message.Credit(number(), 0, true));
          }
        },
        () -> {});
  }

  @Nullable ByteBuf reserve(FrameHeader header, ByteBuf prefix) {
    window.receive(number(), header.length());
    if (header.type() != spec.type()) {
      throw ProtocolException.violation(
          "%s frame on stream %d, which holds %s", header.type(), number(), spec.type());
    }
    if (ended) {
      throw ProtocolException.violation(
          "%s frame after the end of stream %d", spec.type(), number());
    }
    switch (spec.type()) {
      case DATA -> checkFrame(header, prefix);
      case BLOB -> checkBlob(header);
      default -> throw new IllegalStateException(spec.toString());
    }
    if (discarded || closed) {
      dropTarget();
      return null;
    }
    if (spec.delivery() == Delivery.FRAGMENTS) {
      target = receiver.allocate(header.length());
    } else if (target == null) {
      target = receiver.allocate((int) unitBytes);
      grant();
    }
    if (target == null) {
      discard();
    }
    return target;
  }

  private void checkFrame(FrameHeader header, ByteBuf prefix) {
    if (!inUnit) {
      if (prefix.readableBytes() < Limits.BXL_HEADER_BYTES) {
        throw ProtocolException.violation(
            "first fragment of a frame on stream %d holds %d bytes", number(), header.length());
      }
      unitBytes = prefix.getLongLE(prefix.readerIndex() + LENGTH_OFFSET);
      if (unitBytes < Limits.BXL_HEADER_BYTES || unitBytes > spec.unitBytesMax()) {
        throw ProtocolException.violation(
            "frame of %s bytes on stream %d; at most %d are allowed",
            Long.toUnsignedString(unitBytes), number(), spec.unitBytesMax());
      }
      inUnit = true;
      unitReceived = 0;
      lastUnit = prefix.getByte(prefix.readerIndex() + KIND_OFFSET) == KIND_END;
      unitCredit = unitBytes;
      if (spec.delivery() == Delivery.UNITS && !discarded && !closed) {
        unitCredit = window.begin(unitBytes);
        // These bytes have been counted as received before the frame's size was known.
        window.arrived(header.length());
      }
    }
    unitReceived += header.length();
    if (unitReceived > unitBytes || (unitReceived == unitBytes) == header.more()) {
      throw ProtocolException.violation(
          "fragments of %d bytes for a frame of %d on stream %d",
          unitReceived, unitBytes, number());
    }
  }

  private void checkBlob(FrameHeader header) {
    if (!inUnit) {
      inUnit = true;
      unitReceived = 0;
      lastUnit = true;
    }
    unitReceived += header.length();
    if (unitReceived > spec.unitBytesMax()) {
      throw ProtocolException.violation(
          "blob on stream %d is longer than %d bytes", number(), spec.unitBytesMax());
    }
  }

  void received(FrameHeader header) {
    boolean complete = !header.more();
    if (complete) {
      inUnit = false;
      ended |= lastUnit;
    }
    ByteBuf bytes = target;
    if (bytes == null) {
      // Thrown away: its memory was never taken, so the sender may have the credit back while it
      // winds up. It needs none after a discard, but a frame it is in the middle of may.
      window.release(header.length());
      grant();
    } else if (spec.delivery() == Delivery.FRAGMENTS) {
      target = null;
      receiver.received(
          new Payload(this, bytes, header.more(), complete && lastUnit, header.length()));
    } else if (complete) {
      target = null;
      receiver.received(new Payload(this, bytes, false, lastUnit, unitCredit));
    }
  }

  void freed(long credit) {
    connection.onLoop(
        () -> {
          window.release(credit);
          grant();
        },
        () -> {});
  }

  void memoryFreed(int bytes) {
    receiver.freed(bytes);
  }

  /// Sets aside a window of this size, where it was smaller.
  public void widen(long bytes) {
    connection.onLoop(
        () -> {
          window.widen(bytes);
          grant();
        },
        () -> {});
  }

  private void grant() {
    if (closed || ended || discarded) {
      return;
    }
    long bytes = window.takeGrant();
    if (bytes > 0) {
      connection.send(new Message.Credit(number(), bytes, false));
    }
  }

  /// Delivers nothing more; what comes is counted and thrown away.
  void close() {
    closed = true;
    dropTarget();
  }

  private void dropTarget() {
    ByteBuf dropped = target;
    target = null;
    if (dropped != null) {
      int capacity = dropped.capacity();
      dropped.release();
      receiver.freed(capacity);
    }
  }
}
