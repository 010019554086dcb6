// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/// A file of attacks: Python source below `hostile/`, with `attempt.py` in front of it when it is
/// run.
record AttackFile(String name, String source, List<Attack> attacks) {

  static final List<String> NAMES =
      List.of(
          "files", "processes", "kernel", "sockets", "exhaustion", "endings", "channels", "frames");

  private static final Pattern MARK = Pattern.compile("^@(attack|ends)\\(", Pattern.MULTILINE);
  private static final Pattern ATTACK =
      Pattern.compile(
          "^@(attack|ends)\\(\"([^\"]+)\", \"([^\"]+)\"\\)\\ndef (\\w+)\\(\\):$",
          Pattern.MULTILINE);

  static AttackFile read(String name) {
    String source = resource(name);
    List<Attack> attacks =
        ATTACK
            .matcher(source)
            .results()
            .map(found ->
                new Attack(
                    name,
                    found.group(4),
                    found.group(2),
                    found.group(3),
                    found.group(1).equals("ends")))
            .toList();
    if (attacks.size() != MARK.matcher(source).results().count()) {
      throw new IllegalStateException(name + ".py marks an attack in another form than the rest");
    }
    return new AttackFile(name, source, attacks);
  }

  static List<Attack> allAttacks() {
    return NAMES.stream().flatMap(name -> read(name).attacks().stream()).toList();
  }

  /// Attacks that would disturb each other are said to be alone at the head of their file.
  boolean isEachAlone() {
    return source.contains("(each in a session of its own)");
  }

  /// The script of a session that makes these attacks, one after the other.
  String script(String host, List<Attack> chosen) {
    String names = chosen.stream().map(attack -> "'" + attack.name() + "'").collect(joining(", "));
    return program(host) + "\nOutputDataSet = outcomes(" + names + ")\n";
  }

  /// The script of a session that ends by this attack.
  String scriptThatEnds(String host, Attack attack) {
    return program(host) + "\nprint('attacking', flush=True)\n" + attack.name() + "()\n";
  }

  private String program(String host) {
    return "HOST = " + host + "\n" + resource("attempt") + "\n" + source;
  }

  static String resource(String name) {
    String path = "/hostile/" + name + ".py";
    try (InputStream file = AttackFile.class.getResourceAsStream(path)) {
      if (file == null) {
        throw new IllegalStateException("no resource " + path);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
