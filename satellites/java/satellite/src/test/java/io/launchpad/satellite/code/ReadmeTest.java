// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.launchpad.satellite.error.ScriptText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The examples that users copy compile.
final class ReadmeTest {
  private static final Path README =
      Path.of(System.getProperty("launchpad.root"), "satellites/java/README.md");
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void examples_compile() throws Exception {
    List<MatchResult> examples = EXAMPLE.matcher(Files.readString(README)).results().toList();
    assertEquals(3, examples.size());
    var compiler = new SourceCompiler(Duration.ofMinutes(2), List.of());
    for (MatchResult example : examples) {
      String source = example.group(1);
      assertFalse(compiler.compile(ScriptText.of("script.java", source), source).isEmpty());
    }
  }
}
