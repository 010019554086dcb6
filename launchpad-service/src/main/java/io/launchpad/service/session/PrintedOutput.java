// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.Limits;
import io.launchpad.protocol.Message.Output;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import io.launchpad.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/// Everything a session printed, on its way to the engine: numbered in one sequence, and bounded.
///
/// The volume of text is limited, and so is the number of messages that the engine has not taken
/// yet: a flood of tiny messages costs memory that their text does not show. What exceeds either is
/// dropped and counted, and the last message of the channel says how much.
final class PrintedOutput {
  /// Messages, and bytes of their text, that may wait before the engine's socket. More is what the
  /// connection would end for.
  static final int WAITING_MAX = 8_192;

  static final int WAITING_BYTES_MAX = 4 << 20;

  /// Takes one message; runs `taken` once it has left this process's memory.
  interface Sink {
    void send(Output output, Runnable taken);
  }

  private final Sink sink;
  private final List<Waiting> beforeStart = new ArrayList<>();
  private final EnumMap<OutputChannel, Long> dropped = new EnumMap<>(OutputChannel.class);
  private long droppedHere;
  private long bytesLeft;
  private long number;
  private long interpreterNumber;
  private int waiting;
  private long waitingBytes;
  private boolean open;
  private boolean finished;

  /// A message whose turn comes when the engine knows that the script has started.
  private record Waiting(Output output, int bytes) {}

  PrintedOutput(long bytesMax, Sink sink) {
    this.bytesLeft = bytesMax;
    this.sink = sink;
  }

  /// Lets everything through. Until then it waits: raw output comes on another way than the word
  /// that the script has started, and may be faster.
  synchronized void open() {
    open = true;
    beforeStart.forEach(w -> sink.send(w.output(), () -> taken(w.bytes())));
    beforeStart.clear();
  }

  /// A message of the satellite's. Its numbers must have no gap; what it says of its own source is
  /// not believed.
  synchronized void interpreter(Output output) {
    if (output.number() != interpreterNumber) {
      throw ProtocolException.violation(
          "OUTPUT has number %d instead of %d", output.number(), interpreterNumber);
    }
    interpreterNumber++;
    if (output.droppedBytes() < 0) {
      throw ProtocolException.violation("OUTPUT says %d bytes were dropped", output.droppedBytes());
    }
    drop(output.channel(), output.droppedBytes());
    text(output.channel(), OutputSource.INTERPRETER, output.text());
  }

  /// A piece of raw output, at most as long as a message may be.
  synchronized void raw(OutputChannel channel, String text) {
    text(channel, OutputSource.RAW, text);
  }

  /// Sends what was dropped, once, for each channel that lost something, the satellite's own word
  /// included. Returns how many bytes were dropped here.
  synchronized long finish() {
    if (finished) {
      return 0;
    }
    finished = true;
    for (var entry : dropped.entrySet()) {
      if (!open) {
        break;
      }
      sink.send(
          new Output(number++, entry.getKey(), OutputSource.INTERPRETER, "", entry.getValue()),
          () -> {});
    }
    return droppedHere;
  }

  private void text(OutputChannel channel, OutputSource source, String text) {
    if (text.isEmpty() || finished) {
      return;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Limits.OUTPUT_TEXT_BYTES) {
      throw ProtocolException.violation("OUTPUT holds %d bytes of text", bytes);
    }
    if (bytes > bytesLeft || waiting >= WAITING_MAX || waitingBytes + bytes > WAITING_BYTES_MAX) {
      drop(channel, bytes);
      droppedHere += bytes;
      return;
    }
    bytesLeft -= bytes;
    waiting++;
    waitingBytes += bytes;
    var output = new Output(number++, channel, source, text, 0);
    if (open) {
      sink.send(output, () -> taken(bytes));
    } else {
      beforeStart.add(new Waiting(output, bytes));
    }
  }

  private synchronized void taken(int bytes) {
    waiting--;
    waitingBytes -= bytes;
  }

  /// A satellite may say that it has dropped any number of bytes, any number of times.
  private void drop(OutputChannel channel, long bytes) {
    if (bytes > 0) {
      dropped.merge(
          channel, bytes, (before, more) -> before + Math.min(more, Long.MAX_VALUE - before));
    }
  }
}
