// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A connection between an engine and a service that carries what the engine says at once and,
/// while it is slow, one byte a second of what the service says.
final class SlowPipe implements AutoCloseable {
  private final ServerSocketChannel listening;
  private final Path service;
  private final List<AutoCloseable> open = new ArrayList<>();
  private boolean slow;
  private boolean closed;

  /// @param socket where the engine connects
  SlowPipe(Path socket, Path service) throws IOException {
    this.service = service;
    listening =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket));
    var _ = Thread.ofVirtual().name("slow-pipe").start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel engine = listening.accept();
        SocketChannel target = SocketChannel.open(UnixDomainSocketAddress.of(service));
        own(engine);
        own(target);
        var _ = Thread.ofVirtual().start(() -> pass(engine, target, false));
        var _ = Thread.ofVirtual().start(() -> pass(target, engine, true));
      }
    } catch (IOException _) {
      // Closed, which is how it ends.
    }
  }

  private synchronized void own(AutoCloseable channel) {
    open.add(channel);
  }

  private void pass(ReadableByteChannel from, WritableByteChannel to, boolean throttled) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    try (from;
        to) {
      while (from.read(bytes.clear().limit(throttled ? portion() : bytes.capacity())) >= 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
      }
    } catch (IOException _) {
      // One end is gone; both are closed.
    }
  }

  /// How much may pass next: all there is, or, a second later, one byte.
  private synchronized int portion() {
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      while (slow && !closed) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          return 1;
        }
        wait(left);
      }
      return 1 << 16;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  synchronized void slow(boolean value) {
    slow = value;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    List<AutoCloseable> channels;
    synchronized (this) {
      closed = true;
      notifyAll();
      channels = List.copyOf(open);
    }
    for (AutoCloseable channel : channels) {
      try {
        channel.close();
      } catch (Exception e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }
}
