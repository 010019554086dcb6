// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/// Two connected descriptors, as the broker makes them.
record SocketPair(int one, int other) {
  static SocketPair in(Path folder) throws IOException {
    Epoll.ensureAvailability(); // which loads what sockets are made with
    var address = new DomainSocketAddress(folder.resolve(UUID.randomUUID().toString()).toFile());
    Socket listener = Socket.newSocketDomain();
    listener.bind(address);
    listener.listen(1);
    Socket one = Socket.newSocketDomain();
    if (!one.connect(address)) {
      throw new IOException("not connected at once");
    }
    int other = listener.accept(new byte[64]);
    listener.close();
    return new SocketPair(one.intValue(), other);
  }

  /// Waits until the first end is closed.
  void awaitEnd() {
    var bytes = ByteBuffer.allocateDirect(64);
    var descriptor = new FileDescriptor(other);
    Eventually.holds(
        "the first end closed",
        () -> {
          try {
            return descriptor.read(bytes, 0, bytes.capacity()) < 0;
          } catch (IOException e) {
            return true; // reset: an end too
          }
        });
  }

  void passFromOther(int descriptor) throws IOException {
    int _ = new Socket(other).sendFd(descriptor);
  }

  void closeOther() throws IOException {
    new FileDescriptor(other).close();
  }
}
