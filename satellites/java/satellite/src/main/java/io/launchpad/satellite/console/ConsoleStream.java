// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.console;

import io.launchpad.protocol.Message.OutputChannel;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// One of the two streams: bytes to text, line by line. What is no UTF-8 becomes U+FFFD.
final class ConsoleStream extends OutputStream {
  /// A line that is longer goes on its way before its end.
  private static final int LINE_MAX = 8 << 10;

  private final Console console;
  private final OutputChannel channel;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder line = new StringBuilder();
  private ByteBuffer rest = ByteBuffer.allocate(0);

  ConsoleStream(Console console, OutputChannel channel) {
    this.console = console;
    this.channel = channel;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.allocate(rest.remaining() + length);
    in.put(rest).put(bytes, offset, length).flip();
    CharBuffer text = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, text, false);
    rest = in; // the beginning of a character, at most
    line.append(text.flip());
    int end = line.lastIndexOf("\n") + 1;
    if (end == 0 && line.length() > LINE_MAX) {
      end = line.length();
    }
    if (end > 0) {
      String lines = line.substring(0, end);
      line.delete(0, end);
      console.print(channel, lines);
    }
  }

  /// Sends a line that has no end yet, too.
  @Override
  public synchronized void flush() {
    if (!line.isEmpty()) {
      String part = line.toString();
      line.setLength(0);
      console.print(channel, part);
    }
  }
}
