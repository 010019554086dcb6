// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.console;

import io.launchpad.protocol.Message.OutputChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Text that waits to be sent, in the order it was printed, and what was dropped for good.
final class Pending {
  private final Deque<Text> texts = new ArrayDeque<>();
  private final Map<OutputChannel, Long> dropped = new EnumMap<>(OutputChannel.class);
  private int bytes;

  private static final class Text {
    final OutputChannel channel;
    final StringBuilder text = new StringBuilder();

    Text(OutputChannel channel) {
      this.channel = channel;
    }
  }

  /// What one message holds.
  record Segment(OutputChannel channel, String text, long dropped) {}

  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return texts.isEmpty();
  }

  void add(OutputChannel channel, String text, int length) {
    if (length == 0) {
      return;
    }
    Text last = texts.peekLast();
    if (last == null || last.channel != channel) {
      last = new Text(channel);
      texts.add(last);
    }
    last.text.append(text);
    bytes += length;
  }

  void drop(OutputChannel channel, long length) {
    dropped.merge(channel, length, Long::sum);
  }

  /// Adds to each channel of which something was dropped a last message that says how much.
  void reportDrops() {
    for (OutputChannel channel : dropped.keySet()) {
      texts.add(new Text(channel));
    }
  }

  /// The next message's text: lines as long as they fit, else as much as fits.
  @Nullable Segment take(int bytesMax) {
    Text next = texts.peek();
    if (next == null) {
      return null;
    }
    String all = next.text.toString();
    String part = Utf8Cut.first(all, bytesMax);
    if (part.length() < all.length()) {
      int line = part.lastIndexOf('\n') + 1;
      part = line > 0 ? part.substring(0, line) : part;
      next.text.delete(0, part.length());
    } else {
      texts.remove();
    }
    bytes -= part.getBytes(StandardCharsets.UTF_8).length;
    long lost = part.isEmpty() ? dropped.getOrDefault(next.channel, 0L) : 0;
    return new Segment(next.channel, part, lost);
  }
}
