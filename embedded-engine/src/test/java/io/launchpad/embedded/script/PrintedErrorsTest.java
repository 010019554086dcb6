// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintedErrorsTest {

  private final PrintedErrors errors = new PrintedErrors();

  @Test
  void hold_findsWhatCameInPieces() {
    errors.add("Fatal Python error: ");
    errors.add("Segmentation fault\n  File \"<script>\"\n");
    assertEquals(
        true, errors.hold("Fatal Python error: Segmentation fault\n  File \"<script>\"\n"));
  }

  @Test
  void hold_findsTheEndOfMuch() {
    String line = "x".repeat(79) + "\n";
    errors.add(line.repeat(10_000));
    errors.add("the end\n");
    assertEquals(true, errors.hold("\ufffd" + line.repeat(50) + "the end\n"));
  }

  @Test
  void hold_missesWhatWasDropped() {
    errors.add("the beginning\n");
    assertEquals(false, errors.hold("the beginning\nthe end\n"));
  }
}
