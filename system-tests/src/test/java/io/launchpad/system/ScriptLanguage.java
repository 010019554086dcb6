// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.util.List;

/// A language in which every type is tried, and the least scripts of it.
///
/// @param name as `@language`
/// @param identity gives the main input back as the main output
/// @param copy gives the parameter `a` back as the parameter `b`
record ScriptLanguage(String name, String identity, String copy) {
  static final ScriptLanguage PYTHON =
      new ScriptLanguage("Python", "OutputDataSet = InputDataSet", "b = a");

  static List<ScriptLanguage> all() {
    return List.of(PYTHON);
  }

  @Override
  public String toString() {
    return name;
  }
}
