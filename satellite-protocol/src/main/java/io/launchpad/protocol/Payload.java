// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;

/// Bytes of a stream that have arrived: a whole BXL frame or one fragment, as the stream was
/// opened.
///
/// Its owner closes it when the bytes have left its memory. That frees the buffer and grants the
/// credit again, so closing is what keeps the stream flowing.
public final class Payload implements AutoCloseable {
  private final InboundStream stream;
  private final ByteBuf bytes;
  private boolean more;
  private boolean last;
  private long credit;
  private final AtomicBoolean granted = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  Payload(InboundStream stream, ByteBuf bytes, boolean more, boolean last, long credit) {
    this.stream = stream;
    this.bytes = bytes;
    this.more = more;
    this.last = last;
    this.credit = credit;
  }

  public int stream() {
    return stream.number();
  }

  /// The bytes, contiguous; valid until this is closed, longer for who retains them.
  public ByteBuf bytes() {
    return bytes;
  }

  /// The unit goes on in the next payload; never set when whole units are delivered.
  public boolean more() {
    return more;
  }

  /// Nothing follows on this stream.
  public boolean last() {
    return last;
  }

  /// Takes over what follows this one in the same unit, if its bytes find room behind these: how
  /// fragments too small for a buffer each wait together. Its credit is granted with this one's. To
  /// be called before this is shown to anybody else.
  ///
  /// @return false when there is no room, or this ends its unit: then nothing has changed
  public boolean absorb(Payload next) {
    int length = next.bytes.readableBytes();
    if (!more || bytes.writableBytes() < length) {
      return false;
    }
    bytes.writeBytes(next.bytes, next.bytes.readerIndex(), length);
    more = next.more;
    last = next.last;
    credit += next.credit;
    if (next.closed.compareAndSet(false, true) && next.granted.compareAndSet(false, true)) {
      next.free();
    }
    return true;
  }

  /// Frees the bytes and grants their credit again. Callable from any thread; only the first call
  /// counts.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      free();
      grant();
    }
  }

  private void free() {
    int capacity = bytes.capacity();
    bytes.release();
    stream.memoryFreed(capacity);
  }

  /// Grants the credit again already, for who keeps the bytes in memory that is bounded elsewhere.
  public void grant() {
    if (granted.compareAndSet(false, true)) {
      stream.freed(credit);
    }
  }
}
