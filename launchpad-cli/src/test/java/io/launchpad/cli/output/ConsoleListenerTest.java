// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.embedded.result.SqlMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a person sees of what scripts print.
class ConsoleListenerTest {
  private final StringWriter shown = new StringWriter();
  private final RootAllocator allocator = new RootAllocator();
  private final ResultWriter results = new CsvWriter(new StringWriter());
  private final ConsoleListener listener =
      new ConsoleListener(results, new PrintWriter(shown), Optional.empty(), allocator);

  @AfterEach
  void close() throws IOException {
    results.close();
    allocator.close();
  }

  @Test
  void message_joinsThePiecesOfALine() {
    listener.message(new SqlMessage(SqlMessage.STDOUT, 10, "10%"));
    listener.message(new SqlMessage(SqlMessage.STDOUT, 10, " 20%\n"));
    assertEquals("10% 20%\n", shown.toString());
  }

  @Test
  void message_endsTheLineOfAnotherStream() {
    listener.message(new SqlMessage(SqlMessage.STDOUT, 10, "10%"));
    listener.message(new SqlMessage(SqlMessage.STDERR, 10, "warning\n"));
    listener.message(new SqlMessage(SqlMessage.STDOUT, 10, "20%"));
    listener.rowCount(1);
    listener.message(new SqlMessage(0, 0, "printed"));
    assertEquals("10%\nwarning\n20%\n(1 row affected)\nprinted\n", shown.toString());
  }
}
