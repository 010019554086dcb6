// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Two connected Unix sockets, as descriptors.
record SocketPair(int left, int right) {
  static SocketPair open(Path folder) throws IOException {
    Path path = Files.createTempFile(folder, "pair", "");
    Files.delete(path);
    var address = new DomainSocketAddress(path.toString());
    Socket listener = Socket.newSocketDomain();
    try {
      listener.bind(address);
      listener.listen(1);
      Socket client = Socket.newSocketDomain();
      client.connect(address);
      return new SocketPair(client.intValue(), listener.accept(new byte[26]));
    } finally {
      listener.close();
      Files.delete(path);
    }
  }
}
