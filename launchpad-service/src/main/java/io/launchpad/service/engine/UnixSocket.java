// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import io.launchpad.service.config.ListenerConfig;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The file system's side of a listener's Unix socket: who may reach it, and what an earlier run
/// left.
final class UnixSocket {
  private UnixSocket() {}

  /// Makes sure that the path can be bound: its folder is nobody else's to change, and no socket
  /// stands there.
  static void prepare(Path path) throws IOException {
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("listener.unix.path: there is no folder " + folder);
    }
    boolean open = Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE);
    if (open) {
      throw new IOException(
          "listener.unix.path: everybody can write in %s, and so replace the socket; mend it with: chmod o-w %s"
              .formatted(folder, folder));
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      removeStale(path);
    }
  }

  private static void removeStale(Path path) throws IOException {
    Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    boolean socket = mode instanceof Integer bits && (bits & 0170000) == 0140000;
    if (!socket) {
      throw new IOException("listener.unix.path: %s exists and is no socket".formatted(path));
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException nobodyListens) {
      Files.delete(path);
      return;
    }
    throw new IOException("listener.unix.path: somebody listens on %s already".formatted(path));
  }

  /// Opens a bound socket to whom it is meant for. Until then its mode lets nobody else connect.
  static void admit(ListenerConfig.Unix config) throws IOException {
    var view = Files.getFileAttributeView(config.path(), PosixFileAttributeView.class);
    if (config.group().isPresent()) {
      view.setGroup(
          config
              .path()
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(config.group().get()));
    }
    Set<PosixFilePermission> mode =
        PosixFilePermissions.fromString(config.mode().equals("0660") ? "rw-rw----" : "rw-------");
    view.setPermissions(mode);
  }
}
