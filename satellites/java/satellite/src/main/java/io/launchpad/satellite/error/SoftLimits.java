// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.error;

import io.launchpad.protocol.ErrorInfo.LimitHit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which limit a script met that the kernel told it of by an errno, for the error that it became.
final class SoftLimits {
  private static final int CHAIN_MAX = 64;

  private SoftLimits() {}

  /// The limit that the exception, or one it came from, is about.
  static Optional<LimitHit> metBy(Throwable thrown) {
    Throwable error = thrown;
    for (int i = 0; i < CHAIN_MAX && error != null; i++) {
      Optional<LimitHit> found = error instanceof IOException io ? of(io) : Optional.empty();
      if (found.isPresent()) {
        return found;
      }
      error = error.getCause();
    }
    return Optional.empty();
  }

  /// Java has no errno to ask for: the C library's words stand at the end of the message.
  private static Optional<LimitHit> of(IOException error) {
    @Nullable String message = error.getMessage();
    if (message == null) {
      return Optional.empty();
    }
    if (message.contains("Too many open files")) {
      long files = openFilesMax();
      return Optional.of(new LimitHit("open files", files, "", files));
    }
    return message.contains("No space left on device") ? scratch() : Optional.empty();
  }

  private static long openFilesMax() {
    try (var lines = Files.lines(Path.of("/proc/self/limits"))) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.substring("Max open files".length()).strip().split("\\s+", 2)[0])
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static Optional<LimitHit> scratch() {
    File folder = new File(System.getProperty("user.home", "/"));
    long size = folder.getTotalSpace();
    long free = folder.getUsableSpace();
    if (size == 0) {
      return Optional.empty();
    }
    // With room left for bytes, it is files that there are too many of.
    return free > size / 100
        ? Optional.of(new LimitHit("scratch files", 0, "", 0))
        : Optional.of(new LimitHit("scratch bytes", size, "", size - free));
  }
}
