// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.ListenerConfig;
import io.launchpad.service.config.ServiceConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/// Whether engines could connect: folders, files and ports of the listeners.
final class ListenerChecks {
  List<Finding> check(ServiceConfig config) {
    var findings = new ArrayList<Finding>();
    config.listener().unix().ifPresent(unix -> findings.add(unix(unix.path())));
    config.listener().tcp().ifPresent(a -> findings.add(port("listener.tcp.address", a)));
    config
        .listener()
        .tls()
        .ifPresent(tls -> {
          findings.add(port("listener.tls.address", tls.address()));
          findings.add(files(tls));
        });
    if (config.monitoring().enabled()) {
      findings.add(port("monitoring.address", config.monitoring().address()));
    }
    return findings;
  }

  private static Finding unix(Path path) {
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return Finding.fail("listener.unix.path: no folder " + folder, "mkdir -p " + folder);
    }
    try {
      if (Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE)) {
        return Finding.fail(
            "listener.unix.path: everybody can write in %s, and so replace the socket"
                .formatted(folder),
            "chmod o-w " + folder);
      }
    } catch (IOException e) {
      return Finding.fail("listener.unix.path: %s cannot be examined: %s".formatted(folder, e), "");
    }
    return Files.exists(path) && answers(path)
        ? Finding.fail(
            "listener.unix.path: somebody listens on %s already".formatted(path),
            "stop it, or choose another path")
        : Finding.ok("listener.unix.path " + path);
  }

  private static boolean answers(Path path) {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  private static Finding port(String key, InetSocketAddress address) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      return Finding.ok(key + " " + address);
    } catch (IOException e) {
      return Finding.fail(
          "%s: cannot listen on %s: %s".formatted(key, address, e.getMessage()),
          "see who does with: ss -ltnp 'sport = :%d'".formatted(address.getPort()));
    }
  }

  private static Finding files(ListenerConfig.Tls tls) {
    for (Path file : List.of(tls.certificate(), tls.key(), tls.clientCa().orElse(tls.key()))) {
      if (!Files.isReadable(file)) {
        return Finding.fail("listener.tls: %s cannot be read".formatted(file), "correct the key");
      }
    }
    try {
      var permissions = Files.getPosixFilePermissions(tls.key());
      return permissions.contains(PosixFilePermission.OTHERS_READ)
          ? Finding.fail(
              "listener.tls.key: everybody can read " + tls.key(), "chmod 0600 " + tls.key())
          : Finding.ok("listener.tls: certificate and key");
    } catch (IOException e) {
      return Finding.fail(
          "listener.tls.key: %s cannot be examined: %s".formatted(tls.key(), e), "");
    }
  }
}
