// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.BxlWriter;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/// A whole table as a BXL stream that is ready to be sent. Shares the memory of the table's
/// vectors.
final class ReadyFrames implements AutoCloseable {
  private final List<BxlFrame> frames = new ArrayList<>();

  ReadyFrames(
      VectorSchemaRoot rows,
      DictionaryProvider dictionaries,
      BxlWriterOptions options,
      BufferAllocator allocator)
      throws IOException {
    try (var writer =
        new BxlWriter(rows.getSchema(), dictionaries, allocator, options, frames::add)) {
      writer.write(rows);
      writer.end();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /// Bytes of the stream.
  long length() {
    return frames.stream().mapToLong(BxlFrame::length).sum();
  }

  /// A copy of the whole stream, where it is small enough to stand in a message.
  Bytes inline() {
    var out = new ByteArrayOutputStream();
    for (BxlFrame frame : frames) {
      for (ByteBuffer piece : frame.buffers()) {
        byte[] copy = new byte[piece.remaining()];
        piece.get(copy);
        out.writeBytes(copy);
      }
    }
    return Bytes.of(out.toByteArray());
  }

  /// Hands the frames over to who sends them.
  List<BxlFrame> take() {
    List<BxlFrame> taken = List.copyOf(frames);
    frames.clear();
    return taken;
  }

  @Override
  public void close() {
    frames.forEach(BxlFrame::close);
    frames.clear();
  }
}
