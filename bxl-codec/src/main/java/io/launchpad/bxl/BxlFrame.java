// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.ArrowBuf;

/// One frame ready to be sent: its bytes in order, the body without a copy.
///
/// The body is the memory of the vectors it was made from. It stays allocated until [#close], but
/// whoever changes those vectors in place before that changes the frame.
public final class BxlFrame implements AutoCloseable {
  private final FrameHeader header;
  private final List<ByteBuffer> pieces;
  private final List<ArrowBuf> retained;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Takes over one reference of each buffer in `retained`.
  BxlFrame(FrameHeader header, List<ByteBuffer> pieces, List<ArrowBuf> retained) {
    this.header = header;
    this.pieces = List.copyOf(pieces);
    this.retained = List.copyOf(retained);
  }

  public FrameHeader header() {
    return header;
  }

  /// The bytes of all [#buffers] together.
  public long length() {
    return header.frameLength();
  }

  /// The whole frame in order, for a gathering write; the buffers are read-only and the caller may
  /// move their positions.
  public List<ByteBuffer> buffers() {
    return pieces.stream().map(ByteBuffer::asReadOnlyBuffer).toList();
  }

  /// The bytes from `offset` on, `length` of them, for sending the frame in fragments.
  public List<ByteBuffer> fragment(long offset, int length) {
    if (offset < 0 || length < 0 || offset > length() - length) {
      throw new IndexOutOfBoundsException(
          length + " bytes at " + offset + " of a frame of " + length());
    }
    List<ByteBuffer> found = new ArrayList<>();
    long skip = offset;
    int left = length;
    for (ByteBuffer piece : pieces) {
      if (left == 0) {
        break;
      }
      if (skip >= piece.remaining()) {
        skip -= piece.remaining();
        continue;
      }
      int from = piece.position() + (int) skip;
      int taken = Math.min(left, piece.limit() - from);
      found.add(piece.slice(from, taken).asReadOnlyBuffer());
      left -= taken;
      skip = 0;
    }
    return found;
  }

  /// Gives the memory back. Closing twice is harmless.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      retained.forEach(ArrowBuf::close);
    }
  }
}
