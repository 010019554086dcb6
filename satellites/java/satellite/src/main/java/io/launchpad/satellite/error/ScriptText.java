// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.error;

import java.util.List;

/// The lines of a script that is source code, for errors to show; none when it names a class.
///
/// @param fileName what compiled classes say their source is
public record ScriptText(String fileName, List<String> lines) {
  /// How errors call the script.
  public static final String SCRIPT = "<script>";

  /// Of a script that is no source code.
  public static final ScriptText NONE = new ScriptText("", List.of());

  public ScriptText {
    lines = List.copyOf(lines);
  }

  /// The lines of a source.
  public static ScriptText of(String fileName, String source) {
    return new ScriptText(fileName, source.lines().toList());
  }

  /// The text of a line, counted from 1; empty when there is no such line.
  public String line(long number) {
    return number >= 1 && number <= lines.size() ? lines.get((int) number - 1).strip() : "";
  }
}
