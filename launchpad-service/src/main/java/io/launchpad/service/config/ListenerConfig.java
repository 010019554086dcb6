// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/// Where engines connect, and how many connections there may be.
public record ListenerConfig(
    Optional<Unix> unix, Optional<InetSocketAddress> tcp, Optional<Tls> tls, int connectionsMax) {

  /// A socket in the file system; who may open it is the business of its mode, owner and folder.
  public record Unix(Path path, String mode, Optional<String> group) {}

  /// TLS over TCP. With `clientCa` a client may show a certificate, which then is its identity.
  public record Tls(
      InetSocketAddress address, Path certificate, Path key, Optional<Path> clientCa) {}

  static ListenerConfig read(ConfigReader in) {
    var path = in.optionalPath("listener.unix.path");
    String mode = in.string("listener.unix.mode", "0600");
    var group = in.optional("listener.unix.group");
    if (!mode.matches("06[06]0")) {
      in.problem("listener.unix.mode", "listener.unix.mode: not 0600 or 0660: " + mode);
    }
    var tcp = in.optionalAddress("listener.tcp.address");
    if (tcp.isPresent() && !tcp.get().getAddress().isLoopbackAddress()) {
      in.problem(
          "listener.tcp.address",
          "listener.tcp.address: plain TCP is for loopback only; use listener.tls.address");
    }
    var tls = readTls(in);
    if (path.isEmpty() && tcp.isEmpty() && tls.isEmpty()) {
      in.problem(
          "listener",
          "no listener: set listener.unix.path, listener.tls.address or listener.tcp.address");
    }
    return new ListenerConfig(
        path.map(p -> new Unix(p, mode, group)),
        tcp,
        tls,
        in.integer("listener.connections-max", 256, 1, 65_536));
  }

  private static Optional<Tls> readTls(ConfigReader in) {
    var address = in.optionalAddress("listener.tls.address");
    var certificate = in.optionalPath("listener.tls.certificate");
    var key = in.optionalPath("listener.tls.key");
    var clientCa = in.optionalPath("listener.tls.client-ca");
    if (address.isEmpty()) {
      return Optional.empty();
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      in.problem(
          "listener.tls.address",
          "listener.tls.address needs listener.tls.certificate and listener.tls.key");
      return Optional.empty();
    }
    return Optional.of(new Tls(address.get(), certificate.get(), key.get(), clientCa));
  }
}
