// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.protocol.Limits;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Turns the bytes of one output pipe into text: valid UTF-8 whatever comes, cut behind a line's
/// end or at the length of a message.
///
/// A character that is split between two reads is put together; bytes that are no UTF-8 become
/// U+FFFD.
final class RawText {
  /// Each char becomes at most 3 bytes of UTF-8, so a piece never exceeds a message.
  private static final int PIECE_CHARS = Limits.OUTPUT_TEXT_BYTES / 3;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final CharBuffer chars = CharBuffer.allocate(PIECE_CHARS);
  private final Consumer<String> pieces;
  private byte[] partial = {};
  private boolean ended;

  RawText(Consumer<String> pieces) {
    this.pieces = pieces;
  }

  void write(byte[] bytes) {
    if (ended) {
      return;
    }
    ByteBuffer in = ByteBuffer.allocate(partial.length + bytes.length);
    in.put(partial).put(bytes).flip();
    decode(in, false);
    partial = new byte[in.remaining()];
    in.get(partial);
  }

  /// Nothing follows: what is left of a character counts as malformed.
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    decode(ByteBuffer.wrap(partial), true);
    decoder.flush(chars);
    emit(true);
  }

  private void decode(ByteBuffer in, boolean last) {
    while (decoder.decode(in, chars, last).isOverflow()) {
      emit(false);
    }
    emit(true);
  }

  /// Hands on what was decoded: all of it, or, when the piece is full, up to the last line's end in
  /// it.
  private void emit(boolean all) {
    chars.flip();
    int length = chars.length();
    if (!all) {
      for (int i = length - 1; i > 0; i--) {
        if (chars.charAt(i) == '\n') {
          length = i + 1;
          break;
        }
      }
      if (length == chars.length() && Character.isHighSurrogate(chars.charAt(length - 1))) {
        length--;
      }
    }
    if (length > 0) {
      pieces.accept(chars.subSequence(0, length).toString());
    }
    chars.position(chars.position() + length);
    chars.compact();
  }
}
