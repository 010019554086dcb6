// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

/// How much the service says about itself. Lines go to standard error, where systemd's journal
/// collects them.
public record LoggingConfig(Level level) {
  /// Severity of the least important line that is still written.
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  static LoggingConfig read(ConfigReader in) {
    return new LoggingConfig(in.choice("logging.level", Level.class, Level.INFO));
  }
}
