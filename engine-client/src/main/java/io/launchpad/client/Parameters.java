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
import org.apache.arrow.vector.types.pojo.Field;

/// The parameters of a request: one row, one field each, as a BXL stream ready to be sent.
///
/// A field's name is the parameter's name without `@`, its metadata `launchpad:direction` says
/// `in`, `out` or `inout`.
final class Parameters implements AutoCloseable {
  private static final String DIRECTION = "launchpad:direction";

  private final List<BxlFrame> frames = new ArrayList<>();
  private final boolean anyOut;

  Parameters(VectorSchemaRoot row, BufferAllocator allocator) throws IOException {
    if (row.getRowCount() != 1) {
      throw new IllegalArgumentException(
          "parameters are one row, not " + row.getRowCount() + " rows");
    }
    anyOut = row.getSchema().getFields().stream().anyMatch(Parameters::comesBack);
    try (var writer =
        new BxlWriter(
            row.getSchema(),
            new DictionaryProvider.MapDictionaryProvider(),
            allocator,
            BxlWriterOptions.DEFAULT,
            frames::add)) {
      writer.write(row);
      writer.end();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static boolean comesBack(Field field) {
    String direction = field.getMetadata().getOrDefault(DIRECTION, "in");
    return direction.equals("out") || direction.equals("inout");
  }

  boolean anyOut() {
    return anyOut;
  }

  long length() {
    return frames.stream().mapToLong(BxlFrame::length).sum();
  }

  /// The whole stream, for parameters that are small enough to stand in the request.
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
  List<BxlFrame> takeFrames() {
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
