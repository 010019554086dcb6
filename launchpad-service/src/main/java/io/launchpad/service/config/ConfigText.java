// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The lines of a properties file as keys and values that still know where they stood.
///
/// A line is `key = value`, a comment (`#`) or blank. A backslash means itself and nothing is
/// continued on the next line: paths and patterns can be written as they are.
record ConfigText(String file, Map<String, Entry> entries, List<ConfigProblem> problems) {
  record Entry(String value, int line) {}

  static ConfigText parse(String file, List<String> lines) {
    var entries = new LinkedHashMap<String, Entry>();
    var problems = new ArrayList<ConfigProblem>();
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).strip();
      int line = i + 1;
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      int equals = text.indexOf('=');
      if (equals < 1) {
        problems.add(new ConfigProblem(file, line, "not a 'key = value' line: " + text));
        continue;
      }
      String key = text.substring(0, equals).strip();
      Entry previous =
          entries.putIfAbsent(key, new Entry(text.substring(equals + 1).strip(), line));
      if (previous != null) {
        problems.add(
            new ConfigProblem(file, line, key + " is already set in line " + previous.line()));
      }
    }
    return new ConfigText(file, entries, problems);
  }
}
