// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The service's end of the `SOCK_SEQPACKET` pair with the broker: whole messages, with descriptors
/// beside them.
///
/// One thread receives. Any thread sends, and never blocks: the broker always reads, so a full
/// socket means that it does not any more.
///
/// ```
/// msghdr   0 name  8 namelen  16 iov  24 iovlen  32 control  40 controllen  48 flags   (56 bytes)
/// iovec    0 base  8 len                                                                (16)
/// cmsghdr  0 len   8 level   12 type   16 descriptors…                      (16 + 4 × count)
/// ```
final class ControlSocket implements AutoCloseable {

  static final int MESSAGE_BYTES_MAX = 65_536;
  static final int DESCRIPTORS_MAX = 8;

  private static final int CONTROL_HEADER_BYTES = 16;
  private static final int CONTROL_BYTES = CONTROL_HEADER_BYTES + 4 * DESCRIPTORS_MAX;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;

  /// A message as it came; the receiver now owns the descriptors.
  record Received(ByteBuffer bytes, List<Descriptor> descriptors) {}

  private final Descriptor socket;

  /// Held while the number is in use by others than the receiver, so that it is not closed
  /// meanwhile.
  private final ReentrantLock inUse = new ReentrantLock();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment header = arena.allocate(56, 8);
  private final MemorySegment data = arena.allocate(MESSAGE_BYTES_MAX, 8);
  private final MemorySegment control = arena.allocate(CONTROL_BYTES, 8);

  ControlSocket(Descriptor socket) {
    this.socket = socket;
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(ADDRESS, 0, data);
    vector.set(JAVA_LONG, 8, MESSAGE_BYTES_MAX);
    header.set(ADDRESS, 16, vector);
    header.set(JAVA_LONG, 24, 1);
    header.set(ADDRESS, 32, control);
  }

  /// The next message, or null at the end. Blocks.
  ///
  /// @throws IOException when the socket fails or a message was cut short
  @Nullable Received receive() throws IOException {
    long length;
    do {
      header.set(JAVA_LONG, 40, CONTROL_BYTES);
      length = Posix.recvmsg(socket.number(), header, Posix.MSG_CMSG_CLOEXEC);
    } while (length == -Posix.EINTR);
    if (length < 0) {
      throw new IOException("receiving from the broker failed with errno " + -length);
    }
    List<Descriptor> descriptors = descriptors();
    int flags = header.get(JAVA_INT, 48);
    if ((flags & (Posix.MSG_TRUNC | Posix.MSG_CTRUNC)) != 0) {
      Descriptor.closeAll(descriptors);
      throw new IOException("a message of the broker was cut short: too few descriptors are left?");
    }
    if (length == 0) {
      Descriptor.closeAll(descriptors);
      return null;
    }
    byte[] bytes = data.asSlice(0, length).toArray(JAVA_BYTE);
    return new Received(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), descriptors);
  }

  private List<Descriptor> descriptors() {
    List<Descriptor> descriptors = new ArrayList<>();
    long filled = header.get(JAVA_LONG, 40);
    // The kernel writes one part only: nothing but SCM_RIGHTS was asked for.
    if (filled >= CONTROL_HEADER_BYTES
        && control.get(JAVA_INT, 8) == SOL_SOCKET
        && control.get(JAVA_INT, 12) == SCM_RIGHTS) {
      long end = Math.min(control.get(JAVA_LONG, 0), CONTROL_BYTES);
      for (long at = CONTROL_HEADER_BYTES; at + 4 <= end; at += 4) {
        descriptors.add(new Descriptor(control.get(JAVA_INT, at)));
      }
    }
    return descriptors;
  }

  /// @throws IOException when the broker is gone or does not read
  void send(ByteBuffer message) throws IOException {
    inUse.lock();
    try (Arena local = Arena.ofConfined()) {
      MemorySegment bytes = local.allocate(message.remaining());
      bytes.copyFrom(MemorySegment.ofBuffer(message));
      long sent;
      do {
        sent = Posix.send(socket.number(), bytes, Posix.MSG_DONTWAIT | Posix.MSG_NOSIGNAL);
      } while (sent == -Posix.EINTR);
      if (sent < 0) {
        throw new IOException(
            sent == -Posix.EAGAIN
                ? "the broker does not read"
                : "sending to the broker failed with errno " + -sent);
      }
    } catch (IllegalStateException e) {
      throw new IOException("the connection to the broker is closed", e);
    } finally {
      inUse.unlock();
    }
  }

  /// Makes {@link #receive} return; any thread may call it.
  void interrupt() {
    inUse.lock();
    try {
      long _ = Posix.shutdown(socket.number());
    } catch (IllegalStateException _) {
      // Closed before: nobody is receiving.
    } finally {
      inUse.unlock();
    }
  }

  /// By the receiving thread, after its last receive.
  @Override
  public void close() {
    inUse.lock();
    try {
      socket.close();
    } finally {
      inUse.unlock();
    }
    arena.close();
  }
}
