// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EngineErrorTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| (\\d+) \\| `(\\w+)` \\| (\\d+) \\|", Pattern.MULTILINE);

  @Test
  void errors_standInTheirDocument() throws IOException {
    List<String> documented =
        ROW.matcher(Files.readString(Path.of("ERRORS.md")))
            .results()
            .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
            .toList();
    List<String> raised =
        Stream.of(EngineError.values())
            .map(error -> error.number() + " " + error.name() + " " + error.level())
            .toList();
    assertEquals(documented, raised);
  }

  @Test
  void numbers_areDistinct() {
    long distinct = Stream.of(EngineError.values()).map(EngineError::number).distinct().count();
    assertEquals(EngineError.values().length, distinct);
  }
}
