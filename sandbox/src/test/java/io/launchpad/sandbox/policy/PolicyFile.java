// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One `NAME.policy`: its rules in order, each with its reason. The native compiler knows what they
/// mean.
record PolicyFile(String family, List<Rule> rules) {

  private static final String SUFFIX = ".policy";

  /// @param keyword `see`, `access`, `limit`, `call`, `refuse` or `zygote`
  /// @param said what stands between the keyword and the reason
  record Rule(String keyword, String said, String reason) {}

  PolicyFile {
    rules = List.copyOf(rules);
  }

  static PolicyFile read(Path file) throws IOException {
    var rules = new ArrayList<Rule>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] parts = line.split(" -- ", 2);
        String[] words = parts[0].split(" ", 2);
        rules.add(new Rule(words[0], words[1], parts[1]));
      }
    }
    String name = String.valueOf(file.getFileName());
    return new PolicyFile(name.substring(0, name.length() - SUFFIX.length()), rules);
  }

  static List<PolicyFile> readAll(Path folder) throws IOException {
    var policies = new ArrayList<PolicyFile>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        policies.add(read(file));
      }
    }
    return policies;
  }

  List<Rule> rules(String keyword) {
    return rules.stream().filter(rule -> rule.keyword.equals(keyword)).toList();
  }
}
