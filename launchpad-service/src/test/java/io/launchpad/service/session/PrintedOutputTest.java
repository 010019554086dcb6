// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.protocol.Message.Output;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import io.launchpad.protocol.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrintedOutputTest {
  private final List<Output> sent = new ArrayList<>();
  private final List<Runnable> taken = new ArrayList<>();

  private PrintedOutput printed(long bytesMax) {
    var printed = notBegun(bytesMax);
    printed.open();
    return printed;
  }

  private PrintedOutput notBegun(long bytesMax) {
    return new PrintedOutput(
        bytesMax,
        (output, done) -> {
          sent.add(output);
          taken.add(done);
        });
  }

  @Test
  void rawBeforeTheStart_followsIt() {
    var printed = notBegun(100);
    printed.raw(OutputChannel.STDOUT, "early");
    assertEquals(List.of(), sent);
    printed.open();
    assertEquals(List.of("early"), sent.stream().map(Output::text).toList());
  }

  @Test
  void finish_saysNothingWhenNothingStarted() {
    var printed = notBegun(3);
    printed.raw(OutputChannel.STDOUT, "too long");
    assertEquals(8, printed.finish());
    assertEquals(List.of(), sent);
  }

  private static Output output(long number, String text, long dropped) {
    return new Output(number, OutputChannel.STDOUT, OutputSource.INTERPRETER, text, dropped);
  }

  @Test
  void interpreterAndRaw_shareOneNumbering() {
    var printed = printed(100);
    printed.interpreter(output(0, "a", 0));
    printed.raw(OutputChannel.STDERR, "b");
    printed.interpreter(output(1, "c", 0));
    assertEquals(List.of(0L, 1L, 2L), sent.stream().map(Output::number).toList());
    assertEquals(OutputSource.RAW, sent.get(1).source());
  }

  @Test
  void interpreter_refusesGaps() {
    var printed = printed(100);
    assertThrows(ProtocolException.class, () -> printed.interpreter(output(1, "a", 0)));
  }

  @Test
  void interpreter_refusesTextThatIsTooLong() {
    var printed = printed(1 << 20);
    assertThrows(
        ProtocolException.class, () -> printed.interpreter(output(0, "x".repeat(8193), 0)));
  }

  @Test
  void finish_saysWhatWasDroppedPerChannel() {
    var printed = printed(3);
    printed.raw(OutputChannel.STDOUT, "abc");
    printed.raw(OutputChannel.STDOUT, "de");
    printed.interpreter(output(0, "", 10));
    printed.raw(OutputChannel.STDERR, "f");
    assertEquals(3, printed.finish());
    assertEquals(List.of(0L, 12L, 1L), sent.stream().map(Output::droppedBytes).toList());
    assertEquals(0, printed.finish());
    printed.raw(OutputChannel.STDOUT, "late");
    assertEquals(3, sent.size());
  }

  @Test
  void finish_saysAsMuchAsCanBeSaidOfWhatASatelliteSaysItDropped() {
    var printed = printed(0);
    printed.interpreter(output(0, "", Long.MAX_VALUE));
    printed.interpreter(output(1, "ab", Long.MAX_VALUE));
    assertEquals(2, printed.finish());
    assertEquals(List.of(Long.MAX_VALUE), sent.stream().map(Output::droppedBytes).toList());
  }

  @Test
  void messagesNobodyTakes_areDroppedBeyondTheirNumber() {
    var printed = printed(1 << 20);
    for (int i = 0; i < PrintedOutput.WAITING_MAX + 5; i++) {
      printed.raw(OutputChannel.STDOUT, "x");
    }
    assertEquals(PrintedOutput.WAITING_MAX, sent.size());
    taken.getFirst().run();
    printed.raw(OutputChannel.STDOUT, "y");
    assertEquals(PrintedOutput.WAITING_MAX + 1, sent.size());
    assertEquals(5, printed.finish());
  }
}
