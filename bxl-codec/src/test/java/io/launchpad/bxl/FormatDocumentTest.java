// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What FORMAT.md says is what the code does.
class FormatDocumentTest {
  private static final Pattern HEX_LINE =
      Pattern.compile("(?m)^ *(\\d+)  ((?:[0-9a-f]{2} ?){16})(?:  .*)?$");

  @Test
  void workedExample_isTheVectorByteByByte() throws IOException {
    byte[] vector = Files.readAllBytes(BxlVector.FOLDER.resolve("worked-example.bxl"));
    byte[] shown = new byte[vector.length];
    String[] sections = format().split("## 10\\. Worked example", -1);
    for (MatchResult line : HEX_LINE.matcher(sections[1]).results().toList()) {
      byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(line.group(2).strip());
      System.arraycopy(bytes, 0, shown, Integer.parseInt(line.group(1)), bytes.length);
    }
    assertArrayEquals(vector, shown);
  }

  @Test
  void errors_areAllDocumented() throws IOException {
    String format = format();
    for (BxlError error : BxlError.values()) {
      assertTrue(format.contains("| `" + error + "` |"), error.name());
    }
    long rows = format.lines().filter(line -> line.matches("\\| `[A-Z_0-9]+` \\|.*")).count();
    assertEquals(
        Arrays.stream(BxlError.values()).count(), rows, "error codes in the document alone");
  }

  private static String format() throws IOException {
    return Files.readString(BxlVector.FOLDER.resolveSibling("FORMAT.md"));
  }
}
