// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RawTextTest {
  private final List<String> pieces = new ArrayList<>();
  private final RawText text = new RawText(pieces::add);

  @Test
  void characterSplitBetweenReads_isPutTogether() {
    byte[] bytes = "a\u20acb\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      text.write(new byte[] {b});
    }
    text.end();
    assertEquals("a\u20acb\ud83d\ude00", String.join("", pieces));
  }

  @Test
  void malformedBytes_becomeReplacementCharacters() {
    text.write(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe2});
    text.end();
    assertEquals("a\ufffdb\ufffd", String.join("", pieces));
  }

  @Test
  void longText_isCutBehindLines() {
    String line = "x".repeat(99) + "\n";
    text.write(line.repeat(1000).getBytes(StandardCharsets.UTF_8));
    text.end();
    assertEquals(line.repeat(1000), String.join("", pieces));
    assertTrue(pieces.stream().allMatch(piece -> piece.endsWith("\n")));
  }

  @Test
  void anyBytes_giveValidPiecesThatFitAMessage() {
    var random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(20_000)];
      random.nextBytes(bytes);
      text.write(bytes);
    }
    text.end();
    for (String piece : pieces) {
      byte[] encoded = piece.getBytes(StandardCharsets.UTF_8);
      assertTrue(encoded.length <= Limits.OUTPUT_TEXT_BYTES);
      assertEquals(piece, new String(encoded, StandardCharsets.UTF_8));
    }
  }
}
