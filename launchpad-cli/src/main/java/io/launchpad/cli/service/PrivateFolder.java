// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.service;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A temporary folder that is locked by its owner for as long as the owner lives.
///
/// An owner that is killed cannot remove its folder; the kernel then releases the lock, and the
/// next one to make such a folder in the same place removes it.
final class PrivateFolder implements AutoCloseable {
  private static final String PREFIX = "launchpad-";
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel lock;

  private PrivateFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Makes one in `parent`, and removes those whose owners are gone.
  static PrivateFolder create(Path parent) throws IOException {
    sweep(parent);
    Path path = Files.createTempDirectory(parent, PREFIX);
    FileChannel lock = locked(path, StandardOpenOption.CREATE);
    if (lock == null) {
      throw new IOException("cannot lock the new folder " + path);
    }
    return new PrivateFolder(path, lock);
  }

  Path path() {
    return path;
  }

  private static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        if (!Files.isWritable(folder.resolve(LOCK))) {
          continue; // another user's, or none of ours
        }
        try (FileChannel lock = locked(folder)) {
          if (lock != null) {
            remove(folder);
          }
        } catch (NoSuchFileException _) {
          // Somebody else has just removed it.
        }
      }
    }
  }

  /// The open and locked lock file; null when another process holds it.
  private static @Nullable FileChannel locked(Path folder, StandardOpenOption... options)
      throws IOException {
    StandardOpenOption[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = StandardOpenOption.WRITE;
    FileChannel channel = FileChannel.open(folder.resolve(LOCK), all);
    if (channel.tryLock() == null) {
      channel.close();
      return null;
    }
    return channel;
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /// Removes the folder with everything in it.
  @Override
  public void close() throws IOException {
    try {
      remove(path);
    } finally {
      lock.close();
    }
  }
}
