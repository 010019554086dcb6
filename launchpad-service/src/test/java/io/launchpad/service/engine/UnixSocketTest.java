// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
  @TempDir Path folder;

  @Test
  void prepare_removesASocketNobodyListensOn() throws IOException {
    Path path = folder.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path));
    UnixSocket.prepare(path);
    assertFalse(Files.exists(path));
  }

  @Test
  void prepare_leavesASocketSomebodyListensOn() throws IOException {
    Path path = folder.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      assertThrows(IOException.class, () -> UnixSocket.prepare(path));
    }
  }

  @Test
  void prepare_neverRemovesAFile() throws IOException {
    Path path = Files.writeString(folder.resolve("precious"), "text");
    assertThrows(IOException.class, () -> UnixSocket.prepare(path));
    assertTrue(Files.exists(path));
  }

  @Test
  void prepare_refusesAFolderEverybodyCanWriteIn() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    var thrown = assertThrows(IOException.class, () -> UnixSocket.prepare(folder.resolve("s")));
    assertTrue(String.valueOf(thrown.getMessage()).contains("chmod o-w"));
  }
}
