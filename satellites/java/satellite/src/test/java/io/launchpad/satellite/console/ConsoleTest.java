// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Limits;
import io.launchpad.protocol.Message.Output;
import io.launchpad.protocol.Message.OutputChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConsoleTest {
  /// What was sent, and what the socket has not taken yet.
  private final List<Output> sent = new ArrayList<>();

  private final Deque<CompletableFuture<@Nullable Void>> waiting = new ArrayDeque<>();
  private boolean slow;
  private final Console console = new Console(this::send);
  private final ConsoleStream out = new ConsoleStream(console, OutputChannel.STDOUT);
  private final ConsoleStream err = new ConsoleStream(console, OutputChannel.STDERR);

  private CompletionStage<@Nullable Void> send(Output message) {
    sent.add(message);
    var taken = new CompletableFuture<@Nullable Void>();
    if (slow) {
      waiting.add(taken);
    } else {
      taken.complete(null);
    }
    return taken;
  }

  private static void print(ConsoleStream stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stream.write(bytes, 0, bytes.length);
  }

  private List<String> texts() {
    return sent.stream().map(Output::text).toList();
  }

  @Test
  void lines_areSentAtOnceAndPartsAtTheEnd() {
    print(out, "one\ntw");
    print(out, "o\nthree");
    assertEquals(List.of("one\n", "two\n"), texts());
    out.flush();
    assertEquals(List.of("one\n", "two\n", "three"), texts());
    assertEquals(List.of(0L, 1L, 2L), sent.stream().map(Output::number).toList());
  }

  @Test
  void whatIsPrintedMeanwhile_goesTogetherAndInOrder() {
    slow = true;
    print(out, "1\n");
    print(out, "2\n");
    print(out, "3\n");
    print(err, "4\n");
    print(out, "5\n");
    assertEquals(List.of("1\n"), texts());
    slow = false;
    waiting.remove().complete(null);
    assertEquals(List.of("1\n", "2\n3\n", "4\n", "5\n"), texts());
    assertEquals(OutputChannel.STDERR, sent.get(2).channel());
  }

  @Test
  void characters_areNeverCut() {
    byte[] bytes = "😀\n".getBytes(StandardCharsets.UTF_8);
    for (byte value : bytes) {
      out.write(value);
    }
    print(out, "ä".repeat(Limits.OUTPUT_TEXT_BYTES));
    out.flush();
    assertEquals("😀\n" + "ä".repeat(Limits.OUTPUT_TEXT_BYTES), String.join("", texts()));
    for (String text : texts()) {
      assertTrue(text.getBytes(StandardCharsets.UTF_8).length <= Limits.OUTPUT_TEXT_BYTES);
    }
  }

  @Test
  void whatIsNoText_isReplaced() {
    out.write(0xFF);
    out.write('\n');
    assertEquals(List.of("\uFFFD\n"), texts());
  }

  @Test
  void whatIsTooMuch_isCountedAndToldAtTheEnd() {
    console.limit(5);
    print(out, "abc\n");
    print(out, "äöü\n");
    print(err, "more\n");
    console.close();
    assertEquals(List.of("abc\n", "", ""), texts());
    assertEquals(List.of(7L, 5L), sent.stream().skip(1).map(Output::droppedBytes).toList());
    assertEquals("abc\näöü\n", tail(OutputChannel.STDOUT));
  }

  private String tail(OutputChannel channel) {
    return new String(console.tailOf(channel).toByteArray(), StandardCharsets.UTF_8);
  }

  @Test
  void tail_isTheLastOfWhatWasPrinted() {
    print(out, "x".repeat(10_000) + "\nend\n");
    assertEquals(Limits.TAIL_BYTES, console.tailOf(OutputChannel.STDOUT).length());
    assertTrue(tail(OutputChannel.STDOUT).endsWith("x\nend\n"));
  }
}
