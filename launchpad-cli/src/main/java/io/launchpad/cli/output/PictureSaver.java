// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import io.launchpad.client.DelegatingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Keeps the PNG pictures of passing results as files `picture-1.png`, `picture-2.png`, … in one
/// folder.
public final class PictureSaver {
  private final Path folder;
  private final List<Path> saved = new ArrayList<>();

  public PictureSaver(Path folder) {
    this.folder = folder;
  }

  /// The files written so far.
  public List<Path> saved() {
    return List.copyOf(saved);
  }

  /// The same result, whose pictures are saved while it is read. Closing it does not close
  /// `result`.
  public ArrowReader watch(ArrowReader result, BufferAllocator allocator) {
    return new Watched(result, allocator);
  }

  private void save(byte[] picture) throws IOException {
    Files.createDirectories(folder);
    saved.add(Files.write(folder.resolve("picture-" + (saved.size() + 1) + ".png"), picture));
  }

  private void save(FieldVector column, int rows) throws IOException {
    for (int row = 0; row < rows; row++) {
      byte[] value =
          switch (column) {
            case VarBinaryVector binary -> binary.get(row);
            case LargeVarBinaryVector binary -> binary.get(row);
            default -> null;
          };
      if (value != null && Picture.is(value)) {
        save(value);
      }
    }
  }

  private final class Watched extends DelegatingReader {

    Watched(ArrowReader result, BufferAllocator allocator) {
      super(allocator, result);
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      if (!super.loadNextBatch()) {
        return false;
      }
      VectorSchemaRoot root = getVectorSchemaRoot();
      for (FieldVector column : root.getFieldVectors()) {
        save(column, root.getRowCount());
      }
      return true;
    }
  }
}
