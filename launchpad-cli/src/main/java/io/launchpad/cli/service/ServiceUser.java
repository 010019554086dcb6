// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/// Whom a service started by this process runs as: this process's user, or as root the service
/// user.
///
/// @param uid the uid of this process
/// @param name the service user's name, where it is another one
record ServiceUser(int uid, Optional<String> name) {

  static ServiceUser ofThisProcess() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (uid != 0) {
      return new ServiceUser(uid, Optional.empty());
    }
    String name = System.getenv().getOrDefault("LAUNCHPAD_SERVICE_USER", "launchpad");
    return new ServiceUser(uid, Optional.of(name));
  }

  /// Makes the folder and the files in it the service's own, and lets worker accounts, which are
  /// yet other users, pass through it to their work folders.
  void hand(Path folder, Path... files) throws IOException {
    if (name.isEmpty()) {
      return;
    }
    UserPrincipal owner =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name.get());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Files.setOwner(folder, owner);
    for (Path file : files) {
      Files.setOwner(file, owner);
    }
  }
}
