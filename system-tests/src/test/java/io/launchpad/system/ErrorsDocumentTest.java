// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// docs/errors.md has every error a caller can get, with its cause and remedy, as the code has
/// them: the number and the remedy from the constants, the cause from their comments.
final class ErrorsDocumentTest {
  /// A constant with the comment above it.
  private static final Pattern CONSTANT = Pattern.compile("((?:  ///.*\\n)+)  ([A-Z_0-9]+)\\(");

  private static final Path ROOT = Path.of(System.getProperty("launchpad.root", ".."));
  private static final Path DOCUMENT = ROOT.resolve("docs/errors.md");
  private static final Path LAUNCHPADS =
      ROOT.resolve("satellite-protocol/src/main/java/io/launchpad/protocol/ErrorCode.java");
  private static final Path ENGINES =
      ROOT.resolve("embedded-engine/src/main/java/io/launchpad/embedded/error/EngineError.java");

  /// What each constant of a source file is raised for.
  private static Map<String, String> causes(Path source) throws IOException {
    var causes = new HashMap<String, String>();
    Matcher constant = CONSTANT.matcher(Files.readString(source));
    while (constant.find()) {
      String comment =
          constant
              .group(1)
              .lines()
              .map(line -> line.strip().substring(3).strip())
              .collect(Collectors.joining(" "));
      causes.put(constant.group(2), comment.replaceAll("\\[([A-Z]\\w+)]", "`$1`"));
    }
    return causes;
  }

  private static String launchpads() throws IOException {
    Map<String, String> causes = causes(LAUNCHPADS);
    return Stream.of(ErrorCode.values())
        .map(e ->
            "| %d | `%s` | %s | %s | %s |%n"
                .formatted(
                    e.number(),
                    e.name(),
                    e.category().name().toLowerCase(Locale.ROOT),
                    causes.get(e.name()),
                    e.remedy()))
        .collect(Collectors.joining());
  }

  private static String engines() throws IOException {
    Map<String, String> causes = causes(ENGINES);
    return Stream.of(EngineError.values())
        .map(e ->
            "| %d | `%s` | %d | %s | %s |%n"
                .formatted(e.number(), e.name(), e.level(), causes.get(e.name()), e.remedy()))
        .collect(Collectors.joining());
  }

  /// The rows under a table's header in the document.
  private static String rows(String header) throws IOException {
    String text = Files.readString(DOCUMENT);
    int start = text.indexOf("|\n", text.indexOf(header) + header.length() + 1) + 2;
    return text.substring(start)
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void errorsOfTheLaunchpad_standInTheDocument() throws IOException {
    assertEquals(launchpads(), rows("| number | code | category | cause | remedy |"));
  }

  @Test
  void errorsOfTheEngine_standInTheDocument() throws IOException {
    assertEquals(engines(), rows("| number | name | level | cause | remedy |"));
  }

  @Test
  void everyError_saysWhyAndWhatToDo() throws IOException {
    assertFalse((launchpads() + engines()).contains("| null |"));
    assertFalse((launchpads() + engines()).matches("(?s).*\\| *\\| *\\n.*"));
  }
}
