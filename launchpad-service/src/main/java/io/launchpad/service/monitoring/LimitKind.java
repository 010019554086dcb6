// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The limits a session can meet: all that errors may name and metrics count, PROTOCOL.md section
/// 10.
public enum LimitKind {
  MEMORY("memory"),
  POOL_MEMORY("pool memory"),
  MACHINE_MEMORY("machine memory"),
  CPU_TIME("CPU time"),
  PROCESSES("processes"),
  OPEN_FILES("open files"),
  SCRATCH_BYTES("scratch bytes"),
  SCRATCH_FILES("scratch files"),
  DEADLINE("deadline"),
  OUTPUT_BYTES("output bytes"),
  OUTPUT_ROWS("output rows"),
  TRANSIT_MEMORY("transit memory");

  private final String text;

  LimitKind(String text) {
    this.text = text;
  }

  /// Its name in errors.
  public String text() {
    return text;
  }

  /// Whether the kernel tells the script of it, by an `errno`, and nobody else.
  public boolean isKnownToScriptsAlone() {
    return switch (this) {
      case OPEN_FILES, SCRATCH_BYTES, SCRATCH_FILES -> true;
      case MEMORY,
          POOL_MEMORY,
          MACHINE_MEMORY,
          CPU_TIME,
          PROCESSES,
          DEADLINE,
          OUTPUT_BYTES,
          OUTPUT_ROWS,
          TRANSIT_MEMORY ->
          false;
    };
  }

  /// Its name in metrics.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<LimitKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }
}
