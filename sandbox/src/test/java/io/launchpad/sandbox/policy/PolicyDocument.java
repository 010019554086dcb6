// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.policy;

import java.util.List;

/// POLICY.md, made of the policies.
final class PolicyDocument {

  private static final String HEAD =
      """
      # What a confined satellite may see, use and call

      Made from the files in [policy/](policy) by `PolicyDocumentTest`, which fails when the two differ; to make it anew:
      `./mvnw -pl sandbox test -Dtest=PolicyDocumentTest -Dlaunchpad.rewrite=true`.

      The policies are compiled into the broker. What no line names is refused: a path is not there, a system call
      fails with `ENOSYS`. Beyond its policy a runtime shows the interpreter's own folders, the satellite's
      library, and what `runtime.NAME.readable` and `runtime.NAME.sockets` name.

      What is left: two scripts that both want to can signal each other by `flock` on files that both may read. `/proc/self/mountinfo` says
      which folder of the host a mount comes from. A Unix socket that appears in a readable folder after its zygote has started, and lets everybody connect, can be connected to. Satellites of one zygote share its
      address layout and hash seed.
      """;

  private record Section(String title, String keyword, String column) {}

  private static final List<Section> SECTIONS =
      List.of(
          new Section("Paths of the host, read-only", "see", "paths"),
          new Section("Landlock", "access", "path and rights"),
          new Section("Limits", "limit", "limit"),
          new Section("System calls that are allowed", "call", "calls"),
          new Section("System calls with a definite refusal", "refuse", "calls"),
          new Section("System calls that the zygote may make beside those", "zygote", "calls"));

  private PolicyDocument() {}

  static String of(List<PolicyFile> policies) {
    var text = new StringBuilder(HEAD);
    for (PolicyFile policy : policies) {
      text.append("\n## ").append(policy.family()).append('\n');
      SECTIONS.forEach(section -> append(text, policy, section));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, PolicyFile policy, Section section) {
    text.append("\n### ").append(section.title).append("\n\n");
    text.append("| ").append(section.column).append(" | because |\n|---|---|\n");
    for (PolicyFile.Rule rule : policy.rules(section.keyword)) {
      text.append("| `%s` | %s |\n".formatted(rule.said(), rule.reason()));
    }
  }
}
