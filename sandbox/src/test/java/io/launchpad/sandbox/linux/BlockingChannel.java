// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A satellite's socket, read and written by a thread that may wait; the service uses Netty
/// instead.
final class BlockingChannel implements AutoCloseable {

  private final Descriptor socket;
  private final Descriptor epoll;

  BlockingChannel(int socket) {
    this.socket = new Descriptor(socket);
    this.epoll = new Descriptor(Posix.epollCreate());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EpollEvents.BYTES, 8);
      EpollEvents.set(event, Posix.EPOLLIN, 1);
      int _ = Posix.epollControl(epoll.number(), Posix.EPOLL_CTL_ADD, socket, event);
    }
  }

  byte[] read(int length) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate(EpollEvents.BYTES, 8);
      MemorySegment bytes = arena.allocate(length);
      long filled = 0;
      while (filled < length) {
        long read = Posix.read(socket.number(), bytes.asSlice(filled));
        if (read == 0) {
          throw new EOFException("the satellite closed the channel");
        } else if (read > 0) {
          filled += read;
        } else if (read == -Posix.EAGAIN) {
          int _ = Posix.epollWait(epoll.number(), events, 1);
        } else {
          throw new IOException("read failed with errno " + -read);
        }
      }
      return bytes.toArray(JAVA_BYTE);
    }
  }

  void write(byte[] bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(JAVA_BYTE, bytes);
      long sent = Posix.send(socket.number(), copy, Posix.MSG_NOSIGNAL | Posix.MSG_DONTWAIT);
      if (sent != bytes.length) {
        throw new IOException("sent " + sent + " of " + bytes.length);
      }
    }
  }

  /// A text with its length before it.
  void writeText(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(
        ByteBuffer.allocate(4 + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.length)
            .put(bytes)
            .array());
  }

  String readText() throws IOException {
    int length = ByteBuffer.wrap(read(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return new String(read(length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    epoll.close();
    socket.close();
  }
}
