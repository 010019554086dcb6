// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// docs/THREAT_MODEL.md promises nothing that no test attacks, and names no test that is not there.
final class ThreatModelTest {
  private static final Pattern PROMISE = Pattern.compile("^\\| (P\\d+) \\|.*\\|([^|]*)\\|$");
  private static final Pattern NAME = Pattern.compile("`(\\w+)\\.(\\w+|\\*)`");
  private static final Pattern TEST =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|TestFactory|Property|FuzzTest)\\b[^{;]*?\\s(\\w+)\\(");

  private static SourceTree tree;

  @BeforeAll
  static void readTree() throws IOException {
    tree = SourceTree.read();
  }

  private static List<MatchResult> promises() {
    return tree.all()
        .filter(source -> source.path().equals("docs/THREAT_MODEL.md"))
        .flatMap(source -> source.lines().stream())
        .flatMap(line -> PROMISE.matcher(line).results())
        .toList();
  }

  private static List<MatchResult> namesIn(String cell) {
    return NAME.matcher(cell).results().toList();
  }

  @Test
  void everyPromise_namesTests() {
    List<MatchResult> promises = promises();
    assertTrue(promises.size() > 10, "the table is not found");
    assertEquals(
        "",
        promises.stream()
            .filter(promise -> namesIn(promise.group(2)).isEmpty())
            .map(promise -> promise.group(1))
            .collect(joining("\n")));
  }

  @Test
  void everyNamedTest_isThere() {
    Set<String> attacks = AttackFile.allAttacks().stream().map(Attack::reference).collect(toSet());
    var missing = new StringBuilder();
    for (MatchResult promise : promises()) {
      for (MatchResult name : namesIn(promise.group(2))) {
        String file = name.group(1);
        String test = name.group(2);
        boolean isThere =
            AttackFile.NAMES.contains(file)
                ? test.equals("*") || attacks.contains(file + "." + test)
                : testsOf(file).contains(test) || (test.equals("*") && !testsOf(file).isEmpty());
        if (!isThere) {
          missing.append(promise.group(1)).append(": ").append(name.group()).append('\n');
        }
      }
    }
    assertEquals("", missing.toString());
  }

  @Test
  void everyAttack_attacksAPromise() {
    Set<String> named =
        promises().stream()
            .flatMap(promise -> namesIn(promise.group(2)).stream())
            .map(name -> name.group(1) + "." + name.group(2))
            .collect(toSet());
    assertEquals(
        "",
        AttackFile.allAttacks().stream()
            .filter(attack ->
                !named.contains(attack.file() + ".*") && !named.contains(attack.reference()))
            .map(Attack::reference)
            .collect(joining("\n")));
  }

  private static Set<String> testsOf(String className) {
    return tree.all()
        .filter(source -> source.endsWith("/" + className + ".java"))
        .flatMap(source -> TEST.matcher(String.join("\n", source.lines())).results())
        .map(found -> found.group(1))
        .collect(toSet());
  }
}
