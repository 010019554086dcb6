// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Listener;
import io.launchpad.protocol.ListenerSettings;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.TlsSettings;
import io.launchpad.protocol.Transport;
import io.launchpad.service.config.ListenerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open doors of the service: each configured transport, as long as this is open.
public final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<Listener> open = new ArrayList<>();
  private final Optional<Path> socket;

  private Listeners(ListenerConfig config) {
    socket = config.unix().map(ListenerConfig.Unix::path);
  }

  /// Opens all of them, or none.
  public static Listeners open(
      ListenerConfig config,
      NetworkLoops loops,
      ListenerSettings settings,
      SecureRandom random,
      Function<Connection, ConnectionHandler> established)
      throws IOException {
    var listeners = new Listeners(config);
    try {
      if (config.unix().isPresent()) {
        var unix = config.unix().get();
        UnixSocket.prepare(unix.path());
        listeners.add(new Transport.Unix(unix.path()), loops, settings, random, established);
        UnixSocket.admit(unix);
      }
      if (config.tcp().isPresent()) {
        var address = config.tcp().get();
        listeners.add(
            new Transport.Tcp(host(address), address.getPort()),
            loops,
            settings,
            random,
            established);
      }
      if (config.tls().isPresent()) {
        var tls = config.tls().get();
        checkKey(tls.key());
        var own = new TlsSettings.Identity(tls.certificate(), tls.key());
        listeners.add(
            new Transport.TcpTls(
                host(tls.address()),
                tls.address().getPort(),
                new TlsSettings(Optional.of(own), tls.clientCa())),
            loops,
            settings,
            random,
            established);
      }
      return listeners;
    } catch (IOException | RuntimeException e) {
      listeners.close();
      throw e;
    }
  }

  private void add(
      Transport transport,
      NetworkLoops loops,
      ListenerSettings settings,
      SecureRandom random,
      Function<Connection, ConnectionHandler> established)
      throws IOException {
    open.add(Listener.bind(transport, loops, settings, random, established));
    LOG.atInfo().addKeyValue("transport", transport).log("listening");
  }

  private static void checkKey(Path key) throws IOException {
    var permissions = Files.getPosixFilePermissions(key);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
      throw new IOException(
          "listener.tls.key: everybody can read %s; mend it with: chmod 0600 %s"
              .formatted(key, key));
    }
  }

  private static String host(InetSocketAddress address) {
    return address.getAddress().getHostAddress();
  }

  /// Failed authentications of all listeners.
  public long authenticationFailures() {
    return open.stream().mapToLong(Listener::authenticationFailures).sum();
  }

  /// Connections that got no further than the handshake, of all listeners.
  public long refusals(ErrorCode reason) {
    return open.stream().mapToLong(listener -> listener.refusals(reason)).sum();
  }

  @Override
  public void close() {
    open.forEach(Listener::close);
    try {
      if (!open.isEmpty() && socket.isPresent()) {
        Files.deleteIfExists(socket.get());
      }
    } catch (IOException e) {
      LOG.warn("the socket file stays behind: {}", e.toString());
    }
  }
}
