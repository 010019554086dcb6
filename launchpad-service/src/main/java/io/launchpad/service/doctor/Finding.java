// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

/// What one check found, and the command that mends it; nothing needs mending when it is empty.
record Finding(Level level, String what, String mend) {
  enum Level {
    OK,
    /// The service runs, but worse or with less protection than it could.
    WARN,
    /// The service does not start, or no script runs.
    FAIL
  }

  static Finding ok(String what) {
    return new Finding(Level.OK, what, "");
  }

  static Finding warn(String what, String mend) {
    return new Finding(Level.WARN, what, mend);
  }

  static Finding fail(String what, String mend) {
    return new Finding(Level.FAIL, what, mend);
  }

  /// One line.
  String print() {
    String word = level == Level.FAIL ? "FAIL" : level == Level.WARN ? "warn" : "ok  ";
    String line = word + " " + what.strip().replace('\n', ' ');
    return mend.isEmpty() ? line : line + "; mend: " + mend;
  }
}
