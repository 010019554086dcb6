// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConsoleOutputTest {
  private final AtomicInteger told = new AtomicInteger();

  private ConsoleOutput over(String failure) {
    return new ConsoleOutput(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(failure);
          }
        },
        told::incrementAndGet);
  }

  @Test
  void write_isQuietOnceTheReaderHasGone() throws Exception {
    try (ConsoleOutput console = over("Broken pipe")) {
      assertFalse(console.isReaderGone());
      assertThrows(IOException.class, () -> console.write(new byte[10]));
      console.write(1);
      console.flush();
      assertTrue(console.isReaderGone());
      assertEquals(1, told.get());
    }
  }

  @Test
  void write_failsForAnyOtherReason() throws Exception {
    try (ConsoleOutput console = over("No space left on device")) {
      assertThrows(IOException.class, () -> console.write(1));
      assertFalse(console.isReaderGone());
      assertEquals(0, told.get());
    }
  }
}
