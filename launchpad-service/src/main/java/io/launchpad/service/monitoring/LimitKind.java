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
  DEADLINE("deadline"),
  OUTPUT_BYTES("output bytes"),
  OUTPUT_ROWS("output rows");

  private final String text;

  LimitKind(String text) {
    this.text = text;
  }

  /// Its name in errors.
  public String text() {
    return text;
  }

  /// Its name in metrics.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<LimitKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }
}
