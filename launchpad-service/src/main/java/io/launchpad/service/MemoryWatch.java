// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.service.config.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives memory back while the machine is short of it: ends parked satellites, a few at each look,
/// and lets refilling rest until there is enough again.
///
/// Enough is half as much again as too little, so that what is given back is not taken at once.
final class MemoryWatch implements Runnable {
  /// Ended at one look: what they leave shows at the next only.
  static final int SHED_AT_ONCE = 4;

  private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  private final Supplier<OptionalLong> available;
  private final long low;
  private final long enough;
  private final IntUnaryOperator shed;
  private boolean isShort;

  /// @param available bytes the machine can give without swapping, or empty when that is not known
  /// @param low what is too little
  /// @param shed ends so many parked satellites and lets refilling rest; returns how many it ended
  MemoryWatch(Supplier<OptionalLong> available, DataSize low, IntUnaryOperator shed) {
    this.available = available;
    this.low = low.bytes();
    enough = this.low + this.low / 2;
    this.shed = shed;
  }

  /// One look. To be called again and again, by one thread.
  @Override
  public void run() {
    try {
      available.get().ifPresent(this::look);
    } catch (RuntimeException e) {
      LOG.error("defect while memory was looked at", e); // or there would be no next look
    }
  }

  private void look(long bytes) {
    if (bytes < low) {
      int ended = shed.applyAsInt(SHED_AT_ONCE);
      if (!isShort) {
        isShort = true;
        LOG.atWarn()
            .addKeyValue("available", new DataSize(bytes))
            .addKeyValue("ended", ended)
            .log("the machine is short of memory; parked satellites are ended");
      }
    } else if (isShort && bytes < enough) {
      int _ = shed.applyAsInt(0);
    } else if (isShort) {
      isShort = false;
      LOG.atInfo()
          .addKeyValue("available", new DataSize(bytes))
          .log("the machine has memory again");
    }
  }

  /// What Linux says is available.
  static OptionalLong machine() {
    try (var lines = Files.lines(MEMINFO)) {
      return available(lines.filter(line -> line.startsWith(AVAILABLE)).findFirst().orElse(""));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /// @param line such as `MemAvailable: 1234 kB`
  static OptionalLong available(String line) {
    String kib = line.replaceAll("[^0-9]", "");
    return kib.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(kib) << 10);
  }
}
