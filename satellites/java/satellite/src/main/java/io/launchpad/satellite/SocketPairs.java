// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Two connected Unix sockets, as the broker makes them.
record SocketPairs(int one, int other) {
  /// @param folder where the name that connects them stands for a moment
  static SocketPairs in(Path folder, String name) throws IOException {
    Epoll.ensureAvailability(); // which loads what sockets are made with
    Path path = folder.resolve(name);
    var address = new DomainSocketAddress(path.toFile());
    Socket listener = Socket.newSocketDomain();
    try {
      listener.bind(address);
      listener.listen(1);
      Socket one = Socket.newSocketDomain();
      if (!one.connect(address)) {
        throw new IOException("not connected at once");
      }
      return new SocketPairs(one.intValue(), listener.accept(new byte[64]));
    } finally {
      listener.close();
      Files.deleteIfExists(path);
    }
  }
}
