// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.nio.file.Path;

/// Where a connection goes to or comes from.
public sealed interface Transport {
  /// Plain TCP, on a loopback address only.
  record Tcp(String host, int port) implements Transport {}

  /// TCP with TLS.
  record TcpTls(String host, int port, TlsSettings tls) implements Transport {}

  /// A Unix domain stream socket.
  record Unix(Path path) implements Transport {}
}
