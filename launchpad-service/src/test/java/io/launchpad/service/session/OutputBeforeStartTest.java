// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.protocol.Message.Output;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A script's first words may reach the service before the word that it has started.
class OutputBeforeStartTest {
  private final List<Output> sent = new ArrayList<>();
  private final PrintedOutput printed = new PrintedOutput(6, (output, _) -> sent.add(output));

  @Test
  void output_waitsForTheStartAndKeepsItsOrder() {
    printed.raw(OutputChannel.STDERR, "a");
    printed.interpreter(new Output(0, OutputChannel.STDOUT, OutputSource.INTERPRETER, "b", 0));
    assertEquals(List.of(), sent);
    printed.open();
    printed.raw(OutputChannel.STDERR, "c");
    assertEquals(List.of("a", "b", "c"), sent.stream().map(Output::text).toList());
  }

  @Test
  void output_isBoundedWhileItWaits() {
    printed.raw(OutputChannel.STDOUT, "abcd");
    printed.raw(OutputChannel.STDOUT, "efgh");
    printed.open();
    assertEquals(4, printed.finish());
    assertEquals(List.of("abcd", ""), sent.stream().map(Output::text).toList());
  }

  @Test
  void finish_saysNothingToAnEngineThatWasNotToldOfTheStart() {
    printed.raw(OutputChannel.STDOUT, "more than six");
    assertEquals(13, printed.finish());
    assertEquals(List.of(), sent);
  }
}
